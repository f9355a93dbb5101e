// A listener of what listeners throw, which throws.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Client } from '../dist/node/index.js';

for (const [how, listener] of [
  ['at once', () => { throw new Error('again'); }],
  ['later', async () => { throw new Error('again'); }],
]) {
  test(`what it throws ${how} goes to the console, once`, async () => {
    const console = mock.method(globalThis.console, 'error', () => {});
    const client = new Client('ws://127.0.0.1:1', { backoff: { maxAttempts: 1 } });
    client.onUncaught(listener);
    client.onState(() => { throw new Error('first'); }, { once: true });
    await assert.rejects(client.connect());
    await client.close();
    await new Promise(setImmediate);
    console.mock.restore();
    assert.deepEqual(console.mock.calls.map(({ arguments: [, thrown] }) => thrown.message), ['again']);
  });
}
