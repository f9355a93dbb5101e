// Firefox, as Debian installs it. A newer playwright-core wants a Firefox of its own.
import { test } from 'node:test';
import { firefox } from 'playwright-core-for-firefox';
import { assertDone, smokeServer } from '../smoke-server.mjs';

test('the main job in Firefox', { timeout: 120_000 }, async (context) => {
  const server = await smokeServer();
  context.after(server.close);
  const executablePath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
  const browser = await firefox.launch({ channel: 'moz-firefox', executablePath, headless: true });
  context.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${server.url}/test/engines/page.html`);
  await page.waitForFunction(() => document.title !== 'waiting', undefined, { timeout: 60_000 });
  assertDone(await page.title());
});
