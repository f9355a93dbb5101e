// Builds the page with a bundler, as its users do by default, into a folder of its own.
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Each gives the page to open, below `out`. */
export const BUNDLERS = {
  async vite(out) {
    const { build } = await import('vite');
    await build({ root: at('page'), configFile: false, logLevel: 'warn', base: './', build: { outDir: out, emptyOutDir: true } });
    return 'index.html';
  },

  async webpack(out) {
    const { default: webpack } = await import('webpack');
    const compiler = webpack({ mode: 'production', entry: at('page/main.js'), output: { path: out, filename: 'main.js', publicPath: 'auto' } });
    const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
    await new Promise((resolve) => compiler.close(resolve));
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString('errors-warnings'));
    await cp(at('page/index.html'), `${out}/index.html`);
    return 'index.html';
  },

  // It leaves the URL of the .wasm as it is: the file is put beside the bundle.
  async esbuild(out) {
    await mkdir(out, { recursive: true });
    await esbuild('main', out);
    await cp(at('node_modules/rejoin/dist/web/rejoin.wasm'), `${out}/rejoin.wasm`);
    return 'index.html';
  },

  async 'esbuild with rejoin/inline'(out) {
    await mkdir(out, { recursive: true });
    await esbuild('inline', out);
    return 'index.html';
  },
};

async function esbuild(entry, out) {
  const { build } = await import('esbuild');
  await build({ entryPoints: { main: at(`page/${entry}.js`) }, bundle: true, format: 'esm', outdir: out, logLevel: 'warning' });
  await cp(at('page/index.html'), `${out}/index.html`);
}
