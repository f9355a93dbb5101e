// The peers do what README.md says: packet by packet, with npm `ws` as the client.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

const TIMEOUT = { timeout: 20_000 };

// Starts a peer; it ends with the test.
async function start(context, program, config = {}) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(config)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  context.after(() => child.stdin.end());
  const { listening } = await next();
  const command = async (line) => {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    return next();
  };
  return { port: listening, command, child };
}

// A WebSocket whose messages are waited for one by one.
class Link {
  #socket;
  #heard = [];
  #waiting = [];

  constructor(url, headers = {}) {
    this.#socket = new WebSocket(url, { headers });
    this.#socket.on('message', (data, isBinary) => this.#hear(isBinary ? data : data.toString()));
    this.#socket.on('close', (code) => this.#hear({ code }));
    this.#socket.on('unexpected-response', (_request, { statusCode }) => this.#hear({ statusCode }));
    this.#socket.on('error', () => {});
  }

  #hear(item) {
    if (item === '2') return this.#socket.send('3');
    const waiter = this.#waiting.shift();
    if (waiter) waiter(item);
    else this.#heard.push(item);
  }

  async opened() {
    await once(this.#socket, 'open');
    return this;
  }

  send(data) {
    this.#socket.send(data);
  }

  next() {
    return this.#heard.length > 0 ? this.#heard.shift() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

async function socketIo(port) {
  const link = await new Link(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`).opened();
  assert.match(await link.next(), /^0\{/);
  return link;
}

async function joined(port, connect = '40') {
  const link = await socketIo(port);
  link.send(connect);
  const answer = await link.next();
  return { link, answer };
}

test('ws: echo, sink, counts, close', TIMEOUT, async (context) => {
  const { port, command } = await start(context, 'ws-server.mjs');
  const link = await new Link(`ws://127.0.0.1:${port}/ws`).opened();
  for (const data of ['text', Buffer.from([0, 255])]) {
    link.send(data);
    assert.deepEqual(await link.next(), data);
  }
  for (const seq of [1, 3, 2, 2]) {
    link.send(JSON.stringify({ client: 'a', seq }));
    await link.next();
  }
  const sink = await new Link(`ws://127.0.0.1:${port}/ws/sink`).opened();
  sink.send('swallowed');
  await command({ op: 'send', data: 'to all' });
  assert.equal(await sink.next(), 'to all');
  const { ok } = await command({ id: 7, op: 'stats' });
  assert.deepEqual(ok.clients, { a: { received: 4, unique: 3, duplicates: 1, reordered: 1, high: 3 } });
  assert.equal(ok.connections_open, 2);
  assert.equal(await link.next(), 'to all');
  await command({ op: 'close', code: 4000, reason: 'bye' });
  assert.deepEqual(await link.next(), { code: 4000 });
});

test('ws: a token is wanted', TIMEOUT, async (context) => {
  const { port } = await start(context, 'ws-server.mjs', { tokens: ['sesame'] });
  assert.deepEqual(await new Link(`ws://127.0.0.1:${port}/ws`).next(), { statusCode: 401 });
  await new Link(`ws://127.0.0.1:${port}/ws`, { authorization: 'Bearer sesame' }).opened();
});

test('socket.io: events, acknowledgements, binary', TIMEOUT, async (context) => {
  const { port, command } = await start(context, 'socketio-server.mjs', { tokens: ['sesame'] });
  const { link } = await joined(port);
  const talk = async (sent, ...answers) => {
    link.send(sent);
    for (const answer of answers) assert.equal(await link.next(), answer);
  };
  await talk('421["echo",1,"two"]', '42["echo",1,"two"]', '431[1,"two"]');
  await talk('422["ack"]', '432[]');
  await talk('42["broadcast",1]', '42["broadcast",1]');
  await talk('423["numbered",{"client":"a","seq":1}]', '433[true]');
  await talk('424["numbered",{"client":"a","seq":1}]', '434[false]');
  await talk('42["ask","q"]', '420["question","q"]');
  await talk('430["an answer"]', '42["answered","an answer"]');
  await talk('42["source",{"count":2,"size":1}]', '42["item",{"seq":1,"pad":"x"}]', '42["item",{"seq":2,"pad":"x"}]');
  await talk('40/private,{"token":"wrong"}', '44/private,{"message":"unauthorized","data":{"code":"bad_token"}}');
  link.send('40/private,{"token":"sesame"}');
  assert.match(await link.next(), /^40\/private,\{"sid"/);
  link.send('40/room-7');
  assert.match(await link.next(), /^40\/room-7,\{"sid"/);

  await talk('451-["echo",{"_placeholder":true,"num":0}]');
  link.send(Buffer.from([1, 2]));
  assert.equal(await link.next(), '451-["echo",{"_placeholder":true,"num":0}]');
  assert.deepEqual(await link.next(), Buffer.from([1, 2]));

  await command({ op: 'broadcast', name: 'news', args: [{ $base64: 'AQI=' }] });
  assert.equal(await link.next(), '451-["news",{"_placeholder":true,"num":0}]');
  assert.deepEqual(await link.next(), Buffer.from([1, 2]));
  await command({ op: 'kick_all' });
  assert.equal(await link.next(), '41');
});

test('socket.io: recovery after the transport ended', TIMEOUT, async (context) => {
  const { port, command } = await start(context, 'socketio-server.mjs', { connectionStateRecovery: true });
  const { link, answer } = await joined(port);
  const { pid } = JSON.parse(answer.slice(2));
  await command({ op: 'broadcast', name: 'news', args: [1] });
  const [, , offset] = JSON.parse((await link.next()).slice(2));
  await command({ op: 'disconnect_all' });
  assert.equal(typeof (await link.next()).code, 'number');
  await command({ op: 'broadcast', name: 'news', args: [2] });

  const again = await joined(port, `40${JSON.stringify({ pid, offset })}`);
  assert.match(again.answer, /^42\["news",2,/, 'what was missed comes first');
  assert.equal(JSON.parse((await again.link.next()).slice(2)).pid, pid);
  assert.equal((await command({ op: 'stats' })).ok.recovered, 1);
});

test('socket.io: packets as MessagePack', TIMEOUT, async (context) => {
  const { port } = await start(context, 'socketio-server.mjs', { msgpack: true });
  const link = await socketIo(port);
  link.send(Buffer.from('\x82\xa4type\x00\xa3nsp\xa1/', 'latin1'));
  assert.ok(Buffer.isBuffer(await link.next()));
  link.send(Buffer.from('\x83\xa4type\x02\xa3nsp\xa1/\xa4data\x92\xa4echo\x07', 'latin1'));
  assert.ok((await link.next()).includes(Buffer.from('\x92\xa4echo\x07', 'latin1')));
});

test('a peer ends with its input, and refuses what it does not know', TIMEOUT, async (context) => {
  for (const program of ['ws-server.mjs', 'socketio-server.mjs']) {
    const { command, child } = await start(context, program);
    assert.match((await command({ op: 'fly' })).error, /unknown op "fly"/);
    child.stdin.end();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  }
});
