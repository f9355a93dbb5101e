// The page in headless Chromium, as README.md says: what is said while the server is away arrives when it is back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from '../../bindings-wasm/js/test/chromium.mjs';
import { serve } from '../../bindings-wasm/js/test/files.mjs';
import { testServer } from '../../bindings-wasm/js/test/servers.mjs';

let browser;
let files;
let server;
before(async () => {
  [browser, files, server] = await Promise.all([
    launch(), serve({ root: new URL('page/', import.meta.url) }), testServer(),
  ]);
});
after(() => Promise.all([browser.close(), files.close(), server.stop()]));

const state = (page, name) => page.waitForFunction((name) => document.getElementById('state').textContent === name, name);
const line = (page, text) => page.locator('#lines li', { hasText: text }).waitFor();
const say = async (page, text) => {
  await page.fill('#say', text);
  await page.press('#say', 'Enter');
};

const open = (page, url) => page.goto(`${files.url}/index.html#${url}`);

test('what is said while the server is away arrives once, in order, when it is back', async () => {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await open(page, server.http);
  await state(page, 'connected');
  await say(page, 'first');
  await line(page, 'rust: first');

  await server.fault({ fault: 'refuse' });
  await server.fault({ fault: 'cut' });
  await page.waitForFunction(() => document.getElementById('state').textContent !== 'connected');
  await say(page, 'second');
  await say(page, 'third');
  assert.equal(await page.textContent('#waiting'), '2');
  await server.lift();
  await line(page, 'rust: third');
  await state(page, 'connected');

  assert.deepEqual(await page.locator('#lines li').allTextContents(), ['rust: first', 'rust: second', 'rust: third']);
  assert.deepEqual(problems, []);
});

test('a wrong URL is an error that names it', async () => {
  const page = await browser.newPage();
  const [error] = await Promise.all([page.waitForEvent('pageerror'), open(page, 'nonsense')]);
  assert.match(error.message, /url/);
});
