// Socket.IO over HTTP long-polling, in Node.js.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { SocketIOClient } from '../dist/node/index.js';
import { io } from '../dist/node/socket.io/index.js';
import { polling } from '../dist/node/polling/index.js';
import { socketioServer, testServer } from './servers.mjs';

const QUICK = { backoff: { initial: 1, max: 20 } };
const FIRST = { ...QUICK, transports: [polling()] };

const servers = {};
before(async () => {
  const [ours, node, noWebSocket] = await Promise.all([testServer(), socketioServer(), socketioServer({ transports: ['polling'] })]);
  Object.assign(servers, { ours, node, noWebSocket });
});
after(() => Promise.all(Object.values(servers).map((server) => server.stop())));

async function withClient(url, options, run) {
  const client = new SocketIOClient(url, { ...QUICK, ...options });
  try {
    await run(client, client.namespace());
  } finally {
    await client.close();
  }
}

// A proxy that sees the requests, and may keep WebSockets out.
async function proxy(target, { upgrade = 'pass' } = {}) {
  const { port } = new URL(target);
  const seen = [];
  const sockets = new Set();
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${new URL(incoming.url, target).searchParams.get('transport')}`);
    const onward = request({ port, host: '127.0.0.1', method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => outgoing.writableEnded || onward.destroy());
    incoming.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.on('upgrade', (incoming, socket, head) => {
    seen.push(`UPGRADE ${new URL(incoming.url, target).searchParams.has('sid') ? 'probe' : 'first'}`);
    if (upgrade === 'refuse') return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    if (upgrade === 'swallow') return undefined;
    const onward = connect(port, '127.0.0.1', () => {
      const lines = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { http: `http://127.0.0.1:${server.address().port}`, seen, sockets, stop };
}

async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

for (const name of ['ours', 'node', 'noWebSocket']) {
  describe(`server ${name}`, () => {
    test('text and binary, both ways, by polling alone', () => withClient(servers[name].http, FIRST, async (client, main) => {
      await client.connect();
      assert.equal(await main.emitWithAck('ack', 'grüße \u{1e} 🎉'), 'grüße \u{1e} 🎉');
      const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index);
      const [first, second] = await main.with({}).emitWithAckArgs('ack', bytes, new Uint8Array(0));
      assert.deepEqual([[...first], [...second]], [[...bytes], []]);
    }));

    test('many events arrive once and in order', () => withClient(servers[name].http, { transports: [polling(), 'websocket'] }, async (client, main) => {
      const events = [];
      main.on('echo', (number) => events.push(number));
      await client.connect();
      for (let number = 0; number < 500; number += 1) main.emit('echo', number);
      await until(() => events.length >= 500);
      assert.deepEqual(events, Array.from({ length: 500 }, (_, number) => number));
    }));
  });
}

describe('on the way', () => {
  test('polling changes to a WebSocket, which is tried first from then on', async () => {
    const way = await proxy(servers.node.http);
    await withClient(way.http, { transports: [polling(), 'websocket'] }, async (client, main) => {
      await client.connect();
      await until(() => way.seen.includes('UPGRADE probe'));
      const answers = await Promise.all(Array.from({ length: 50 }, (_, number) => main.emitWithAck('ack', number)));
      assert.deepEqual(answers, Array.from({ length: 50 }, (_, number) => number));
      const requests = way.seen.length;
      for (let number = 0; number < 5; number += 1) await main.emitWithAck('ack', number);
      assert.equal(way.seen.length, requests, 'what is sent goes over the WebSocket');
      for (const socket of way.sockets) socket.destroy();
      assert.equal(await main.with({ retries: 5 }).emitWithAck('ack', 'again'), 'again');
      assert.ok(way.seen.includes('UPGRADE first'), way.seen.join());
    });
    way.stop();
  });

  test('where WebSockets are refused, polling takes over and is remembered', async () => {
    const way = await proxy(servers.node.http, { upgrade: 'refuse' });
    await withClient(way.http, { transports: ['websocket', polling()] }, async (client, main) => {
      await client.connect();
      assert.equal(await main.emitWithAck('ack', 1), 1);
      for (const socket of way.sockets) socket.destroy();
      assert.equal(await main.with({ retries: 5 }).emitWithAck('ack', 2), 2);
      assert.equal(way.seen.filter((one) => one === 'UPGRADE first').length, 1, way.seen.join());
    });
    way.stop();
  });

  test('a refused change leaves a session that polls', async () => {
    const way = await proxy(servers.node.http, { upgrade: 'refuse' });
    await withClient(way.http, { transports: [polling(), 'websocket'] }, async (client, main) => {
      await client.connect();
      await until(() => way.seen.includes('UPGRADE probe'));
      for (let number = 0; number < 5; number += 1) assert.equal(await main.emitWithAck('ack', number), number);
      assert.equal(client.stats().connects, 1);
    });
    way.stop();
  });

  test('a swallowed change leaves a session that polls', async () => {
    const way = await proxy(servers.node.http, { upgrade: 'swallow' });
    await withClient(way.http, { transports: [polling(), 'websocket'] }, async (client, main) => {
      await client.connect();
      await until(() => way.seen.includes('UPGRADE probe'));
      for (let number = 0; number < 5; number += 1) assert.equal(await main.emitWithAck('ack', number), number);
    });
    way.stop();
  });

  test('closing ends the session and every request', async () => {
    const way = await proxy(servers.node.http);
    await withClient(way.http, FIRST, async (client, main) => {
      await client.connect();
      await main.emitWithAck('ack', 1);
      await client.close();
      assert.equal(client.state.name, 'disconnected');
    });
    const requests = way.seen.length;
    assert.ok(way.seen.includes('POST polling'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(way.seen.length, requests, 'no request after the end');
    way.stop();
  });

  test('an attempt that nobody answers is given up in time, and by close', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${silent.address().port}`;
    await withClient(url, { ...FIRST, connectTimeout: 50, backoff: { maxAttempts: 1 } }, async (client) => {
      await assert.rejects(client.connect(), /connect_timeout/);
    });
    await withClient(url, FIRST, async (client) => {
      const requested = once(silent, 'request');
      const connected = client.connect();
      const [incoming] = await requested;
      const gone = once(incoming.socket, 'close');
      await client.close();
      await assert.rejects(connected, { code: 'client_disconnect' });
      await gone;
    });
    silent.closeAllConnections();
    silent.close();
  });

  for (const [status, code] of [[401, 'auth'], [404, 'config'], [429, 'busy'], [500, 'server_error']]) {
    test(`HTTP ${status} is ${code}`, async () => {
      const server = createServer((_request, response) => response.writeHead(status).end());
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      await withClient(`http://127.0.0.1:${server.address().port}`, { ...FIRST, backoff: { maxAttempts: 1 } }, async (client) => {
        await assert.rejects(client.connect(), ({ code: found, message }) => found === code || message.includes(`: ${code}: HTTP ${status}`));
      });
      server.close();
    });
  }

  test('what is no payload is a protocol error', async () => {
    const server = createServer((_request, response) => response.end('4x'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await withClient(`http://127.0.0.1:${server.address().port}`, { ...FIRST, backoff: { maxAttempts: 1 } }, async (client) => {
      await assert.rejects(client.connect(), /protocol: the first packet/);
    });
    server.close();
  });
});

describe('options', () => {
  test('what cannot be is refused by name', () => {
    const make = (transports) => () => new SocketIOClient('http://127.0.0.1:1', { transports });
    const twice = [['websocket', 'websocket'], [polling(), polling()], ['websocket', polling(), 'websocket']];
    for (const wrong of [['polling'], [], 'websocket', [1], [null], ...twice]) {
      assert.throws(make(wrong), { code: 'invalid_argument', message: /transports/ });
    }
  });

  test('the drop-in takes polling() in place of its name', async () => {
    const socket = io(servers.noWebSocket.http, { forceNew: true, transports: [polling(), 'websocket'] });
    await once(socket, 'connect');
    assert.equal(await socket.emitWithAck('ack', 'hello'), 'hello');
    assert.equal(typeof socket.io.engine.id, 'string');
    socket.close();
  });

  test("the drop-in takes socket.io-client's default list, and uses the WebSocket", async () => {
    const socket = io(servers.node.http, { forceNew: true, transports: ['polling', 'websocket'] });
    await once(socket, 'connect');
    socket.close();
  });
});
