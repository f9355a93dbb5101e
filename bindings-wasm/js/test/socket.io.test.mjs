// One suite for two libraries: what holds for socket.io-client must hold for rejoin/socket.io.
// What differs on purpose is in socket.io-differences.test.mjs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { heard, startServer } from './socket.io-server.mjs';

const TIMEOUT = { timeout: 20_000 };
const FAST = { transports: ['websocket'], reconnectionDelay: 20, reconnectionDelayMax: 40 };

for (const name of ['socket.io-client', 'rejoin/socket.io']) {
  const library = await import(name);
  describe(name, () => suite(library));
}

function suite({ io, Manager, Socket, default: byDefault, connect, protocol }) {
  // A server and a way to make sockets, which end with the test.
  const setUp = async (context, config) => {
    const server = await startServer(context, config);
    const client = (path = '', options = {}) => {
      const socket = io(server.url + path, { ...FAST, forceNew: true, ...options });
      context.after(() => socket.disconnect());
      return socket;
    };
    return { server, client };
  };
  const connected = async (socket) => {
    if (!socket.connected) await heard(socket, 'connect');
    return socket;
  };

  test('the exports', () => {
    assert.deepEqual([byDefault, connect, io.connect], [io, io, io]);
    assert.deepEqual([io.Manager, io.Socket, protocol], [Manager, Socket, 5]);
  });

  test('the properties of a socket', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client();
    assert.ok(socket instanceof Socket);
    assert.ok(socket.io instanceof Manager);
    assert.deepEqual([socket.connected, socket.disconnected, socket.active, socket.id], [false, true, true, undefined]);
    await connected(socket);
    assert.deepEqual([socket.connected, socket.disconnected, socket.active, !!socket.recovered], [true, false, true, false]);
    assert.equal(typeof socket.id, 'string');
    assert.equal(socket.nsp, '/');
    assert.equal(socket.io.engine.transport.name, 'websocket');
    assert.equal(typeof socket.io.engine.id, 'string');
    assert.notEqual(socket.io.engine.id, socket.id);
  });

  test('events and acknowledgements, both ways', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client();
    const echoed = heard(socket, 'echo');
    assert.equal(socket.emit('echo', 1, 'two', { three: [null, true] }), socket);
    assert.deepEqual(await echoed, [1, 'two', { three: [null, true] }]);
    assert.deepEqual(await new Promise((resolve) => socket.emit('ack', 1, 2, (...args) => resolve(args))), [1, 2]);
    assert.equal(await socket.emitWithAck('ack', 'first', 'second'), 'first');
    socket.on('question', (text, answer) => answer(`${text}!`));
    const answered = heard(socket, 'answered');
    socket.emit('ask', 'why');
    assert.deepEqual(await answered, ['why!']);
  });

  test('binary data, at any depth', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client();
    const echoed = heard(socket, 'echo');
    socket.emit('echo', Buffer.from([1, 2]), { deep: [new Uint8Array([3]), new Uint8Array([4, 5]).buffer] });
    const [bytes, { deep }] = await echoed;
    assert.ok([bytes, ...deep].every(Buffer.isBuffer));
    assert.deepEqual([bytes, ...deep].map((buffer) => [...buffer]), [[1, 2], [3], [4, 5]]);
  });

  test('what is emitted before the connection is sent in order when it is there', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client('', { autoConnect: false });
    const got = [];
    socket.on('echo', (value) => got.push(value));
    assert.equal(socket.active, false);
    for (const value of [1, 2, 3]) socket.emit('echo', value);
    assert.equal(socket.sendBuffer.length, 3);
    assert.deepEqual(socket.sendBuffer[0].data, ['echo', 1]);
    socket.connect();
    socket.emit('echo', 4);
    await socket.emitWithAck('ack');
    assert.deepEqual(got, [1, 2, 3, 4]);
    assert.equal(socket.sendBuffer.length, 0);
  });

  test('the send buffer can be emptied', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client('', { autoConnect: false });
    const got = [];
    socket.on('echo', (value) => got.push(value));
    socket.emit('echo', 'old');
    socket.sendBuffer = [];
    socket.connect();
    await socket.emitWithAck('ack');
    assert.deepEqual(got, []);
  });

  test('one connection for several namespaces', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    const main = client();
    const chat = main.io.socket('/chat');
    assert.equal(main.io.socket('/chat'), chat);
    await Promise.all([connected(main), connected(chat)]);
    assert.notEqual(chat.id, main.id);
    const rooms = main.io.socket('/room-7');
    await connected(rooms);
    assert.equal((await server.command('stats')).connections_open, 1);
    const heardInChat = heard(chat, 'broadcast');
    main.once('broadcast', () => assert.fail('another namespace'));
    chat.emit('broadcast', 'hi');
    assert.deepEqual(await heardInChat, ['hi']);
    chat.disconnect();
    assert.equal(await main.emitWithAck('ack', 1), 1);
    chat.connect();
    await connected(chat);
    assert.equal(await chat.emitWithAck('ack', 2), 2);
    for (const socket of [chat, rooms]) socket.disconnect();
  });

  test('io() shares managers', TIMEOUT, async (context) => {
    const { server } = await setUp(context);
    const made = [];
    const make = (path, options) => {
      made.push(io(server.url + path, { ...FAST, autoConnect: false, ...options }));
      return made.at(-1);
    };
    context.after(() => made.forEach((socket) => socket.disconnect()));
    const first = make('/');
    assert.equal(make('/chat').io, first.io);
    assert.notEqual(make('/').io, first.io, 'the same namespace again');
    assert.notEqual(make('/room-1', { forceNew: true }).io, first.io);
    assert.notEqual(make('/room-1', { multiplex: false }).io, first.io);
    assert.notEqual(make('/room-1', { path: '/other' }).io, first.io);
  });

  test('auth: a refusal, and another try', TIMEOUT, async (context) => {
    const { client } = await setUp(context, { tokens: ['sesame'] });
    const socket = client('/private', { auth: { token: 'wrong' } });
    const [error] = await heard(socket, 'connect_error');
    assert.ok(error instanceof Error);
    assert.equal(error.message, 'unauthorized');
    assert.deepEqual(error.data, { code: 'bad_token' });
    assert.deepEqual([socket.active, socket.connected], [false, false]);
    socket.auth = { token: 'sesame' };
    socket.connect();
    await connected(socket);
    assert.equal(await socket.emitWithAck('ack', 1), 1);
  });

  test('auth: a function is asked at each connection', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context, { tokens: ['sesame'] });
    let asked = 0;
    const socket = client('/private', { auth: (answer) => setTimeout(() => answer({ token: 'sesame', n: (asked += 1) })) });
    await connected(socket);
    assert.equal(asked, 1);
    const disconnected = heard(socket, 'disconnect');
    await server.command('disconnect_all');
    await disconnected;
    await connected(socket);
    assert.equal(asked, 2);
  });

  test('disconnect: at once, with its reason, and for good', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = await connected(client());
    const reasons = [];
    socket.on('disconnect', (reason) => reasons.push(reason));
    assert.equal(socket.disconnect(), socket);
    assert.deepEqual(reasons, ['io client disconnect']);
    assert.deepEqual([socket.connected, socket.active, socket.id], [false, false, undefined]);
    socket.disconnect();
    assert.equal(reasons.length, 1);
    socket.connect();
    await connected(socket);
    assert.equal(await socket.emitWithAck('ack', 'again'), 'again');
  });

  test('disconnect().connect() makes a new session', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = await connected(client());
    const { id } = socket;
    socket.disconnect().connect();
    await connected(socket);
    assert.notEqual(socket.id, id);
    assert.equal(await socket.emitWithAck('ack', 1), 1);
  });

  test('the server disconnects: no reconnection', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    const socket = await connected(client());
    const disconnected = heard(socket, 'disconnect');
    await server.command('kick_all');
    assert.equal((await disconnected)[0], 'io server disconnect');
    assert.deepEqual([socket.connected, socket.active], [false, false]);
    socket.connect();
    await connected(socket);
  });

  test('the transport closes: reconnection, and its events', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    const socket = await connected(client());
    const { id } = socket;
    const events = [];
    for (const event of ['close', 'reconnect_attempt', 'open', 'reconnect']) {
      socket.io.on(event, (first) => events.push([event, first].filter((item) => item !== undefined)));
    }
    const disconnected = heard(socket, 'disconnect');
    await server.command('disconnect_all');
    assert.equal((await disconnected)[0], 'transport close');
    assert.equal(socket.active, true);
    await connected(socket);
    assert.notEqual(socket.id, id);
    assert.deepEqual(events, [['close', 'transport close'], ['reconnect_attempt', 1], ['open'], ['reconnect', 1]]);
  });

  test('no server: errors, attempts, and the end of them', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    await server.stop();
    const socket = client('', { reconnectionAttempts: 2, autoConnect: false });
    const events = [];
    for (const event of ['error', 'reconnect_attempt', 'reconnect_error']) socket.io.on(event, () => events.push(event));
    socket.on('connect_error', (error) => {
      assert.ok(error instanceof Error);
      events.push('connect_error');
    });
    const failed = heard(socket.io, 'reconnect_failed');
    socket.connect();
    await failed;
    const count = (name) => events.filter((event) => event === name).length;
    assert.deepEqual(['error', 'connect_error', 'reconnect_attempt', 'reconnect_error'].map(count), [3, 3, 2, 2]);
    assert.equal(socket.connected, false);
  });

  test('reconnection: false', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    const socket = await connected(client('', { reconnection: false }));
    socket.io.on('reconnect_attempt', () => assert.fail('it was told not to'));
    const disconnected = heard(socket, 'disconnect');
    await server.command('disconnect_all');
    assert.equal((await disconnected)[0], 'transport close');
    assert.equal(socket.io.reconnection(), false);
  });

  test('the server restarts: what was emitted meanwhile arrives', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    const socket = await connected(client());
    const disconnected = heard(socket, 'disconnect');
    await server.stop();
    await disconnected;
    const echoed = heard(socket, 'echo');
    socket.emit('echo', 'kept');
    assert.deepEqual(socket.sendBuffer.map(({ data }) => data), [['echo', 'kept']]);
    await startServer(context, { port: server.port });
    await connected(socket);
    assert.deepEqual(await echoed, ['kept']);
  });

  test('time-outs of acknowledgements', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = await connected(client('', { ackTimeout: 30 }));
    const overdue = { message: 'operation has timed out' };
    const byCallback = (emitter, name) => new Promise((resolve) => emitter.emit(name, 1, (...args) => resolve(args)));
    const [error] = await byCallback(socket.timeout(20), 'nobody listens');
    assert.equal(error.message, overdue.message);
    assert.deepEqual(await byCallback(socket.timeout(5000), 'ack'), [null, 1]);
    await assert.rejects(socket.timeout(20).emitWithAck('nobody listens'), overdue);
    await assert.rejects(socket.emitWithAck('nobody listens'), overdue, 'the option');
  });

  test('a time-out also holds before the connection', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client('', { autoConnect: false });
    await assert.rejects(socket.timeout(20).emitWithAck('echo', 1), { message: 'operation has timed out' });
    assert.equal(socket.sendBuffer.length, 0);
    socket.on('echo', () => assert.fail('it timed out'));
    socket.connect();
    assert.equal(await socket.emitWithAck('ack', 2), 2);
  });

  test('acknowledgements that are due when the connection ends', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    const socket = await connected(client());
    const rejected = assert.rejects(socket.emitWithAck('nobody listens'), { message: 'socket has been disconnected' });
    await socket.emitWithAck('ack');
    await server.command('disconnect_all');
    await rejected;
  });

  test('retries: sent again until acknowledged, in order', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context);
    const socket = await connected(client('', { retries: 3, ackTimeout: 2000 }));
    const answers = await Promise.all([1, 2, 3].map((seq) => socket.emitWithAck('numbered', { client: 'r', seq })));
    assert.deepEqual(answers, [true, true, true]);
    const { r } = (await server.command('stats')).clients;
    assert.deepEqual(r, { received: 3, unique: 3, duplicates: 0, reordered: 0, high: 3 });
    const [error, answer] = await new Promise((resolve) => socket.emit('ack', 7, (...args) => resolve(args)));
    assert.deepEqual([error, answer], [null, 7]);
  });

  test('retries: an error when they are used up', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = await connected(client('', { retries: 1, ackTimeout: 20 }));
    const [error] = await new Promise((resolve) => socket.emit('nobody listens', (...args) => resolve(args)));
    assert.equal(error.message, 'operation has timed out');
  });

  test('catch-all listeners', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client();
    const calls = [];
    const second = (...args) => calls.push(['second', ...args]);
    socket.onAny(second);
    socket.prependAny((...args) => calls.push(['first', ...args]));
    socket.onAnyOutgoing((...args) => calls.push(['out', ...args]));
    socket.emit('echo', 1);
    assert.deepEqual(calls, [], 'not sent yet');
    await heard(socket, 'echo');
    assert.deepEqual(calls, [['out', 'echo', 1], ['first', 'echo', 1], ['second', 'echo', 1]]);
    assert.equal(socket.listenersAny().length, 2);
    socket.offAny(second);
    assert.equal(socket.listenersAny().length, 1);
    socket.offAny();
    socket.offAnyOutgoing();
    assert.deepEqual([socket.listenersAny(), socket.listenersAnyOutgoing()], [[], []]);
  });

  test('listeners', TIMEOUT, async (context) => {
    const { client } = await setUp(context);
    const socket = client();
    const calls = [];
    const listener = (value) => calls.push(value);
    socket.on('echo', listener);
    socket.once('echo', listener);
    assert.equal(socket.listeners('echo').length, 2);
    assert.equal(socket.hasListeners('echo'), true);
    socket.emit('echo', 1);
    await heard(socket, 'echo');
    assert.deepEqual(calls, [1, 1]);
    assert.equal(socket.listeners('echo').length, 1);
    socket.off('echo', listener);
    assert.equal(socket.hasListeners('echo'), false);
    socket.on('echo', listener).on('other', listener).removeAllListeners('echo');
    assert.deepEqual([socket.hasListeners('echo'), socket.hasListeners('other')], [false, true]);
    socket.off();
    assert.equal(socket.hasListeners('other'), false);
    for (const reserved of ['connect', 'disconnect', 'connect_error', 'newListener']) {
      assert.throws(() => socket.emit(reserved), { message: `"${reserved}" is a reserved event name` });
    }
  });

  test('connection state recovery', TIMEOUT, async (context) => {
    const { server, client } = await setUp(context, { connectionStateRecovery: true });
    const socket = await connected(client());
    const { id } = socket;
    assert.ok(!socket.recovered);
    const got = [];
    socket.on('news', (value) => got.push(value));
    await server.command('broadcast', { name: 'news', args: [1] });
    const disconnected = heard(socket, 'disconnect');
    await socket.emitWithAck('ack');
    await server.command('disconnect_all');
    await disconnected;
    await server.command('broadcast', { name: 'news', args: [2] });
    await connected(socket);
    assert.deepEqual([socket.recovered, socket.id], [true, id]);
    await socket.emitWithAck('ack');
    assert.deepEqual(got, [1, 2]);
  });

  test('the manager', TIMEOUT, async (context) => {
    const { server } = await setUp(context, { pingInterval: 100 });
    const manager = new Manager(server.url, { ...FAST, autoConnect: false });
    assert.equal(manager.reconnection(), true);
    assert.equal(manager.reconnectionAttempts(), Infinity);
    assert.deepEqual([manager.reconnectionDelay(), manager.reconnectionDelayMax()], [20, 40]);
    assert.deepEqual([manager.randomizationFactor(), manager.timeout()], [0.5, 20000]);
    assert.equal(manager.reconnectionDelay(30), manager);
    assert.equal(manager.reconnectionDelay(), 30);
    const pinged = heard(manager, 'ping');
    assert.equal(await new Promise((resolve) => manager.open(resolve)), undefined);
    const socket = manager.socket('/');
    context.after(() => socket.disconnect());
    assert.equal(socket.active, false, 'autoConnect is off for its sockets too');
    await connected(socket.connect());
    await pinged;
  });

  test('open() tells its function how it failed', TIMEOUT, async (context) => {
    const { server } = await setUp(context);
    await server.stop();
    const manager = new Manager(server.url, { ...FAST, autoConnect: false, reconnection: false });
    assert.ok((await new Promise((resolve) => manager.open(resolve))) instanceof Error);
  });
}
