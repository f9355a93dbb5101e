// The servers that the tests talk to, each a process that ends with the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

// Our test server: WebSocket and Socket.IO, with faults on command.
export async function testServer(...args) {
  const built = process.env.REJOIN_TEST_SERVER;
  const command = built ? [built] : ['cargo', 'run', '--quiet', '--package', 'rejoin-test-server', '--'];
  const { first, stop } = await start([...command, '--listen', '127.0.0.1:0', ...args]);
  const control = async (method, path, body) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${first.control}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    ws: `ws://${first.listening}/ws`,
    http: `http://${first.listening}`,
    fault: (fault) => control('POST', '/fault', fault),
    lift: () => control('DELETE', '/faults'),
    stats: () => control('GET', '/stats'),
    stop,
  };
}

// Node's socket.io.
export async function socketioServer(options = {}) {
  const { first, stop } = await start([process.execPath, `${root}/tests/peers/socketio-server.mjs`, JSON.stringify(options)]);
  return { http: `http://127.0.0.1:${first.listening}`, stop };
}

async function start([program, ...args]) {
  const child = spawn(program, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${program} ended with ${code}`))),
  ]);
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { first: JSON.parse(line), stop };
}
