import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { launch } from './chromium.mjs';
import { serve } from './files.mjs';
import { testServer } from './servers.mjs';

// No script but files of the same origin, and WebAssembly: no `unsafe-eval`.
const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws://127.0.0.1:* http://127.0.0.1:*";

let browser;
let files;
let server;
before(async () => {
  [browser, files, server] = await Promise.all([
    launch(),
    serve({ headers: { 'content-security-policy': CSP } }),
    testServer(),
  ]);
});
after(() => Promise.all([browser.close(), files.close(), server.stop()]));

// A page with the package as `rejoin`. What the page throws to nobody fails the test.
async function withPage(run) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${files.url}/test/blank.html`);
  await page.addScriptTag({ type: 'module', url: '/test/global.mjs' });
  await page.waitForFunction('globalThis.rejoin');
  try {
    await run(page, context);
  } finally {
    await context.close();
  }
  assert.deepEqual(problems, []);
}

const inPage = (name, run) => test(name, () => withPage(run));

// In the page: a connected client `client`, and `states`, the names of all states since then.
const connect = (page, path = '', options = {}) =>
  page.evaluate(async ([url, options]) => {
    globalThis.client = new rejoin.Client(url, { backoff: { initial: 1, max: 50 }, ...options });
    globalThis.states = [];
    await client.connect();
    client.onState(({ name }) => states.push(name));
  }, [server.ws + path, options]);

const echo = (page, text) =>
  page.evaluate(async (text) => {
    const messages = client.messages();
    client.send(text);
    return (await messages.next()).value;
  }, text);

describe('in a page', () => {
  inPage('connects, sends and hears, text and binary, under a strict policy', async (page) => {
    await connect(page);
    assert.equal(await echo(page, 'grüße'), 'grüße');
    const bytes = await page.evaluate(async () => {
      const messages = client.messages();
      client.send(new Uint8Array([1, 2, 3]).subarray(1));
      return [...(await messages.next()).value];
    });
    assert.deepEqual(bytes, [2, 3]);
  });

  inPage('speaks Socket.IO', async (page) => {
    const answer = await page.evaluate(async (url) => {
      const io = new rejoin.SocketIOClient(url);
      await io.connect();
      const [text, bytes] = await io.namespace('/chat').with({}).emitWithAckArgs('ack', 'a', new Uint8Array([7]));
      await io.close();
      return [text, [...bytes]];
    }, server.http);
    assert.deepEqual(answer, ['a', [7]]);
  });

  inPage('reconnects by itself', async (page) => {
    await connect(page);
    await server.fault({ fault: 'reset' });
    await page.waitForFunction(() => states.includes('waiting') && client.connected);
    assert.equal(await echo(page, 'again'), 'again');
  });

  inPage('connects once the network is back', async (page, context) => {
    // The WebAssembly must be there before the network goes.
    await page.evaluate(async (url) => {
      await rejoin.ready();
      globalThis.client = new rejoin.Client(url, { backoff: { initial: 30_000, max: 30_000 } });
    }, server.ws);
    await context.setOffline(true);
    await page.evaluate(() => void client.connect());
    await page.waitForFunction(() => client.state.name === 'waiting');
    await context.setOffline(false);
    await page.waitForFunction(() => client.connected, undefined, { timeout: 5000 });
  });

  for (const [name, type, hint, target] of [
    ['offline', 'Event', 'offline', 'window'],
    ['online', 'Event', 'online', 'window'],
    ['visibilitychange', 'Event', 'foreground', 'document'],
    ['freeze', 'Event', 'background', 'document'],
    ['resume', 'Event', 'woke', 'document'],
    ['pagehide', 'PageTransitionEvent', 'background', 'window'],
    ['pageshow', 'PageTransitionEvent', 'woke', 'window'],
  ]) {
    inPage(`${name} is a hint, unless it is turned off or the client closed`, async (page) => {
      const hints = await page.evaluate(async ([url, name, type, target]) => {
        const on = new rejoin.Client(url);
        const off = new rejoin.Client(url, { lifecycle: false });
        const heard = { on: [], off: [], closed: [] };
        on.network = (hint) => heard.on.push(hint);
        off.network = (hint) => heard.off.push(hint);
        await Promise.all([on.connect(), off.connect()]);
        const fire = () => globalThis[target].dispatchEvent(new globalThis[type](name, { persisted: true }));
        fire();
        await on.close();
        on.network = (hint) => heard.closed.push(hint);
        fire();
        return heard;
      }, [server.ws, name, type, target]);
      assert.deepEqual(hints, { on: [hint], off: [], closed: [] });
    });
  }

  inPage('no event of the page undoes a disconnect', async (page) => {
    await connect(page);
    await page.evaluate(() => client.disconnect());
    await page.evaluate(() => ['online', 'pageshow'].forEach((name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true }))));
    assert.equal(await page.evaluate(() => client.state.name), 'disconnected');
    assert.equal(await page.evaluate(() => client.stats().attempts), 1);
  });

  inPage('lives on after the page was frozen', async (page, context) => {
    await connect(page);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await server.fault({ fault: 'reset' });
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await page.waitForFunction(() => client.stats().connects === 2 && client.connected);
    assert.equal(await echo(page, 'thawed'), 'thawed');
  });

  inPage('notices that the device slept', async (page) => {
    await connect(page, '', { heartbeat: { ping: '{"ping":1}', interval: 60_000 } });
    const asked = await page.evaluate(async () => {
      const messages = client.messages();
      const now = Date.now;
      // The wall clock goes on while the other stands still.
      Date.now = () => now.call(Date) + 600_000;
      // Clocks are compared now and then, when something happens.
      const busy = setInterval(() => client.network('background'), 20);
      const heard = (await messages.next()).value;
      clearInterval(busy);
      Date.now = now;
      return heard;
    });
    assert.equal(asked, '{"ping":1}');
  });

  // In the page: what the worker has heard.
  const heardIn = {
    'a worker': (url) => new Promise((resolve, reject) => {
      const worker = new Worker('/test/worker.mjs', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(url);
    }),
    'a shared worker': (url) => new Promise((resolve, reject) => {
      const worker = new SharedWorker('/test/worker.mjs', { type: 'module' });
      worker.port.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.port.postMessage(url);
    }),
    'a service worker': async (url) => {
      const { serviceWorker } = navigator;
      const heard = new Promise((resolve) => (serviceWorker.onmessage = ({ data }) => resolve(data)));
      await serviceWorker.register('/test/worker.mjs', { type: 'module' });
      (await serviceWorker.ready).active.postMessage(url);
      return heard;
    },
  };
  for (const [kind, work] of Object.entries(heardIn)) {
    inPage(`works in ${kind}`, async (page) => assert.equal(await page.evaluate(work, server.ws), 'from a worker'));
  }

  inPage('what listeners throw does not reach the page', async (page) => {
    await connect(page);
    const thrown = await page.evaluate(() => new Promise((resolve) => {
      client.onUncaught((error) => resolve(error.message));
      client.onMessage(() => { throw new Error('mine'); });
      client.send('x');
    }));
    assert.equal(thrown, 'mine');
  });

  inPage('says that credentials cannot go into a header', async (page) => {
    const code = await page.evaluate((url) =>
      new rejoin.Client(url, { credentials: () => 'token' }).connect().catch((error) => error.code), server.ws);
    assert.equal(code, 'unsupported');
  });
});

// The page does and reports all by itself: Playwright loses sight of one in that cache, and keeps it from there otherwise.
test('a page that comes back from the back/forward cache is connected at once', { timeout: 20_000 }, async (context) => {
  const reports = new EventEmitter();
  const reported = once(reports, 'report');
  const report = (body) => {
    reports.emit('report', JSON.parse(body));
    return '';
  };
  const pages = await serve({ routes: { 'POST /report': report } });
  context.after(() => pages.close());
  const caching = await launch([], ['--disable-back-forward-cache']);
  context.after(() => caching.close());
  const page = await caching.newPage();
  await page.goto(`${pages.url}/test/back-forward.html?server=${encodeURIComponent(server.ws)}`);
  const [said] = await reported;
  assert.deepEqual(said, { persisted: true, heard: 'back again', connects: 2 });
});
