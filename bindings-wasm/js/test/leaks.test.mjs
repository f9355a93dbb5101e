// What connections and messages leave behind: nothing. Of the 10,000 connections that the package promises it makes a tenth,
// with `REJOIN_LEAKS=full` all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client, SocketIOClient, ready } from '../dist/node/index.js';
import { testServer } from './servers.mjs';

const WARM_UP = 1_000;
const FULL = process.env.REJOIN_LEAKS === 'full';
const CYCLES = FULL ? 10_000 : 1_000;
const MESSAGES = 1_000_000;
// What V8 itself still adds after the warm-up, in which it makes code of what runs often: seen up to 0.75 MB in 10,000
// connections. Clients that stay are more than half a kilobyte each.
const NOISE = (FULL ? 1024 : 512) * 1024;

let server;
let memory;
let collect;
before(async () => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc');
  server = await testServer();
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    ({ memory } = (result.instance ?? result).exports);
    return result;
  };
  await ready();
  WebAssembly.instantiate = instantiate;
});
after(() => server.stop());

async function cycles(count, make) {
  for (let cycle = 0; cycle < count; cycle += 1) {
    const client = make();
    await client.connect();
    await client.close();
  }
}

async function messages(count) {
  const client = new Client(`${server.ws}/source?count=${count}&size=100`);
  let heard = 0;
  const all = new Promise((resolve) => {
    client.onMessage(() => {
      heard += 1;
      if (heard === count) resolve();
    });
  });
  await client.connect();
  await all;
  await client.close();
}

async function used() {
  // What ended a moment ago is let go of in turns of the event loop.
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return { heap: process.memoryUsage().heapUsed, wasm: memory.buffer.byteLength };
}

async function leavesNothing(work, warmUp, count) {
  await work(warmUp);
  const before = await used();
  await work(count);
  const now = await used();
  assert.equal(now.wasm, before.wasm, 'the memory of WebAssembly grew');
  assert.ok(now.heap - before.heap < NOISE, `the heap grew by ${now.heap - before.heap} bytes`);
}

test('plain connections leave nothing behind', () =>
  leavesNothing((count) => cycles(count, () => new Client(server.ws)), WARM_UP, CYCLES));

test('Socket.IO connections leave nothing behind', () =>
  leavesNothing((count) => cycles(count, () => new SocketIOClient(server.http)), WARM_UP, CYCLES));

test('messages leave nothing behind', () => leavesNothing(messages, 10 * WARM_UP, MESSAGES));
