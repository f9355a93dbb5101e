// The declarations, as an application's compiler reads them.
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const TSC = at('../node_modules/typescript/bin/tsc');
const OPTIONS = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable', '--types', 'node'];

test('the entry points', { timeout: 120_000 }, async () => {
  const compiled = promisify(execFile)(process.execPath, [TSC, ...OPTIONS, at('types/entry-points.mts')], { cwd: at('..') });
  await compiled.catch(({ stdout }) => Promise.reject(new Error(stdout)));
});
