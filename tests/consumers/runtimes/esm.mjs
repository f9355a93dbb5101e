// Node.js with `import`, Deno and Bun. What it prints is what was done.
import { Client, SocketIOClient } from 'rejoin';
import { smoke } from '../../../bindings-wasm/js/test/smoke.mjs';

const places = await (await fetch(process.argv[2])).json();
console.log(JSON.stringify(await smoke({ Client, SocketIOClient }, places)));
