// Serves the page and the built package, starts the test server, and passes faults on to its control API.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = new URL('page/', import.meta.url);
const PACKAGE = process.env.REJOIN_DIST
  ? pathToFileURL(`${process.env.REJOIN_DIST}/`)
  : new URL('../../bindings-wasm/js/dist/web/', import.meta.url);
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

export async function start(port = 0) {
  const built = process.env.REJOIN_TEST_SERVER;
  const [program, ...args] = built ? [built] : ['cargo', 'run', '--quiet', '--package', 'rejoin-test-server', '--'];
  const child = spawn(program, [...args, '--listen', '127.0.0.1:0'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { control, listening } = JSON.parse(line);
  const http = createServer((request, response) => {
    answer(request, response, { control, listening }).catch((error) => response.writeHead(500).end(String(error)));
  });
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    http.close();
    http.closeAllConnections();
    await ended;
  };
  return { url: `http://127.0.0.1:${http.address().port}/`, stop };
}

async function answer(request, response, { control, listening }) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/config.json') return response.end(JSON.stringify({ server: `http://${listening}` }));
  if (pathname.startsWith('/control/')) return pass(request, response, `${control}${pathname.slice('/control'.length)}`);
  const file = pathname.startsWith('/rejoin/') ? new URL(pathname.slice('/rejoin/'.length), PACKAGE) : pageFile(pathname);
  try {
    const content = await readFile(file);
    response.writeHead(200, { 'content-type': TYPES[extname(file.pathname)] ?? 'text/plain' }).end(content);
  } catch {
    response.writeHead(404).end('not found');
  }
}

function pageFile(pathname) {
  return new URL(pathname === '/' ? 'index.html' : pathname.slice(1), PAGE);
}

async function pass(request, response, url) {
  const chunks = await request.toArray();
  const { status, ok } = await fetch(url, {
    method: request.method,
    headers: { 'content-type': 'application/json' },
    ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
  });
  response.writeHead(ok ? 204 : status).end();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url, stop } = await start(Number(process.argv[2] ?? 0));
  console.log(url);
  process.on('SIGINT', () => stop().then(() => process.exit(0)));
}
