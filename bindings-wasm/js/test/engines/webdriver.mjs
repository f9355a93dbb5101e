// As much of WebDriver as the tests need: no package speaks it to WebKitGTK without a driver of its own.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

const START = 20_000;

/** A window in a screen of its own. `command` takes the path below the session. */
export async function miniBrowser() {
  const port = await freePort();
  const driver = spawn('xvfb-run', ['--auto-servernum', 'WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'], {
    // A group of its own: xvfb-run does not pass its end on.
    stdio: 'inherit', detached: true,
  });
  const end = () => process.kill(-driver.pid, 'SIGTERM');
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value.message}`);
    return value;
  };
  try {
    await answers(() => call('GET', '/status'));
    const capabilities = { alwaysMatch: { browserName: 'MiniBrowser' } };
    const { sessionId } = await call('POST', '/session', { capabilities });
    const command = (method, path, body) => call(method, `/session/${sessionId}${path}`, body);
    return { command, close: () => command('DELETE', '').finally(end) };
  } catch (error) {
    end();
    throw error;
  }
}

async function answers(ask) {
  const last = Date.now() + START;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > last) throw error;
      await setTimeout(50);
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
