// As leaks.test.mjs, in a page of Chromium, which takes some 15 ms for a connection.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { serve } from './files.mjs';
import { testServer } from './servers.mjs';

const FULL = process.env.REJOIN_LEAKS === 'full';
const WARM_UP = 300;
const CYCLES = FULL ? 10_000 : 700;
const MESSAGES = FULL ? 1_000_000 : 50_000;
// What the browser still adds after the warm-up: seen up to 40 KB. Clients that stay are more than half a kilobyte each.
const NOISE = (FULL ? 1024 : 192) * 1024;

let browser;
let files;
let server;
let page;
let session;
before(async () => {
  [browser, files, server] = await Promise.all([launch(), serve(), testServer()]);
  page = await browser.newPage();
  await page.addInitScript(keepMemory);
  await page.goto(`${files.url}/test/blank.html`);
  await page.addScriptTag({ type: 'module', url: '/test/global.mjs' });
  await page.waitForFunction('globalThis.rejoin');
  await page.evaluate(() => rejoin.ready());
  session = await page.context().newCDPSession(page);
});
after(() => Promise.all([browser.close(), files.close(), server.stop()]));

// In the page, before anything else: the memory of what is instantiated, as `memory`.
function keepMemory() {
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await original.apply(WebAssembly, args);
      globalThis.memory = (result.instance ?? result).exports.memory;
      return result;
    };
  }
}

const cycles = (kind, url) => (count) =>
  page.evaluate(async ([kind, url, count]) => {
    for (let cycle = 0; cycle < count; cycle += 1) {
      const client = new rejoin[kind](url);
      await client.connect();
      await client.close();
    }
  }, [kind, url, count]);

const messages = (count) =>
  page.evaluate(async ([url, count]) => {
    const client = new rejoin.Client(url);
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
  }, [`${server.ws}/source?count=${count}&size=100`, count]);

async function used() {
  // The second collection takes what the finalizers of the first have let go of.
  for (let turn = 0; turn < 3; turn += 1) {
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    await session.send('HeapProfiler.collectGarbage');
  }
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { heap: usedSize, wasm: await page.evaluate(() => memory.buffer.byteLength) };
}

async function leavesNothing(work, warmUp, count) {
  await work(warmUp);
  const before = await used();
  await work(count);
  const now = await used();
  assert.equal(now.wasm, before.wasm, 'the memory of WebAssembly grew');
  assert.ok(now.heap - before.heap < NOISE, `the heap grew by ${now.heap - before.heap} bytes`);
}

test('plain connections leave nothing behind', () => leavesNothing(cycles('Client', server.ws), WARM_UP, CYCLES));

test('Socket.IO connections leave nothing behind', () => leavesNothing(cycles('SocketIOClient', server.http), WARM_UP, CYCLES));

test('messages leave nothing behind', () => leavesNothing(messages, 10 * WARM_UP, MESSAGES));
