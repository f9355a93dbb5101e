// The drop-ins in a page, beside what they take the place of.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './chromium.mjs';
import { serve } from './files.mjs';
import { startServer } from './socket.io-server.mjs';

const TIMEOUT = { timeout: 60_000 };
const LIBRARIES = ['/node_modules/socket.io-client/dist/socket.io.esm.min.js', '/dist/web/socket.io/index.js'];

let browser;
let files;
before(async () => {
  [browser, files] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), files.close()]));

async function openPage(context) {
  const page = await browser.newPage();
  context.after(() => page.close());
  await page.goto(`${files.url}/test/blank.html`);
  return page;
}

for (const library of LIBRARIES) {
  test(`events, binary, and a connection that ends: ${library}`, TIMEOUT, async (context) => {
    const server = await startServer(context);
    const page = await openPage(context);
    const first = await page.evaluate(async ([library, url]) => {
      const { io } = await import(library);
      globalThis.socket = io(url, { transports: ['websocket'], reconnectionDelay: 20, reconnectionDelayMax: 50 });
      const echoed = new Promise((resolve) => socket.once('echo', resolve));
      socket.emit('echo', new Uint8Array([1, 2, 3]));
      const data = await echoed;
      globalThis.reasons = [];
      socket.on('disconnect', (reason) => reasons.push(reason));
      globalThis.again = new Promise((resolve) => socket.io.once('reconnect', resolve));
      return { kind: data.constructor.name, bytes: [...new Uint8Array(data)], answer: await socket.emitWithAck('ack', 'yes') };
    }, [library, server.url]);
    assert.deepEqual(first, { kind: 'ArrayBuffer', bytes: [1, 2, 3], answer: 'yes' });
    await server.command('disconnect_all');
    const second = await page.evaluate(async () => {
      await again;
      return { reasons, answer: await socket.emitWithAck('ack', 'still') };
    });
    assert.deepEqual(second, { reasons: ['transport close'], answer: 'still' });
  });
}

test('RejoinWebSocket gives a page what its own WebSocket gives', TIMEOUT, async (context) => {
  const page = await openPage(context);
  const server = await startServer(context);
  const results = await page.evaluate(async (url) => {
    const { default: RejoinWebSocket } = await import('/dist/web/websocket/index.js');
    const live = async (Class) => {
      const names = (work) => {
        try {
          work();
          return 'nothing';
        } catch (error) {
          return `${error.constructor.name} ${error.name}`;
        }
      };
      const socket = new Class(url);
      const early = names(() => socket.send('x'));
      const refused = [() => new Class('ftp://x'), () => new Class(url, ['a', 'a']), () => new Class(`${url}#x`), () => socket.close(1), () => socket.close(3000, 'x'.repeat(124))].map(names);
      await new Promise((resolve) => (socket.onopen = resolve));
      const message = await new Promise((resolve) => (socket.onmessage = resolve));
      const closed = new Promise((resolve) => (socket.onclose = resolve));
      socket.close(3001, 'enough');
      const end = await closed;
      return {
        early, refused, url: socket.url, states: [socket.readyState, Class.OPEN, socket.CLOSED], binaryType: socket.binaryType,
        message: [message.constructor.name, typeof message.data, message.origin], end: [end.constructor.name, end.code, end.wasClean],
      };
    };
    return [await live(WebSocket), await live(RejoinWebSocket)];
  }, `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  assert.deepEqual(results[1], results[0]);
});
