// Runs rounds with npm `socket.io-client`: one JSON object on standard input for each. On standard output the seconds that
// it took and those of processor time (or for `latency` the median in microseconds).
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const WINDOW = 64;

const socket = io(process.argv[2], { transports: ['websocket'] });
await once(socket, 'connect');

// Keeps a window of operations on the way; `start` begins one and calls back at its end.
function pipelined(count, start) {
  return new Promise((resolve) => {
    let [sent, done] = [0, 0];
    const next = () => {
      sent += 1;
      start(() => {
        done += 1;
        if (sent < count) next();
        else if (done === count) resolve();
      });
    };
    for (let i = 0; i < Math.min(WINDOW, count); i += 1) next();
  });
}

const rounds = {
  acks: (count, data) => pipelined(count, (done) => socket.emit('ack', data, done)),
  async echo(count, data) {
    const waiting = [];
    socket.on('echo', () => waiting.shift()());
    await pipelined(count, (done) => {
      waiting.push(done);
      socket.emit('echo', data);
    });
    socket.off('echo');
  },
  flood: (count, data) =>
    new Promise((resolve) => {
      let received = 0;
      socket.on('item', () => {
        received += 1;
        if (received < count) return;
        socket.off('item');
        resolve();
      });
      socket.emit('source', { count, size: data.length });
    }),
};

async function latency(count, data) {
  const times = [];
  for (let i = 0; i < count; i += 1) {
    const start = process.hrtime.bigint();
    await new Promise((resolve) => socket.emit('ack', data, resolve));
    times.push(Number(process.hrtime.bigint() - start) / 1e3);
  }
  return times.sort((a, b) => a - b)[Math.floor(count / 2)];
}

console.log('null');
for await (const line of createInterface({ input: process.stdin })) {
  const { what, count, size } = JSON.parse(line);
  const data = 'x'.repeat(size);
  if (what === 'latency') {
    console.log(await latency(count, data));
    continue;
  }
  const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  await rounds[what](count, data);
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify([wall, (user + system) / 1e6]));
}
process.exit(0);
