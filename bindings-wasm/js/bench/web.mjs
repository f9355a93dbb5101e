// Compares the package with socket.io-client and a bare WebSocket, in Node.js and in headless Chromium, in one run, against
// our test server, which is faster than its clients.
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import * as rejoin from '../dist/node/index.js';
import { testServer } from '../test/servers.mjs';
import { runInChromium } from './browser.mjs';
import { cases, run } from './cases.mjs';

const size = { count: Number(process.argv[2] ?? 50_000), rounds: 11 };
const server = await testServer();
const urls = { http: server.http, ws: server.ws };

const print = (where, table) => {
  for (const [name, { rates, ratio }] of Object.entries(table)) {
    const each = Object.entries(rates).map(([client, rate]) => `${client} ${Math.round(rate)}/s`);
    console.log(`${where.padEnd(9)} ${name.padEnd(24)} ${each.join('   ')}   x${ratio.toFixed(2)}`);
  }
};

print('node', await run(cases({ rejoin, io, WebSocket }, urls), size));
print('chromium', await runInChromium(urls, size));
await server.stop();
