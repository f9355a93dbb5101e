import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, RejoinError, SocketIOClient, ready } from '../dist/node/index.js';
import { socketioServer, testServer } from './servers.mjs';

let server;
let peer;
before(async () => {
  [server, peer] = await Promise.all([testServer(), socketioServer()]);
});
after(() => Promise.all([server.stop(), peer.stop()]));

const QUICK = { backoff: { initial: 1, max: 20 } };

// Runs with a client that is closed at the end.
function withClient(make, run) {
  return async () => {
    const client = make();
    try {
      await run(client);
    } finally {
      await client[Symbol.asyncDispose]();
    }
  };
}
const plain = (run, options = {}, path = '') => withClient(() => new Client(server.ws + path, { ...QUICK, ...options }), run);
const socketio = (run, options = {}) => withClient(() => new SocketIOClient(peer.http, { ...QUICK, ...options }), run);

// Resolves at the next such state.
async function until(client, name) {
  for await (const state of client.states()) if (state.name === name) return state;
  throw new Error(`no state ${name} before the end`);
}

// The code that it fails with.
async function codeOf(work) {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof RejoinError, `not a RejoinError: ${error?.stack ?? error}`);
    assert.ok(error.message.length > 0);
    return error.code;
  }
  return assert.fail('it did not fail');
}

describe('plain WebSocket', () => {
  test('what is sent before the core is loaded arrives, in order', plain(async (client) => {
    const messages = client.messages();
    const receipts = ['a', new Uint8Array([1, 2]), 'c'].map((message) => client.send(message));
    await client.connect();
    const heard = [];
    for await (const message of messages) if (heard.push(message) === 3) break;
    assert.deepEqual(heard, ['a', new Uint8Array([1, 2]), 'c']);
    assert.deepEqual(await Promise.all(receipts.map((receipt) => receipt.outcome)), ['sent', 'sent', 'sent']);
  }));

  test('reconnects by itself, and what was sent meanwhile arrives', plain(async (client) => {
    await client.connect();
    const messages = client.messages();
    const waiting = until(client, 'waiting');
    await server.fault({ fault: 'reset' });
    const { cause } = await waiting;
    assert.equal(cause.retryable, true);
    client.send('after');
    assert.equal((await messages.next()).value, 'after');
    assert.equal(client.stats().connects, 2);
  }));

  test('a close code is told', plain(async (client) => {
    await client.connect();
    const disconnected = until(client, 'disconnected');
    await server.fault({ fault: 'close', code: 1000, reason: 'enough' });
    const { reason } = await disconnected;
    assert.deepEqual([reason.code, reason.closeCode, reason.retryable], ['server_disconnect', 1000, false]);
  }));

  test('connecting twice is one connection; a manual disconnect latches', plain(async (client) => {
    await Promise.all([client.connect(), client.connect()]);
    await client.connect();
    assert.equal(client.stats().attempts, 1);
    await Promise.all([client.disconnect(), client.disconnect()]);
    for (const hint of ['online', 'woke', 'foreground']) client.network(hint);
    assert.equal(client.state.name, 'disconnected');
    await client.disconnect();
    await client.connect();
    assert.deepEqual([client.stats().attempts, client.stats().connects], [2, 2], 'no hint made an attempt');
  }));

  test('HTTP answers are told in Node.js', plain(async (client) => {
    await server.fault({ fault: 'http_status', status: 403, times: 1 });
    assert.equal(await codeOf(() => client.connect()), 'forbidden');
    assert.equal(client.state.reason.status, 403);
  }));

  test('nobody listens', withClient(() => new Client('ws://127.0.0.1:1', { backoff: { initial: 1, max: 1, maxAttempts: 2 } }), async (client) => {
    const waiting = until(client, 'waiting');
    assert.equal(await codeOf(() => client.connect()), 'attempts_exhausted');
    assert.equal((await waiting).cause.code, 'refused');
  }));

  test('waits can be cancelled, and a cancelled connect goes on', plain(async (client) => {
    const control = new AbortController();
    const connecting = client.connect({ signal: control.signal });
    control.abort(new Error('never mind'));
    assert.equal(await codeOf(() => connecting), 'cancelled');
    assert.equal(await codeOf(() => client.connect({ signal: AbortSignal.abort() })), 'cancelled');
    await client.connect();
    const messages = client.messages({ signal: AbortSignal.timeout(10) });
    assert.deepEqual(await messages.next(), { done: true, value: undefined });
  }));

  test('a consumer that does not read pauses the socket, and loses nothing', plain(async (client) => {
    const messages = client.messages({ maxMessages: 4 });
    await client.connect();
    for (let seq = 0; seq < 500; seq += 1) {
      assert.equal(JSON.parse((await messages.next()).value).seq, seq + 1);
    }
  }, {}, '/source?count=500&size=100'));

  test('lossy consumers count what they miss', plain(async (client) => {
    const oldest = client.messages({ maxMessages: 2, policy: 'drop_oldest' });
    const newest = client.messages({ maxMessages: 2, policy: 'drop_newest' });
    const all = client.messages();
    await client.connect();
    for (let read = 0; read < 5; read += 1) await all.next();
    const seq = async (messages) => JSON.parse((await messages.next()).value).seq;
    assert.deepEqual([await seq(oldest), await seq(oldest), oldest.takeMissed()], [4, 5, 3]);
    assert.deepEqual([await seq(newest), await seq(newest), newest.takeMissed()], [1, 2, 3]);
  }, {}, '/source?count=5&size=40'));

  test('the on-connect step comes before what waits', plain(async (client) => {
    const messages = client.messages();
    client.send('waiting');
    await client.connect();
    assert.deepEqual([(await messages.next()).value, (await messages.next()).value], ['hello', 'waiting']);
  }, { onConnect: async (session) => {
    const heard = session.messages();
    session.send('hello');
    assert.equal((await heard.next()).value, 'hello');
  } }));

  test('a bearer token goes into the header', async () => {
    const { mkdtemp, writeFile, rm } = await import('node:fs/promises');
    const folder = await mkdtemp(`${(await import('node:os')).tmpdir()}/rejoin-`);
    await writeFile(`${folder}/tokens`, 'good\n');
    const guarded = await testServer('--bearer-tokens', `${folder}/tokens`);
    const asked = [];
    const credentials = ({ reason }) => (asked.push(reason) > 1 ? 'good' : 'bad');
    try {
      await withClient(() => new Client(guarded.ws, { ...QUICK, credentials }), (client) => client.connect())();
      assert.deepEqual(asked, ['connect', 'refused']);
    } finally {
      await guarded.stop();
      await rm(folder, { recursive: true });
    }
  });
});

describe('Socket.IO', () => {
  test('emits, acknowledges, both ways, with binary', socketio(async (client) => {
    const main = client.namespace();
    const events = main.events();
    main.on('question', (text, answer) => answer(`${text}!`));
    await client.connect();
    assert.equal(main.connected, true);
    const sent = ['text', { deep: [new Uint8Array([1, 2]), null] }, 3];
    assert.deepEqual(await main.with({}).emitWithAckArgs('ack', ...sent), sent);
    assert.equal(await main.emitWithAck('ack', 'first', 'second'), 'first');
    main.emit('echo', ...sent);
    assert.deepEqual((await events.next()).value, { name: 'echo', args: sent });
    main.emit('ask', 'why');
    assert.equal((await events.next()).value.name, 'question');
    assert.deepEqual((await events.next()).value.args, ['why!']);
  }));

  // Node's server loses such a member itself.
  test('an own __proto__ stays data', withClient(() => new SocketIOClient(server.http, QUICK), async (client) => {
    await client.connect();
    const sent = JSON.parse('{"__proto__":{"polluted":true}}');
    const got = await client.namespace().emitWithAck('ack', { data: sent, bytes: new Uint8Array(1) });
    assert.equal(JSON.stringify(got.data), '{"__proto__":{"polluted":true}}');
    assert.equal({}.polluted, undefined);
  }));

  test('namespaces connect and are refused on their own', socketio(async (client) => {
    await client.connect();
    const chat = client.namespace('/chat');
    await chat.connect();
    assert.equal(await chat.emitWithAck('ack', 'here'), 'here');
    assert.equal(await codeOf(() => client.namespace('/private').connect()), 'namespace_refused');
    assert.equal(client.connected, true);
    chat.disconnect();
    assert.equal(await codeOf(() => chat.emitWithAck('ack')), 'namespace_closed');
  }));

  test('acknowledgements fail with what happened', socketio(async (client) => {
    await client.connect();
    const main = client.namespace();
    assert.equal(await codeOf(() => main.with({ timeout: 20 }).emitWithAck('nothing')), 'ack_timeout');
    const control = new AbortController();
    const answer = main.with({ signal: control.signal }).emitWithAck('nothing');
    control.abort();
    assert.equal(await codeOf(() => answer), 'cancelled');
    const unanswered = main.emitWithAck('nothing');
    await client.close();
    assert.equal(await codeOf(() => unanswered), 'unconfirmed');
    assert.equal(await codeOf(() => main.emitWithAck('late')), 'client_closed');
  }));
});

describe('what is wrong is said, with its name', () => {
  const cases = {
    'a URL that is none': [() => new Client('nope'), /^url: /],
    'a scheme': [() => new Client('ftp://a'), /^url: /],
    'a password in the URL': [() => new Client('ws://a:b@c'), /^url: /],
    'an unknown option': [() => new Client('ws://a', { nope: 1 }), /^nope: /],
    'an unknown option inside': [() => new Client('ws://a', { outbox: { nope: 1 } }), /^outbox\.nope: /],
    'an option of the wrong type': [() => new Client('ws://a', { connectTimeout: '5' }), /^connectTimeout: /],
    'an option that is not finite': [() => new Client('ws://a', { backoff: { max: Number.NaN } }), /^backoff\.max: /],
    'an option of the core': [() => new Client('ws://a', { backoff: { initial: 9, max: 1 } }), /^backoff\.initial: /],
    'a message of the wrong type': [() => new Client('ws://a').send(5), /^message: /],
    'a namespace': [() => new SocketIOClient('http://a').namespace('chat'), /^namespace: /],
    'an event name': [() => new SocketIOClient('http://a').namespace().emit('disconnect'), /^name: /],
    'a cycle': [() => { const loop = {}; loop.loop = loop; new SocketIOClient('http://a').namespace().emit('a', loop); }, /^args: /],
    'a BigInt': [() => new SocketIOClient('http://a').namespace().emit('a', 1n), /^args: /],
    'a timeout': [() => new SocketIOClient('http://a').namespace().with({ timeout: -1 }), /^timeout: /],
    'a time to live': [() => new Client('ws://a').send('x', { ttl: -1 }), /^ttl: /],
    'a time to live that is no number': [() => new Client('ws://a').send('x', { ttl: 'soon' }), /^ttl: /],
    'a key': [() => new Client('ws://a').send('x', { key: 5 }), /^key: /],
    'an unknown option of a message': [() => new Client('ws://a').send('x', { retires: 3 }), /^retires: /],
    'half a retry': [() => new SocketIOClient('http://a').namespace().with({ retries: 1.5 }), /^retries: /],
    'a signal that is none': [() => new SocketIOClient('http://a').namespace().with({ signal: 5 }), /^signal: /],
    'an event name that is no string': [() => new SocketIOClient('http://a').namespace().emit({}), /^name: /],
    'a namespace that is no string': [() => new SocketIOClient('http://a').namespace(5), /^namespace: /],
    'a listener': [() => new Client('ws://a').onMessage('nope'), /^listener: /],
    'what the network did': [() => new Client('ws://a').network('gone'), /^hint: /],
    'a subprotocol': [() => new Client('ws://a', { subprotocols: ['a b'] }), /^subprotocols: /],
    'a subprotocol that is there twice': [() => new Client('ws://a', { subprotocols: ['a', 'a'] }), /^subprotocols: /],
    'the name of a header': [() => new Client('ws://a', { headers: { 'a b': 'c' } }), /^headers: /],
    'a header with a line break': [() => new Client('ws://a', { headers: { a: 'b\r\nc: d' } }), /^headers: /],
    'the bound of a consumer': [() => new Client('ws://a').messages({ maxMessages: 0 }), /^inbound\.maxMessages: /],
  };
  before(() => ready());
  for (const [name, [work, message]] of Object.entries(cases)) {
    test(name, () => {
      assert.throws(work, (error) => error instanceof RejoinError && error.code === 'invalid_argument' && message.test(error.message));
    });
  }

  test('detached buffers', () => {
    for (const make of [(buffer) => buffer, (buffer) => new Uint8Array(buffer)]) {
      const buffer = new ArrayBuffer(8);
      const given = make(buffer);
      structuredClone(buffer, { transfer: [buffer] });
      assert.throws(() => new Client('ws://a').send(given), /detached/);
      assert.throws(() => new SocketIOClient('http://a').namespace().emit('a', given), /detached/);
    }
  });

  test('after close, everything says so', async () => {
    const client = new Client(server.ws);
    const messages = client.messages();
    await client.connect();
    await client.close();
    assert.equal(await codeOf(() => client.connect()), 'client_closed');
    assert.equal(await codeOf(() => client.send('late')), 'client_closed');
    assert.equal((await messages.next()).done, true);
    await client.close();
    await client.disconnect();
    client.network('online');
    assert.equal(client.stats().attempts, 0);
  });
});

describe('listeners', () => {
  test('one that throws, or whose promise rejects, disturbs nobody', plain(async (client) => {
    const thrown = [];
    client.onUncaught((error) => thrown.push(error.message));
    client.onMessage(() => { throw new Error('now'); });
    client.onMessage(async () => { throw new Error('later'); });
    const heard = new Promise((resolve) => client.onMessage(resolve));
    await client.connect();
    client.send('x');
    assert.equal(await heard, 'x');
    await new Promise(setImmediate);
    assert.deepEqual(thrown, ['now', 'later']);
  }));

  test('calls back in, even to close', async () => {
    const client = new Client(server.ws, QUICK);
    const ended = new Promise((resolve) => {
      client.onMessage((message) => {
        client.send('again');
        if (message === 'again') resolve(client.close());
      });
    });
    await client.connect();
    client.send('first');
    await ended;
    assert.equal(client.state.name, 'disconnected');
  });

  test('are removed by their function, by a signal, and after once', socketio(async (client) => {
    const calls = [];
    const main = client.namespace();
    const control = new AbortController();
    const off = main.on('echo', () => calls.push('on'));
    main.on('echo', () => calls.push('signal'), { signal: control.signal });
    main.once('echo', () => calls.push('once'));
    await client.connect();
    await main.emitWithAck('echo', 1);
    off();
    control.abort();
    await main.emitWithAck('echo', 2);
    assert.deepEqual(calls, ['on', 'signal', 'once']);
  }));
});
