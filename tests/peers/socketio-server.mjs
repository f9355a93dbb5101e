// A Socket.IO server on npm `socket.io`, with the namespaces and events of the Rust test server.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import msgpack from 'socket.io-msgpack-parser';
import { Seen, obey, options, say } from './peer.mjs';

const config = options({
  port: 0,
  pingInterval: 25000,
  pingTimeout: 20000,
  connectTimeout: 45000,
  maxHttpBufferSize: 64 * 1024 * 1024,
  transports: ['polling', 'websocket'],
  msgpack: false,
  perMessageDeflate: false,
  // false, true, or `{maxDisconnectionDuration, skipMiddlewares}`.
  connectionStateRecovery: false,
  // What `/private` accepts as `{token}`.
  tokens: [],
  // Milliseconds that a client may take to answer `question`.
  ackTimeout: 5000,
});

const seen = new Seen();
const counts = { messages: 0, namespaces_connected: 0, recovered: 0 };
const http = createServer();
const { connectionStateRecovery } = config;
const io = new Server(http, {
  // Pages of any origin may poll.
  cors: { origin: true, credentials: true },
  pingInterval: config.pingInterval,
  pingTimeout: config.pingTimeout,
  connectTimeout: config.connectTimeout,
  maxHttpBufferSize: config.maxHttpBufferSize,
  transports: config.transports,
  perMessageDeflate: config.perMessageDeflate,
  ...(config.msgpack ? { parser: msgpack } : {}),
  ...(connectionStateRecovery
    ? { connectionStateRecovery: connectionStateRecovery === true ? {} : connectionStateRecovery }
    : {}),
});

for (const namespace of ['/', '/chat', /^\/room-[^/]+$/]) io.of(namespace).on('connection', serve);
const guarded = io.of('/private');
guarded.use((socket, next) => {
  const refusal = Object.assign(new Error('unauthorized'), { data: { code: 'bad_token' } });
  next(config.tokens.includes(socket.handshake.auth.token) ? undefined : refusal);
});
guarded.on('connection', serve);

function serve(socket) {
  counts.namespaces_connected += 1;
  counts.recovered += socket.recovered ? 1 : 0;
  on(socket, 'echo', (args, ack) => {
    socket.emit('echo', ...args);
    ack(...args);
  });
  on(socket, 'ack', (args, ack) => ack(...args));
  on(socket, 'broadcast', (args, ack) => {
    socket.nsp.emit('broadcast', ...args);
    ack(...args);
  });
  on(socket, 'sink', (_args, ack) => {
    counts.messages += 1;
    ack();
  });
  on(socket, 'numbered', ([message], ack) => {
    ack(Number.isSafeInteger(message?.seq) && seen.add(message));
  });
  on(socket, 'ask', (args, ack) => {
    ack();
    socket.timeout(config.ackTimeout).emit('question', ...args, (error, ...answer) => {
      socket.emit('answered', ...(error ? [null, error.message] : answer));
    });
  });
  on(socket, 'source', ([{ count, size = 0 }], ack) => {
    ack();
    const pad = 'x'.repeat(size);
    for (let seq = 1; seq <= count; seq += 1) socket.emit('item', { seq, pad });
  });
  on(socket, 'leave', () => socket.disconnect());
}

// Separates the arguments from the acknowledgement, which does nothing when none was asked for.
function on(socket, name, handle) {
  socket.on(name, (...args) => {
    const ack = typeof args.at(-1) === 'function' ? args.pop() : () => {};
    handle(args, ack);
  });
}

obey({
  stats: () => ({
    ...counts,
    connections_open: io.engine.clientsCount,
    transports: Object.values(io.engine.clients).map((link) => link.transport.name),
    clients: seen.all(),
  }),
  broadcast: ({ namespace = '/', name, args = [] }) => {
    io.of(namespace).emit(name, ...args);
  },
  // Ends the transports: what a failing network does, so the clients come back.
  disconnect_all: () => {
    for (const link of Object.values(io.engine.clients)) link.close(true);
  },
  // Sends DISCONNECT: the clients are told to stay away.
  kick_all: ({ namespace = '/' }) => {
    io.of(namespace).disconnectSockets(false);
  },
  stop: () => process.exit(0),
});

http.listen(config.port, '127.0.0.1', () => say({ listening: http.address().port }));
