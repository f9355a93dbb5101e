// Runs one WASI program, as Cargo's runner: the arguments are the program and what it is given.
// Tests may read what lies beside them: Cargo starts its runner in the package's folder.
import { readFile } from "node:fs/promises";
import { argv, cwd, exit } from "node:process";
import { WASI } from "node:wasi";

const [, , program, ...args] = argv;
const wasi = new WASI({ version: "preview1", args: [program, ...args], env: {}, preopens: { [cwd()]: cwd() } });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
try {
  exit(wasi.start(instance));
} catch (error) {
  // A panic aborts, which arrives here as a trap.
  console.error(error);
  exit(1);
}
