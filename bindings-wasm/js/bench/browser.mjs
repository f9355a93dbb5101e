// Runs the cases in headless Chromium. Not through a debugger's protocol, which would be told of each frame, and cost more
// than the clients do: the page reports by itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FLAGS, executable } from '../test/chromium.mjs';
import { serve } from '../test/files.mjs';

export async function runInChromium(urls, size) {
  const files = await serve();
  const reports = createServer();
  await once(reports.listen(0, '127.0.0.1'), 'listening');
  const report = `http://127.0.0.1:${reports.address().port}`;
  const page = `${files.url}/bench/page.html#${encodeURIComponent(JSON.stringify({ urls, size, report }))}`;
  const profile = await mkdtemp(join(tmpdir(), 'rejoin-bench-'));
  const browser = spawn(executable(), ['--headless', `--user-data-dir=${profile}`, ...FLAGS, page], { stdio: 'ignore' });
  const ended = once(browser, 'exit');
  try {
    const [[request, response]] = await Promise.all([
      Promise.race([once(reports, 'request'), ended.then(() => Promise.reject(new Error('Chromium ended')))]),
    ]);
    const { table, error } = JSON.parse(await text(request));
    response.end();
    if (error) throw new Error(error);
    return table;
  } finally {
    browser.kill();
    await ended;
    files.close();
    reports.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
