// Headless Chromium, as Debian installs it.
import { readFileSync, readdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

export const executable = () => process.env.CHROMIUM ?? '/usr/bin/chromium';

// `without` are flags of Playwright's own that are not to be given.
export function launch(more = [], without = []) {
  return chromium.launch({
    executablePath: executable(),
    headless: true,
    args: [...FLAGS, ...more],
    ignoreDefaultArgs: without,
  });
}

// What the process and all that it started hold, as Linux tells it.
export function residentBytes(root) {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const number = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      return [{ pid: Number(pid), parent: number('PPid'), bytes: number('VmRSS') * 1024 }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
  const tree = [root];
  for (const parent of tree) tree.push(...processes.filter((one) => one.parent === parent).map((one) => one.pid));
  return processes.filter((one) => tree.includes(one.pid)).reduce((sum, one) => sum + one.bytes, 0);
}
