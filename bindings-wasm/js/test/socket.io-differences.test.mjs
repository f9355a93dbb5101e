// Where rejoin/socket.io differs from socket.io-client on purpose: each line is tested on both sides, so that none grows
// old unnoticed. The list for users is in docs/migrating-from-socket.io-client.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as theirs from 'socket.io-client';
import * as ours from 'rejoin/socket.io';
import { WebSocketServer } from 'ws';
import { heard, startServer } from './socket.io-server.mjs';

const TIMEOUT = { timeout: 30_000 };
const FAST = { transports: ['websocket'], forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 40 };

// What each library does, by the same steps.
function differs(name, steps, { theirs: theirOutcome, ours: ourOutcome }) {
  test(name, TIMEOUT, async (context) => {
    assert.deepEqual(await steps(context, theirs), theirOutcome, 'socket.io-client');
    assert.deepEqual(await steps(context, ours), ourOutcome, 'rejoin/socket.io');
  });
}

function make(context, { io }, url, options = {}) {
  const socket = io(url, { ...FAST, ...options });
  context.after(() => socket.disconnect());
  return socket;
}

// A server that shows each packet of the protocol that it gets.
async function packets(context) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  if (!server.address()) await new Promise((resolve) => server.once('listening', resolve));
  context.after(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const got = [];
  server.on('connection', (socket) => {
    socket.send('0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
    socket.on('message', (data) => {
      const packet = String(data);
      if (packet.startsWith('40')) socket.send('40{"sid":"session"}');
      else got.push(packet);
      server.emit('packet', got);
    });
  });
  const atLeast = async (count) => {
    while (got.length < count) await new Promise((resolve) => server.once('packet', resolve));
    return got;
  };
  return { url: `http://127.0.0.1:${server.address().port}`, atLeast };
}

differs(
  'J3: a volatile event while there is no connection',
  async (context, library) => {
    const { url, command } = await startServer(context);
    const socket = make(context, library, url);
    const got = [];
    socket.on('echo', (value) => got.push(value));
    await heard(socket, 'connect');
    const disconnected = heard(socket, 'disconnect');
    await command('disconnect_all');
    await disconnected;
    socket.volatile.emit('echo', 'volatile');
    await heard(socket, 'connect');
    await socket.emitWithAck('ack');
    return got;
  },
  { theirs: ['volatile'], ours: [] },
);

differs(
  'J4: retries without ackTimeout',
  async (context, library) => {
    const { url, command } = await startServer(context);
    const socket = make(context, library, url, { retries: 3 });
    const outcome = await new Promise((resolve) => {
      socket.emit('numbered', { client: 'j4', seq: 1 }, (...args) => resolve(args.map((arg) => arg === true || arg === null)));
    });
    // Repeats would be ahead of this one.
    await make(context, library, url).emitWithAck('ack');
    const { received } = (await command('stats')).clients.j4;
    return { once: received === 1, isAnswer: outcome.length === 2 && outcome.every(Boolean) };
  },
  { theirs: { once: false, isAnswer: false }, ours: { once: true, isAnswer: true } },
);

differs(
  'J7: eleven attachments from the server',
  async (context, library) => {
    const { url, command } = await startServer(context);
    const socket = make(context, library, url);
    await heard(socket, 'connect');
    const ended = heard(socket, 'disconnect').then(([reason]) => reason);
    const arrived = heard(socket, 'news').then(({ length }) => length);
    await command('broadcast', { name: 'news', args: Array.from({ length: 11 }, () => ({ $base64: 'AQI=' })) });
    return Promise.race([ended, arrived]);
  },
  { theirs: 'parse error', ours: 11 },
);

differs(
  'J11: what waited, and what the listener of `connect` sends',
  async (context, library) => {
    const { url, atLeast } = await packets(context);
    const socket = make(context, library, url, { autoConnect: false });
    socket.emit('waited');
    socket.on('connect', () => socket.emit('join'));
    socket.connect();
    return (await atLeast(2)).slice(0, 2);
  },
  { theirs: ['42["waited"]', '42["join"]'], ours: ['42["join"]', '42["waited"]'] },
);

differs(
  'J9: the bound of what waits',
  async (_context, { io }) => {
    const socket = io('http://127.0.0.1:1', { ...FAST, autoConnect: false });
    try {
      for (let count = 0; count <= 1000; count += 1) socket.emit('event');
      return 'unbounded';
    } catch (error) {
      return error.code;
    }
  },
  { theirs: 'unbounded', ours: 'queue_full' },
);

differs(
  'the reason after io.engine.close()',
  async (context, library) => {
    const { url } = await startServer(context);
    const socket = make(context, library, url);
    await heard(socket, 'connect');
    const disconnected = heard(socket, 'disconnect');
    socket.io.engine.close();
    const [reason] = await disconnected;
    await heard(socket, 'connect');
    return reason;
  },
  { theirs: 'forced close', ours: 'transport close' },
);

differs(
  'a socket whose attempts are used up',
  async (context, library) => {
    const { url, stop } = await startServer(context);
    await stop();
    const socket = make(context, library, url, { reconnectionAttempts: 1 });
    await heard(socket.io, 'reconnect_failed');
    return { active: socket.active };
  },
  { theirs: { active: true }, ours: { active: false } },
);

test('J8: an auth function that never answers', TIMEOUT, async (context) => {
  const { url } = await startServer(context);
  const socket = make(context, ours, url, { auth: () => {} });
  const [error] = await heard(socket, 'connect_error');
  assert.deepEqual([error.code, socket.active], ['credentials_timeout', true]);
});

test('polling alone, and parsers, are refused', () => {
  assert.throws(() => ours.io('http://127.0.0.1:1', { transports: ['polling'] }), { code: 'invalid_argument' });
  assert.throws(() => ours.io('http://127.0.0.1:1', { forceNew: true, parser: {} }), { code: 'unsupported' });
});
