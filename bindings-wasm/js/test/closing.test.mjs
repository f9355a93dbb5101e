// What a socket sent and nobody had looked at when it closed: it may have arrived, and is not sent again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../dist/node/index.js';

class Socket {
  static all = [];
  sent = [];
  bufferedAmount = 0;
  constructor() {
    Socket.all.push(this);
    queueMicrotask(() => this.onopen());
  }
  send(data) {
    this.sent.push(data);
    this.bufferedAmount += data.length;
  }
  close() {}
}

test('a frame that left just before the close is unconfirmed', async () => {
  const client = new Client('ws://nowhere', { WebSocket: Socket, backoff: { initial: 1, max: 1 } });
  await client.connect();
  const receipt = client.send('once');
  const [socket] = Socket.all;
  while (socket.sent.length === 0) await null;
  socket.bufferedAmount = 0;
  socket.onclose({ code: 1006, reason: '' });
  assert.equal(await receipt.outcome, 'unconfirmed');
  await client.connect();
  assert.deepEqual(Socket.all.flatMap(({ sent }) => sent), ['once']);
  client.close();
});
