// What a page loads of the package, compressed: the WebAssembly, and the JavaScript of each entry with all it imports.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const BUDGET = 60 * 1024;

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
const show = (name, size) => console.log(`${name.padEnd(34)} ${(size / 1024).toFixed(1).padStart(6)} KB gzip`);

// As an application's bundler sees it: what is not imported does not count.
async function javascript(imports, entry = 'index.js') {
  const { outputFiles } = await build({
    stdin: { contents: `import { ${imports} } from './dist/web/${entry}'; console.log(${imports});`, resolveDir: at('.') },
    bundle: true, minify: true, format: 'esm', write: false, external: ['*.wasm', 'react'], logLevel: 'error',
  });
  return gzip(outputFiles[0].contents);
}

const wasm = gzip(readFileSync(at('dist/web/rejoin.wasm')));
show('WebAssembly', wasm);
show('JavaScript, Client', await javascript('Client'));
show('JavaScript, SocketIOClient', await javascript('SocketIOClient'));
const all = await javascript('Client, SocketIOClient');
show('JavaScript, both', all);
show('JavaScript, rejoin/socket.io', await javascript('io', 'socket.io/index.js'));
show('JavaScript, rejoin/websocket', await javascript('RejoinWebSocket', 'websocket/index.js'));
show('JavaScript, rejoin/react', await javascript('useClient, useConnectionState, useMessages', 'react/index.js'));
show('rejoin/polling, all of it', await javascript('polling', 'polling/index.js'));
show('all', wasm + all);
if (wasm + all > BUDGET) {
  console.error(`above the budget of ${BUDGET / 1024} KB`);
  process.exitCode = 1;
}
