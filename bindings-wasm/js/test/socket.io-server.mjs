// The Socket.IO server on npm `socket.io` in tests/peers, and an end for each test's clients.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../tests/peers/socketio-server.mjs', import.meta.url));

// Starts it; it ends with the test, or with `stop`.
export async function startServer(context, config = {}) {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(config)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  context.after(() => child.stdin.end());
  const { listening: port } = await next();
  const command = async (op, fields = {}) => {
    child.stdin.write(`${JSON.stringify({ op, ...fields })}\n`);
    const { ok, error } = await next();
    if (error) throw new Error(error);
    return ok;
  };
  const stop = async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
  return { port, url: `http://127.0.0.1:${port}`, command, stop };
}

// Resolves with the arguments of the next such event.
export function heard(emitter, name) {
  return new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
}
