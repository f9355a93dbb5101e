// Messages that are handed over without the core, which is told of them later: nothing may differ but the speed.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

// Time moves only where a test says so.
mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1e12 });
Object.defineProperty(globalThis, 'performance', { value: { now: () => Date.now() - 1e12 } });
const { Client, SocketIOClient } = await import('../dist/node/index.js');

class Socket {
  static last;
  sent = [];
  bufferedAmount = 0;
  constructor() {
    Socket.last = this;
    queueMicrotask(() => this.onopen());
  }
  send(data) {
    this.sent.push(data);
  }
  close() {}
  hear(...messages) {
    for (const data of messages) this.onmessage({ data });
  }
}

/** One that tells all messages that came at once, and can ping, as that of the package `ws`. */
class Bursting extends Socket {
  ping() {}
}

const turn = async () => {
  for (let index = 0; index < 20; index += 1) await null;
};

async function connected(options = {}) {
  const client = new Client('ws://nowhere', { WebSocket: Socket, ...options });
  const heard = [];
  client.onMessage((message) => heard.push(message));
  await client.connect();
  await turn();
  return { client, heard, socket: Socket.last };
}

/** `open`: what the server says first; `session`: what it says of the namespace. */
async function joined({ open = {}, session = { sid: 'b' }, namespaces = ['/'], ...options } = {}) {
  const client = new SocketIOClient('http://nowhere', { WebSocket: Socket, ...options });
  const [first, ...others] = namespaces.map((name) => client.namespace(name));
  const ready = client.connect();
  await turn();
  const socket = Socket.last;
  socket.hear(`0${JSON.stringify({ sid: 'a', upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1e6, ...open })}`);
  await turn();
  for (const name of namespaces) socket.hear(`40${name === '/' ? '' : `${name},`}${JSON.stringify(session)}`);
  await ready;
  await turn();
  return { client, socket, main: first, others };
}

for (const [name, WebSocket] of Object.entries({ 'one at a time': Socket, 'all at once': Bursting })) {
  test(`messages that come ${name} are heard at once, in order, and counted`, async () => {
    const { client, heard, socket } = await connected({ WebSocket });
    const expected = [];
    for (let index = 0; index < 10; index += 1) {
      socket.hear(`${index}a`, `${index}b`);
      expected.push(`${index}a`, `${index}b`);
      assert.deepEqual(heard, expected);
      if (index % 3 === 0) await turn();
    }
    assert.equal(client.stats().framesReceived, 20);
    client.close();
  });

  test(`what a listener does amid messages that come ${name} changes nothing in their order`, async () => {
    const { client, heard, socket } = await connected({ WebSocket });
    const states = [];
    client.onState(({ name }) => states.push([name, heard.length]));
    client.onMessage((message) => message === '2' && client.send('answer'));
    client.onMessage((message) => message === '4' && client.disconnect());
    socket.hear('1', '2', '3', '4', '5');
    await turn();
    assert.deepEqual(heard, ['1', '2', '3', '4', '5']);
    assert.deepEqual(socket.sent, ['answer']);
    assert.equal(states[0][0], 'disconnecting');
    assert.equal(client.stats().framesReceived, 5);
    client.close();
  });
}

test('what arrives while the consumer is full waits, and stays in order', async () => {
  const { client, socket } = await connected();
  const messages = client.messages({ maxMessages: 2 });
  socket.hear('1', '2', '3', '4');
  await turn();
  for (const wanted of ['1', '2', '3', '4']) {
    assert.equal((await messages.next()).value, wanted);
    await turn();
  }
  client.close();
});

test('a message proves at once that those before it were sent', async () => {
  const { client, socket } = await connected();
  socket.hear('before');
  const receipt = client.send('x');
  await turn();
  let outcome;
  receipt.outcome.then((given) => (outcome = given));
  await turn();
  assert.equal(outcome, undefined);
  socket.hear('after');
  await turn();
  assert.equal(outcome, 'sent');
  client.close();
});

test('one that is too big ends the link, after those that were not', async () => {
  const { client, heard, socket } = await connected({ maxMessageBytes: 10 });
  socket.hear('1', '2', 'x'.repeat(11));
  await turn();
  assert.deepEqual([heard, client.state.name, client.state.cause?.code], [['1', '2'], 'waiting', 'too_big']);
  client.close();
});

test('events are signs of life, each at its time', async () => {
  const { client, socket, main } = await joined({ open: { pingInterval: 1000, pingTimeout: 1000 } });
  let heard = 0;
  main.on('item', () => (heard += 1));
  for (let index = 0; index < 40; index += 1) {
    mock.timers.tick(700);
    await turn();
    assert.equal(client.state.name, 'connected');
    socket.hear('42["item",1]');
    await turn();
  }
  // The clock was looked at just before: of this one the core is not told at once.
  mock.timers.tick(50);
  socket.hear('42["item",1]');
  assert.equal(heard, 41);
  let waited = 0;
  for (; client.state.name === 'connected' && waited < 5000; waited += 10) {
    mock.timers.tick(10);
    await turn();
  }
  assert.deepEqual([client.state.name, client.state.cause.code, waited], ['waiting', 'heartbeat_timeout', 2000]);
  client.close();
});

test('events of every namespace arrive, known or new, with and without a wish for an answer', async () => {
  const { client, socket, main, others: [chat] } = await joined({ namespaces: ['/', '/chat'] });
  const heard = [];
  const note = (where) => ({ name, args, ack }) => heard.push([where, name, ...args, ...(ack ? ['?'] : [])]);
  main.onAny(note('/'));
  chat.onAny(note('/chat'));
  for (let round = 0; round < 2; round += 1) {
    socket.hear('42["a",1]', '42/chat,["a",2]', '4217["a",3]', '42/chat,18["a",4]', '42["$any",5]', '42/gone,["a",6]', '42["a"]');
  }
  await turn();
  const once = [
    ['/', 'a', 1], ['/chat', 'a', 2], ['/', 'a', 3, '?'], ['/chat', 'a', 4, '?'], ['/', '$any', 5], ['/', 'a'],
  ];
  assert.deepEqual(heard, [...once, ...once]);
  assert.equal(client.stats().framesReceived, 3 + 14);
  client.close();
});

test('no event calls those that listen to all but by them', async () => {
  const { client, socket, main } = await joined();
  const heard = [];
  main.onAny(({ name }) => heard.push(name));
  socket.hear('42["$any",1]', '42["",2]', '42["$any",3]');
  await turn();
  assert.deepEqual(heard, ['$any', '', '$any']);
  client.close();
});

test('where the server keeps the session, no event shows its offset', async () => {
  const { client, socket, main } = await joined({ session: { sid: 'b', pid: 'p' } });
  const heard = [];
  main.on('item', (...args) => heard.push(args));
  socket.hear('42["item",1,"OtIpwaS.1"]', '42["item",2,"OtIpwaS.2"]', '42["item",3,"OtIpwaS.3"]');
  await turn();
  assert.deepEqual(heard, [[1], [2], [3]]);
  client.close();
});

test('a namespace that was left hears nothing', async () => {
  const { client, socket, main } = await joined();
  let heard = 0;
  main.on('item', () => (heard += 1));
  socket.hear('42["item"]', '42["item"]');
  main.disconnect();
  socket.hear('42["item"]');
  await turn();
  socket.hear('42["item"]');
  await turn();
  assert.equal(heard, 2);
  client.close();
});

for (const packet of ['42["connect",1]', '42["item"', '42[5,1', '42{}', '42[]']) {
  test(`${packet} breaks the protocol, after whatever came`, async () => {
    const { client, socket, main } = await joined();
    let heard = 0;
    main.on('item', () => (heard += 1));
    socket.hear('42["item"]', '42["item"]', packet);
    await turn();
    assert.deepEqual([heard, client.state.name, client.state.cause?.code], [2, 'waiting', 'protocol']);
    client.close();
  });
}

/** The ids of the events that were sent. */
const idsOf = (socket) => socket.sent.flatMap((data) => /^42(?:\/chat,)?(\d+)\[/.exec(data)?.[1] ?? []);

test('answers settle their events at once, each its own, and make room for more', async () => {
  const { client, socket, main } = await joined({ outbox: { maxMessages: 3 } });
  for (let round = 0; round < 3; round += 1) {
    socket.sent = [];
    const answers = [];
    const emitted = ['a', 'b', 'c'].map((name) => main.emitWithAck(name).then((answer) => answers.push([name, answer])));
    assert.throws(() => main.emit('d'), { code: 'queue_full' });
    await turn();
    const [a, b, c] = idsOf(socket);
    socket.hear(`43${c}["C"]`, `43${a}[]`, `43${b}[{"x":1},2]`);
    await Promise.all(emitted);
    assert.deepEqual(answers, [['c', 'C'], ['a', undefined], ['b', { x: 1 }]]);
    assert.deepEqual([client.stats().outboxMessages, client.stats().outboxBytes], [0, 0]);
  }
  client.close();
});

test('an answer is told once, and only to an event of its namespace that was sent', async () => {
  const { client, socket, main, others: [chat] } = await joined({ namespaces: ['/', '/chat'] });
  socket.hear('42["x"]');
  const outcomes = [];
  const ask = (namespace) => namespace.with({ ack: true }).emit('a').outcome.then((outcome) => outcomes.push(outcome));
  const asked = [ask(main), ask(chat)];
  await turn();
  const [inMain, inChat] = idsOf(socket);
  socket.hear(`43${Number(inChat) + 1}["early"]`, `43${inChat}["of another"]`, `43/chat,${inMain}["of another"]`);
  await turn();
  assert.deepEqual([outcomes, client.stats().outboxMessages], [[], 2]);
  socket.hear(`43${inMain}["right"]`, `43${inMain}["again"]`, `43/chat,${inChat}["right"]`);
  await Promise.all(asked);
  assert.deepEqual([outcomes, client.stats().outboxMessages], [['acknowledged', 'acknowledged'], 0]);
  assert.equal(client.state.name, 'connected');
  client.close();
});

test('what was answered is not sent again on another link', async () => {
  const { client, socket, main } = await joined({ backoff: { initial: 1, max: 1 } });
  const [first, second] = ['first', 'second'].map((name) => main.with({ retries: 3 }).emitWithAck(name));
  await turn();
  socket.hear('42["x"]', '42["x"]', `43${idsOf(socket)[0]}["ok"]`);
  assert.equal(await first, 'ok');
  socket.onclose({ code: 1006, reason: '' });
  for (let waited = 0; Socket.last === socket && waited < 100; waited += 1) {
    await turn();
    mock.timers.tick(10);
  }
  await turn();
  const other = Socket.last;
  other.hear('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}');
  await turn();
  other.hear('40{"sid":"c"}');
  await turn();
  assert.deepEqual(other.sent.filter((data) => data.startsWith('42')).map((data) => /\["(\w+)/.exec(data)[1]), ['second']);
  other.hear(`43${idsOf(other)[0]}["late"]`);
  assert.equal(await second, 'late');
  client.close();
});

test('an answer in time ends the wait, and a late one changes nothing', async () => {
  const { client, socket, main } = await joined();
  const [kept, missed] = [main.with({ timeout: 1000 }).emitWithAck('kept'), main.with({ timeout: 1000 }).emitWithAck('missed')];
  const missing = assert.rejects(missed, { code: 'ack_timeout' });
  await turn();
  const [inTime, late] = idsOf(socket);
  mock.timers.tick(50);
  socket.hear('42["x"]', '42["x"]', `43${inTime}["ok"]`);
  assert.equal(await kept, 'ok');
  for (let waited = 0; waited < 1500; waited += 50) {
    mock.timers.tick(50);
    await turn();
  }
  await missing;
  socket.hear(`43${late}["late"]`);
  await turn();
  assert.deepEqual([client.state.name, client.stats().outboxMessages], ['connected', 0]);
  client.close();
});
