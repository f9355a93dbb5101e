// Socket.IO over HTTP long-polling in a page, against servers on other origins.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { serve } from './files.mjs';
import { socketioServer, testServer } from './servers.mjs';

const TIMEOUT = { timeout: 60_000 };

let browser;
let files;
const servers = {};
before(async () => {
  [browser, files, servers.ours, servers.node, servers.noWebSocket] = await Promise.all([
    launch(), serve(), testServer(), socketioServer(), socketioServer({ transports: ['polling'] }),
  ]);
});
after(() => Promise.all([browser.close(), files.close(), ...Object.values(servers).map((server) => server.stop())]));

async function openPage(context) {
  const page = await browser.newPage();
  context.after(() => page.close());
  await page.goto(`${files.url}/test/blank.html`);
  await page.evaluate(async () => {
    const [{ SocketIOClient }, { polling }] = await Promise.all([import('/dist/web/index.js'), import('/dist/web/polling/index.js')]);
    globalThis.make = (url, order) =>
      new SocketIOClient(url, { backoff: { initial: 1, max: 20 }, transports: order.map((name) => (name === 'polling' ? polling() : name)) });
    // How many WebSockets were opened, and how many of them have brought a message.
    const Native = globalThis.WebSocket;
    globalThis.webSockets = { opened: 0, heard: 0 };
    globalThis.WebSocket = class extends Native {
      constructor(url, protocols) {
        if (globalThis.blocked) url = 'ws://127.0.0.1:1/';
        super(url, protocols);
        webSockets.opened += 1;
        this.addEventListener('message', () => { webSockets.heard += 1; });
      }
    };
  });
  return page;
}

// Connects, and has text and bytes echoed.
const run = ({ url, order, blocked }) => {
  globalThis.blocked = blocked;
  const client = make(url, order);
  const main = client.namespace();
  return (async () => {
    await client.connect();
    const texts = await Promise.all(Array.from({ length: 50 }, (_, number) => main.emitWithAck('ack', `grüße ${number}`)));
    const bytes = await main.emitWithAck('ack', new Uint8Array([0, 1, 254, 255]));
    const result = { texts, bytes: [...bytes], connects: client.stats().connects, webSockets: { ...webSockets } };
    await client.close();
    return { ...result, state: client.state.name };
  })();
};
const TEXTS = Array.from({ length: 50 }, (_, number) => `grüße ${number}`);

for (const name of ['ours', 'node', 'noWebSocket']) {
  test(`polling alone, server ${name}`, TIMEOUT, async (context) => {
    const page = await openPage(context);
    const { webSockets, ...rest } = await page.evaluate(run, { url: servers[name].http, order: ['polling'] });
    assert.deepEqual(rest, { texts: TEXTS, bytes: [0, 1, 254, 255], connects: 1, state: 'disconnected' });
    assert.deepEqual(webSockets, { opened: 0, heard: 0 });
  });
}

for (const name of ['ours', 'node']) {
  test(`polling changes to a WebSocket, server ${name}`, TIMEOUT, async (context) => {
    const page = await openPage(context);
    const heard = await page.evaluate(async (url) => {
      const client = make(url, ['polling', 'websocket']);
      const main = client.namespace();
      await client.connect();
      // The answer to the probe is the first message of the WebSocket.
      while (webSockets.heard < 3) await main.emitWithAck('ack', new Uint8Array(1000));
      const { connects } = client.stats();
      await client.close();
      return { connects, opened: webSockets.opened };
    }, servers[name].http);
    assert.deepEqual(heard, { connects: 1, opened: 1 });
  });
}

for (const order of [['websocket', 'polling'], ['polling', 'websocket']]) {
  test(`a network without WebSockets: ${order.join(', ')}`, TIMEOUT, async (context) => {
    const page = await openPage(context);
    const { webSockets, ...rest } = await page.evaluate(run, { url: servers.node.http, order, blocked: true });
    assert.deepEqual(rest, { texts: TEXTS, bytes: [0, 1, 254, 255], connects: 1, state: 'disconnected' });
    assert.deepEqual(webSockets, { opened: 1, heard: 0 });
  });
}

test('a server that ends the session is connected to again', TIMEOUT, async (context) => {
  const page = await openPage(context);
  await page.evaluate(async (url) => {
    globalThis.client = make(url, ['polling']);
    client.namespace();
    await client.connect();
    globalThis.back = (async () => {
      for await (const state of client.states()) if (state.name === 'connected') return;
    })();
  }, servers.ours.http);
  await servers.ours.fault({ fault: 'restart', down_ms: 100 });
  const again = await page.evaluate(async () => {
    await back;
    const answer = await client.namespace().with({ retries: 5 }).emitWithAck('ack', 'again');
    await client.close();
    return answer;
  });
  assert.equal(again, 'again');
});

test('a server that does not allow the page, and nothing thrown into the event loop', TIMEOUT, async (context) => {
  const page = await openPage(context);
  const thrown = [];
  page.on('pageerror', (error) => thrown.push(String(error)));
  const message = await page.evaluate(async (url) => {
    const { SocketIOClient } = await import('/dist/web/index.js');
    const { polling } = await import('/dist/web/polling/index.js');
    const client = new SocketIOClient(url, { transports: [polling()], backoff: { maxAttempts: 1 } });
    const error = await client.connect().catch((error) => error);
    await client.close();
    return error.message;
  }, 'http://127.0.0.1:1');
  assert.match(message, /network: polling/);
  assert.deepEqual(thrown, []);
});
