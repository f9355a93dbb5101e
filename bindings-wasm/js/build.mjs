// Makes dist/ from generated/ (wasm-bindgen's output) and src/: one folder for each way to load the package.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = (...args) => execFileSync(process.execPath, args, { cwd: at('.'), stdio: ['ignore', 2, 2] });

// What can be imported; each becomes a file of each folder.
const ENTRIES = ['src/index.ts', 'src/socket.io/index.ts', 'src/websocket/index.ts', 'src/react/index.ts', 'src/polling/index.ts'];
// `platform` is the module of src/platform that the build holds.
const BUILDS = [
  { folder: 'web', platform: 'web', format: 'esm' },
  { folder: 'inline', platform: 'inline', format: 'esm' },
  { folder: 'node', platform: 'node', format: 'esm' },
  { folder: 'cjs', platform: 'node', format: 'cjs' },
];
const GLUE = at('generated/rejoin_wasm_bg.js');
const WASM_FEATURES = ['bulk-memory', 'bulk-memory-opt', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'];

// Found by trying, for few bytes after compression: docs/benchmarks.md. The first two say what is so: memory begins as zeros,
// and nothing lies in its first kilobyte but the end of the stack.
const PASSES = [
  '--zero-filled-memory', '--low-memory-unused',
  '--one-caller-inline-max-function-size=16', '--flexible-inline-max-function-size=7',
  '--converge', '-O3', '--flatten', '--rereloop', '-O3', '-Os',
];

// What wasm-bindgen exports for programs that outlive their panics.
const UNUSED = ['__abort_handler', '__instance_terminated'];

function optimize(name, to) {
  run(
    at('node_modules/binaryen/bin/wasm-opt'), at(`generated/${name}_bg.wasm`), '-o', to,
    ...UNUSED.map((name) => `--remove-exports=${name}`), ...PASSES,
    ...WASM_FEATURES.map((feature) => `--enable-${feature}`), '--strip-debug', '--strip-producers', '--strip-target-features',
  );
}

// By name, or a bundler would keep what the WebAssembly does not import.
const glue = {
  name: 'glue',
  setup(builder) {
    const names = [...readFileSync(GLUE, 'utf8').matchAll(/^export function (__wb\w+)/gm)].map(([, name]) => name);
    const imports = names.filter((name) => name !== '__wbg_set_wasm');
    builder.onResolve({ filter: /^#glue$/ }, ({ path }) => ({ path, namespace: 'glue' }));
    builder.onLoad({ filter: /.*/, namespace: 'glue' }, () => ({
      contents: `import { ${imports} } from '#core'; export { __wbg_set_wasm as attach } from '#core';
        export const imports = { './rejoin_wasm_bg.js': { ${imports} } };`,
      resolveDir: at('.'),
    }));
  },
};

rmSync(at('dist'), { recursive: true, force: true });
mkdirSync(at('dist/web'), { recursive: true });
optimize('rejoin_wasm', at('dist/web/rejoin.wasm'));
// Within each build: an application that wants it has one file less to serve.
optimize('rejoin_wasm_polling', at('generated/polling.wasm'));
run(at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.json'));
// The declarations that wasm-bindgen wrote are those of src/core.ts.
cpSync(at('generated/rejoin_wasm.d.ts'), at('dist/types/core.d.ts'));
cpSync(at('generated/rejoin_wasm_polling.d.ts'), at('dist/types/polling/core.d.ts'));
rmSync(at('dist/types/modules.d.ts'), { force: true });
for (const name of readdirSync(at('dist/types/platform'))) {
  if (name !== 'types.d.ts') rmSync(at(`dist/types/platform/${name}`));
}

const bytes = {
  name: 'wasm-bytes',
  setup(builder) {
    const files = { '#wasm-bytes': at('dist/web/rejoin.wasm'), '#polling-wasm-bytes': at('generated/polling.wasm') };
    builder.onResolve({ filter: /^#(polling-)?wasm-bytes$/ }, ({ path }) => ({ path: files[path], namespace: 'wasm-bytes' }));
    // The loader `binary` would put its decoder into the chunk that all entries share.
    builder.onLoad({ filter: /.*/, namespace: 'wasm-bytes' }, ({ path }) => ({
      contents: `export default /* @__PURE__ */ Uint8Array.from(atob('${readFileSync(path, 'base64')}'), (char) => char.charCodeAt(0));`,
    }));
  },
};

for (const { folder, platform, format } of BUILDS) {
  await build({
    entryPoints: ENTRIES.map(at),
    outdir: at(`dist/${folder}`),
    outbase: at('src'),
    bundle: true,
    splitting: format === 'esm',
    // Beside rejoin.wasm, which the chunk that loads it finds relative to itself.
    chunkNames: '[name]-[hash]',
    format,
    target: 'es2022',
    platform: platform === 'node' ? 'node' : 'neutral',
    external: ['ws', 'react'],
    alias: { '#core': GLUE, '#polling-core': at('generated/rejoin_wasm_polling.js'), '#platform': at(`src/platform/${platform}.ts`) },
    plugins: [bytes, glue],
    minify: true,
    keepNames: false,
    sourcemap: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  cpSync(at('dist/types'), at(`dist/${folder}`), { recursive: true });
  if (format === 'cjs') {
    writeFileSync(at(`dist/${folder}/package.json`), '{ "type": "commonjs" }\n');
    // What `require('socket.io-client')` gives is a function.
    appendFileSync(at(`dist/${folder}/socket.io/index.js`), 'module.exports = Object.assign(module.exports.io, module.exports);\n');
  }
}
rmSync(at('dist/types'), { recursive: true });
