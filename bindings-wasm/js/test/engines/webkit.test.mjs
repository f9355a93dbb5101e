// WebKitGTK's own small browser, driven by WebDriver.
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assertDone, smokeServer } from '../smoke-server.mjs';
import { miniBrowser } from './webdriver.mjs';

const PATIENCE = 60_000;

test('the main job in WebKit', { timeout: 2 * PATIENCE }, async (context) => {
  const server = await smokeServer();
  context.after(server.close);
  const browser = await miniBrowser();
  context.after(browser.close);
  await browser.command('POST', '/url', { url: `${server.url}/test/engines/page.html` });
  const end = Date.now() + PATIENCE;
  let title = 'waiting';
  // WebDriver tells of no change: it has to be asked.
  while (title === 'waiting' && Date.now() < end) {
    await setTimeout(50);
    title = await browser.command('GET', '/title');
  }
  assertDone(title);
});
