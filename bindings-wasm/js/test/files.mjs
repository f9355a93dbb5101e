// A web server on loopback for the package's own folder.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

// `headers` go with every answer; `root` is what is served. `routes`, by method and path, take the body of a request and give
// that of the answer.
export async function serve({ headers = {}, root = new URL('..', import.meta.url), routes = {} } = {}) {
  const file = (pathname) => readFile(fileURLToPath(new URL(`.${normalize(pathname)}`, root)));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    try {
      const route = routes[`${request.method} ${pathname}`];
      const body = await (route ? route(await text(request)) : file(pathname));
      response.writeHead(200, { 'content-type': TYPES[extname(pathname)] ?? 'text/plain', ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function text(request) {
  const chunks = await request.toArray();
  return Buffer.concat(chunks).toString();
}
