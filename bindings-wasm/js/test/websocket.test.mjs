// RejoinWebSocket beside the WebSocket of npm `ws`, and given to a library that takes a WebSocket implementation.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { RejoinWebSocket } from 'rejoin/websocket';
import { WebSocket, WebSocketServer } from 'ws';

const TIMEOUT = { timeout: 20_000 };
const FAST = { backoff: { initial: 10, max: 20 } };

// An echo server; it ends with the test.
async function startServer(context, { port = 0, handleProtocols } = {}) {
  const http = createServer();
  const server = new WebSocketServer({ server: http, ...(handleProtocols ? { handleProtocols } : {}) });
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await new Promise((resolve) => http.listen(port, '127.0.0.1', resolve));
  const drop = () => server.clients.forEach((client) => client.terminate());
  const stop = () =>
    new Promise((resolve) => {
      drop();
      http.close(resolve);
    });
  context.after(stop);
  return { url: `ws://127.0.0.1:${http.address().port}/`, port: http.address().port, server, drop, stop };
}

const heard = (target, name) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

function make(context, Class, ...args) {
  const socket = new Class(...args);
  context.after(() => socket.close());
  return socket;
}

for (const [name, Class] of [['ws', WebSocket], ['RejoinWebSocket', RejoinWebSocket]]) {
  describe(`as every WebSocket: ${name}`, () => {
    test('what the constructor refuses', () => {
      const refused = (...args) => assert.throws(() => new Class(...args), (error) => /SyntaxError/.test(error.name));
      refused('ftp://localhost/');
      refused('ws://localhost/#fragment');
      refused('not a url');
      refused('ws://localhost/', ['a', 'a']);
      refused('ws://localhost/', ['a b']);
      for (const [state, value] of [['CONNECTING', 0], ['OPEN', 1], ['CLOSING', 2], ['CLOSED', 3]]) {
        assert.equal(Class[state], value);
        assert.equal(Class.prototype[state] ?? value, value);
      }
    });

    test('its life', TIMEOUT, async (context) => {
      const { url } = await startServer(context, { handleProtocols: () => 'second' });
      const socket = make(context, Class, url, ['first', 'second']);
      assert.deepEqual([socket.readyState, socket.url, socket.protocol, socket.bufferedAmount], [0, url, '', 0]);
      assert.deepEqual([socket.onopen, socket.onmessage, socket.onclose, socket.onerror], [null, null, null, null]);
      assert.throws(() => socket.send('early'));
      const order = [];
      socket.onopen = () => order.push('replaced');
      socket.addEventListener('open', () => order.push('listener'));
      socket.onopen = () => order.push('handler');
      await heard(socket, 'open');
      assert.deepEqual([socket.readyState, socket.protocol], [1, 'second']);
      assert.ok(order.includes('handler') && !order.includes('replaced'));
      const closed = heard(socket, 'close');
      socket.close(4001, 'enough');
      assert.equal(socket.readyState, 2);
      socket.close();
      const { code, reason, wasClean, type, target } = await closed;
      assert.deepEqual([code, reason, wasClean, type], [4001, 'enough', true, 'close']);
      assert.equal(target, socket);
      assert.equal(socket.readyState, 3);
      const { bufferedAmount } = socket;
      socket.send('late');
      assert.equal(socket.bufferedAmount, bufferedAmount + 4);
    });

    test('messages of every kind', TIMEOUT, async (context) => {
      const { url } = await startServer(context);
      const socket = make(context, Class, url);
      await heard(socket, 'open');
      const roundTrip = async (data) => {
        const message = heard(socket, 'message');
        socket.send(data);
        return (await message).data;
      };
      assert.equal(await roundTrip('text'), 'text');
      socket.binaryType = 'arraybuffer';
      for (const bytes of [new Uint8Array([1, 2]), new Uint8Array([1, 2]).buffer, new DataView(new ArrayBuffer(2))]) {
        const data = await roundTrip(bytes);
        assert.ok(data instanceof ArrayBuffer);
        assert.equal(data.byteLength, 2);
      }
      assert.equal((await roundTrip(new Uint8Array([9, 1, 2, 9]).subarray(1, 3))).byteLength, 2);
      assert.equal(await roundTrip(42), '42');
    });

    test('the server closes with 1000', TIMEOUT, async (context) => {
      const { url, server } = await startServer(context);
      const socket = make(context, Class, url);
      await heard(socket, 'open');
      const closed = heard(socket, 'close');
      for (const client of server.clients) client.close(1000, 'done');
      const { code, reason, wasClean } = await closed;
      assert.deepEqual([code, reason, wasClean], [1000, 'done', true]);
      assert.equal(socket.readyState, 3);
    });

    test('close before it is open', TIMEOUT, async (context) => {
      const { url } = await startServer(context);
      const socket = new Class(url);
      const failed = heard(socket, 'error');
      const closed = heard(socket, 'close');
      socket.close();
      await failed;
      const { code, wasClean } = await closed;
      assert.deepEqual([code, wasClean, socket.readyState], [1006, false, 3]);
    });
  });
}

test('the types of errors', TIMEOUT, async (context) => {
  const { url } = await startServer(context);
  const socket = make(context, RejoinWebSocket, url);
  const throws = (name, work) => assert.throws(work, (error) => error instanceof DOMException && error.name === name);
  throws('InvalidStateError', () => socket.send('early'));
  throws('InvalidAccessError', () => socket.close(1001));
  throws('InvalidAccessError', () => socket.close(5000));
  throws('SyntaxError', () => socket.close(1000, 'x'.repeat(124)));
  throws('SyntaxError', () => new RejoinWebSocket('ws://localhost/', ['']));
  socket.binaryType = 'nonsense';
  assert.equal(socket.binaryType, 'blob');
});

test('blobs are sent in their turn, and received', TIMEOUT, async (context) => {
  const { url } = await startServer(context);
  const socket = make(context, RejoinWebSocket, url);
  await heard(socket, 'open');
  const got = [];
  const done = new Promise((resolve) => {
    socket.onmessage = ({ data }) => got.push(data) === 3 && resolve();
  });
  socket.send(new Blob(['first']));
  const changed = new TextEncoder().encode('second');
  socket.send(changed);
  changed.fill(0);
  socket.send('third');
  assert.equal(socket.bufferedAmount, 16);
  await done;
  assert.deepEqual(await Promise.all(got.map((data) => data.text?.() ?? data)), ['first', 'second', 'third']);
});

test('it stays open: what is sent meanwhile arrives, what `open` sends goes first', TIMEOUT, async (context) => {
  const { url, port, stop } = await startServer(context);
  const socket = make(context, RejoinWebSocket, url, [], FAST);
  let opens = 0;
  socket.addEventListener('open', () => socket.send(`hello ${(opens += 1)}`));
  let closed = false;
  socket.addEventListener('close', () => (closed = true));
  await heard(socket, 'message');
  const lost = heard(socket, 'reconnecting');
  await stop();
  await lost;
  assert.equal(socket.readyState, RejoinWebSocket.OPEN);
  socket.send('meanwhile');
  assert.equal(socket.bufferedAmount, 9);
  const got = [];
  const both = new Promise((resolve) => {
    socket.onmessage = ({ data }) => got.push(data) === 2 && resolve();
  });
  await startServer(context, { port });
  await both;
  assert.deepEqual(got, ['hello 2', 'meanwhile']);
  assert.deepEqual([socket.bufferedAmount, closed], [0, false]);
});

test('reconnect: false tells when the session is over', TIMEOUT, async (context) => {
  const { url, drop } = await startServer(context);
  const socket = make(context, RejoinWebSocket, url, [], { ...FAST, reconnect: false });
  await heard(socket, 'open');
  const closed = heard(socket, 'close');
  drop();
  const { code, wasClean } = await closed;
  assert.deepEqual([code, wasClean, socket.readyState], [1006, false, 3]);
});

test('as the webSocketImpl of graphql-ws: a query, a lost connection, another query', TIMEOUT, async (context) => {
  const { createClient } = await import('graphql-ws');
  const { makeServer } = await import('graphql-ws');
  const { GraphQLObjectType, GraphQLSchema, GraphQLString } = await import('graphql');
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { hello: { type: GraphQLString, resolve: () => 'world' } } }),
  });
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const graphql = makeServer({ schema });
  sockets.on('connection', (socket) => {
    const closed = graphql.opened(
      {
        protocol: socket.protocol,
        send: (data) => new Promise((resolve) => socket.send(data, resolve)),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (listener) => socket.on('message', (data) => listener(String(data))),
      },
      {},
    );
    socket.once('close', (code, reason) => closed(code, String(reason)));
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  context.after(() => http.close());
  class SessionSocket extends RejoinWebSocket {
    constructor(url, protocols) {
      super(url, protocols, { ...FAST, reconnect: false });
    }
  }
  const client = createClient({
    url: `ws://127.0.0.1:${http.address().port}/`,
    webSocketImpl: SessionSocket,
    lazy: false,
    retryWait: () => Promise.resolve(),
    shouldRetry: () => true,
  });
  context.after(() => client.dispose());
  const query = async () => {
    for await (const { data } of client.iterate({ query: '{ hello }' })) return data.hello;
  };
  assert.equal(await query(), 'world');
  const lost = new Promise((resolve) => client.on('closed', resolve));
  for (const socket of sockets.clients) socket.terminate();
  await lost;
  assert.equal(await query(), 'world');
});
