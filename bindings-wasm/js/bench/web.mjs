// Compares the package with socket.io-client and a bare WebSocket, in Node.js and in headless Chromium, in one run.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import * as rejoin from '../dist/node/index.js';
import { launch } from '../test/chromium.mjs';
import { serve } from '../test/files.mjs';
import { socketioServer, testServer } from '../test/servers.mjs';
import { cases, run } from './cases.mjs';

const size = { count: Number(process.argv[2] ?? 20_000), rounds: 3 };
const [server, peer, files] = await Promise.all([testServer(), socketioServer(), serve()]);
const urls = { http: peer.http, ws: server.ws };

const print = (where, table) => {
  for (const [name, best] of Object.entries(table)) {
    const [ours, theirs] = Object.values(best);
    const rates = Object.entries(best).map(([client, rate]) => `${client} ${Math.round(rate)}/s`);
    console.log(`${where.padEnd(9)} ${name.padEnd(24)} ${rates.join('   ')}   x${(ours / theirs).toFixed(2)}`);
  }
};

print('node', await run(cases({ rejoin, io, WebSocket }, urls), size));

const browser = await launch();
const page = await browser.newPage();
await page.goto(`${files.url}/test/blank.html`);
await page.addScriptTag({ content: readFileSync(fileURLToPath(new URL('../node_modules/socket.io-client/dist/socket.io.js', import.meta.url)), 'utf8') });
print('chromium', await page.evaluate(async ([urls, size]) => {
  const [rejoin, { cases, run }] = await Promise.all([import('/dist/web/index.js'), import('/bench/cases.mjs')]);
  return run(cases({ rejoin, io: globalThis.io, WebSocket }, urls), size);
}, [urls, size]));

await browser.close();
files.close();
await Promise.all([server.stop(), peer.stop()]);
