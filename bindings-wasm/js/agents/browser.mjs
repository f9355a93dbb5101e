// The conformance agent `browser`: a page in headless Chromium is the agent, and this script its standard input and output.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { launch, residentBytes } from '../test/chromium.mjs';
import { serve } from '../test/files.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
const lines = createInterface({ input: process.stdin });
const early = [];
lines.on('line', (line) => early.push(line)).on('close', () => early.push(undefined));

const files = await serve();
const browser = await launch();
const page = await browser.newPage();
page.on('console', (message) => console.error(message.text()));
page.on('pageerror', (error) => console.error(error));
await page.exposeFunction('say', (text) => process.stdout.write(text));
await page.exposeFunction('resident', () => residentBytes(process.pid));
await page.goto(`${files.url}/test/blank.html`);
await page.evaluate(async (version) => {
  const rejoin = await import('/dist/web/index.js');
  const { polling } = await import('/dist/web/polling/index.js');
  const { agent } = await import('/agents/agent.mjs');
  // Lines that are said in one turn cross to the other process together.
  let waiting = '';
  const say = (line) => {
    if (waiting === '') queueMicrotask(() => ((globalThis.said = globalThis.say(waiting)), (waiting = '')));
    waiting += `${JSON.stringify(line)}\n`;
  };
  globalThis.handle = agent({ ...rejoin, polling }, { platform: 'browser', version, say, resident: globalThis.resident });
}, version);

async function take(line) {
  if (line !== undefined) return page.evaluate((line) => void globalThis.handle(line), line);
  await page.evaluate(() => globalThis.said);
  await browser.close();
  process.exit(0);
}

lines.removeAllListeners('line').removeAllListeners('close');
lines.on('line', take).on('close', () => take());
for (const line of early) await take(line);
