// The conformance agent `node`: the package as Node.js loads it.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as rejoin from '../dist/node/index.js';
import { polling } from '../dist/node/polling/index.js';
import { agent } from './agent.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
const handle = agent({ ...rejoin, polling }, {
  platform: 'node',
  version,
  say: (line) => process.stdout.write(`${JSON.stringify(line)}\n`),
  resident: () => process.memoryUsage.rss(),
});
createInterface({ input: process.stdin })
  .on('line', handle)
  .on('close', () => process.exit(0));
