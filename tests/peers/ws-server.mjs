// A plain WebSocket server on npm `ws`: `/ws` and `/ws/echo` echo, `/ws/sink` counts.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { Seen, obey, options, say } from './peer.mjs';

const config = options({
  port: 0,
  maxPayload: 64 * 1024 * 1024,
  perMessageDeflate: false,
  // Milliseconds between the pings that the server sends; 0: none.
  pingInterval: 0,
  // Answer the pings of clients.
  autoPong: true,
  // When not empty: what `Authorization: Bearer` must hold.
  tokens: [],
  // The subprotocols that the server speaks.
  protocols: [],
});

const seen = new Seen();
const counts = { upgrades: 0, unauthorized: 0, messages: 0, pings: 0, pongs: 0 };
const http = createServer((_request, response) => response.writeHead(426).end());
const server = new WebSocketServer({
  noServer: true,
  maxPayload: config.maxPayload,
  perMessageDeflate: config.perMessageDeflate,
  autoPong: config.autoPong,
  handleProtocols: (offered) => config.protocols.find((protocol) => offered.has(protocol)) ?? false,
});

http.on('upgrade', (request, socket, head) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (!['/ws', '/ws/echo', '/ws/sink'].includes(pathname)) return refuse(socket, '404 Not Found');
  const token = request.headers.authorization?.replace(/^Bearer /, '');
  if (config.tokens.length > 0 && !config.tokens.includes(token)) {
    counts.unauthorized += 1;
    return refuse(socket, '401 Unauthorized');
  }
  server.handleUpgrade(request, socket, head, (client) => serve(client, pathname !== '/ws/sink'));
});

function refuse(socket, status) {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serve(client, echo) {
  counts.upgrades += 1;
  client.on('error', () => {});
  client.on('ping', () => (counts.pings += 1));
  client.on('pong', () => (counts.pongs += 1));
  client.on('message', (data, isBinary) => {
    counts.messages += 1;
    if (!isBinary) count(data.toString());
    if (echo) client.send(data, { binary: isBinary });
  });
  if (config.pingInterval > 0) {
    const timer = setInterval(() => client.ping(), config.pingInterval);
    client.on('close', () => clearInterval(timer));
  }
}

function count(text) {
  if (!text.startsWith('{')) return;
  try {
    const message = JSON.parse(text);
    if (Number.isSafeInteger(message.seq)) seen.add(message);
  } catch {
    // Text that is no JSON is not numbered.
  }
}

obey({
  stats: () => ({ ...counts, connections_open: server.clients.size, clients: seen.all() }),
  send: ({ data }) => {
    for (const client of server.clients) client.send(data);
  },
  ping: () => {
    for (const client of server.clients) client.ping();
  },
  close: ({ code = 1000, reason = '' }) => {
    for (const client of server.clients) client.close(code, reason);
  },
  disconnect_all: () => {
    for (const client of server.clients) client.terminate();
  },
  stop: () => process.exit(0),
});

http.listen(config.port, '127.0.0.1', () => say({ listening: http.address().port }));
