// The packed package, installed into applications and used there against the test server.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { launch } from '../../bindings-wasm/js/test/chromium.mjs';
import { assertDone, smokeServer } from '../../bindings-wasm/js/test/smoke-server.mjs';
import { BUNDLERS } from './bundle.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const bin = (name) => at(`node_modules/.bin/${name}`);
const QUIET = { NEXT_TELEMETRY_DISABLED: '1', DENO_NO_UPDATE_CHECK: '1', NO_UPDATE_NOTIFIER: '1' };
const run = (program, args, options = {}) =>
  promisify(execFile)(program, args, { cwd: at('.'), env: { ...process.env, ...QUIET }, ...options });

let folder;
let tarball;
let browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rejoin-consumers-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: at('../../bindings-wasm/js') });
  tarball = join(folder, JSON.parse(stdout)[0].filename);
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefer-offline', tarball]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

// Opens a page of a server, and gives what its title says at the end.
async function outcome(url) {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(url);
  await page.waitForFunction(() => document.title !== 'waiting');
  const title = await page.title();
  await page.close();
  assert.deepEqual(problems, []);
  return title;
}

async function withServer(options, work) {
  const server = await smokeServer(options);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  test(name, async () => {
    const out = join(folder, name);
    const page = await bundle(out);
    await withServer({ root: pathToFileURL(`${out}/`) }, async ({ url }) => assertDone(await outcome(`${url}/${page}`)));
  });
}

test('a script of type module, without a bundler', () =>
  withServer({ root: new URL('../..', import.meta.url) }, async ({ url }) => {
    assertDone(await outcome(`${url}/tests/consumers/page/bare.html`));
  }));

for (const [name, program, args] of [
  ['Node.js, import', process.execPath, ['runtimes/esm.mjs']],
  ['Node.js, require', process.execPath, ['runtimes/commonjs.cjs']],
  ['Deno', bin('deno'), ['run', '--node-modules-dir=manual', '--allow-net', '--allow-read', '--allow-env', 'runtimes/esm.mjs']],
  ['Bun', bin('bun'), ['run', 'runtimes/esm.mjs']],
]) {
  test(name, () =>
    withServer({}, async ({ url }) => {
      const { stdout, stderr } = await run(program, [...args, `${url}/places`], { timeout: 30_000 });
      assert.equal(stderr, '');
      assertDone(stdout.trim());
    }));
}

test('Next.js, on the server and in the page', () =>
  withServer({}, async ({ url }) => {
    const next = [at('node_modules/next/dist/bin/next')];
    const cwd = at('next');
    await run(process.execPath, [...next, 'build'], { cwd });
    const { ws } = await (await fetch(`${url}/places`)).json();
    const env = { ...process.env, ...QUIET, REJOIN_URL: ws };
    const server = spawn(process.execPath, [...next, 'start', '--hostname', '127.0.0.1', '--port', '0'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await checkNext(await addressOf(server));
    } finally {
      server.kill();
    }
  }));

async function addressOf({ stdout }) {
  for await (const line of createInterface({ input: stdout })) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address) return address;
  }
  throw new Error('the server did not start');
}

async function checkNext(url) {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(url);
  assert.equal(await page.locator('#server').textContent(), 'from the server');
  await page.locator('#page', { hasText: 'from the page' }).waitFor();
  assert.equal(await page.locator('#page').getAttribute('data-state'), 'connected');
  await page.close();
  assert.deepEqual(problems, []);
}

test('publint has nothing to say', async () => {
  const { publint } = await import('publint');
  const { formatMessage } = await import('publint/utils');
  const { messages, pkg } = await publint({ pkgDir: at('node_modules/rejoin'), strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

// The resolution of Node.js 10 knows no `exports`, and the .wasm has no types.
const ATTW = ['--profile', 'node16', '--exclude-entrypoints', './rejoin.wasm', '--'];
test('are the types wrong', () => run(bin('attw'), [...ATTW, tarball]).catch(({ stdout }) => Promise.reject(new Error(stdout))));
