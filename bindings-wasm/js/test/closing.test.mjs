// What a socket sent and nobody had looked at when its link ended: it may have arrived, and is not sent again.
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

const ends = {
  'a close': (socket) => socket.onclose({ code: 1006, reason: '' }),
  'a message that is too big': (socket) => socket.onmessage({ data: 'x'.repeat(1025) }),
  'a failure to write': (socket, client) => {
    socket.send = () => {
      throw new Error('closed');
    };
    client.send('again', { volatile: true });
  },
};

for (const [name, end] of Object.entries(ends)) {
  test(`a frame that left just before ${name} is unconfirmed`, async () => {
    Socket.all = [];
    const options = { WebSocket: Socket, backoff: { initial: 1, max: 1 }, maxMessageBytes: 1024 };
    const client = new Client('ws://nowhere', options);
    await client.connect();
    const receipt = client.send('once');
    const [socket] = Socket.all;
    while (socket.sent.length === 0) await null;
    socket.bufferedAmount = 0;
    end(socket, client);
    assert.equal(await receipt.outcome, 'unconfirmed');
    await client.connect();
    assert.deepEqual(Socket.all.flatMap(({ sent }) => sent), ['once']);
    client.close();
  });
}

test('what left in the turn in which the socket fails is not sent again, and what did not is', async () => {
  Socket.all = [];
  const client = new Client('ws://nowhere', { WebSocket: Socket, backoff: { initial: 1, max: 1 } });
  await client.connect();
  const [socket] = Socket.all;
  socket.send = (data) => {
    if (data === 'second') throw new Error('closed');
    socket.sent.push(data);
  };
  const receipt = client.send('first');
  client.send('second');
  assert.equal(await receipt.outcome, 'unconfirmed');
  await client.connect();
  while (Socket.all[1].sent.length === 0) await null;
  assert.deepEqual(Socket.all.map(({ sent }) => sent), [['first'], ['second']]);
  client.close();
});
