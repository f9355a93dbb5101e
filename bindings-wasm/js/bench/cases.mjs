// What is measured, wherever JavaScript runs. Each case makes one round and gives how many a second.
const rate = async (count, work) => {
  const start = performance.now();
  await work();
  return (count / (performance.now() - start)) * 1000;
};

// Emits in flight at once: within every client's default bounds.
const WINDOW = 500;

async function acked(emit, count) {
  return rate(count, async () => {
    for (let done = 0; done < count; done += WINDOW) {
      await Promise.all(Array.from({ length: WINDOW }, (_, index) => emit({ seq: done + index, text: 'a chat message' })));
    }
  });
}

// `url`: of a Socket.IO server; `ws`: of our test server.
export function cases({ rejoin, io, WebSocket }, { http, ws }) {
  return {
    'acknowledged emits': {
      rejoin: async (count) => {
        const client = new rejoin.SocketIOClient(http);
        await client.connect();
        const main = client.namespace();
        const result = await acked((data) => main.emitWithAck('ack', data), count);
        await client.close();
        return result;
      },
      'socket.io-client': async (count) => {
        const socket = io(http, { transports: ['websocket'], forceNew: true });
        await new Promise((resolve) => socket.on('connect', resolve));
        const result = await acked((data) => socket.emitWithAck('ack', data), count);
        socket.disconnect();
        return result;
      },
    },
    'events received': {
      rejoin: async (count) => {
        const client = new rejoin.SocketIOClient(http);
        await client.connect();
        const main = client.namespace();
        const result = await received(count, (heard) => main.on('item', heard), () => main.emit('source', { count, size: 100 }));
        await client.close();
        return result;
      },
      'socket.io-client': async (count) => {
        const socket = io(http, { transports: ['websocket'], forceNew: true });
        await new Promise((resolve) => socket.on('connect', resolve));
        const result = await received(count, (heard) => socket.on('item', heard), () => socket.emit('source', { count, size: 100 }, () => {}));
        socket.disconnect();
        return result;
      },
    },
    'plain messages received': {
      rejoin: async (count) => {
        const client = new rejoin.Client(`${ws}/source?count=${count}&size=100`);
        const result = await received(count, (heard) => client.onMessage(heard), () => client.connect());
        await client.close();
        return result;
      },
      WebSocket: async (count) => {
        let socket;
        const open = () => {
          socket = new WebSocket(`${ws}/source?count=${count}&size=100`);
          socket.binaryType = 'arraybuffer';
        };
        const result = await received(count, (heard) => { open(); socket.onmessage = (event) => heard(event.data); }, () => {});
        socket.close();
        return result;
      },
    },
  };
}

function received(count, listen, start) {
  return rate(count, () => new Promise((resolve) => {
    let left = count;
    listen(() => {
      left -= 1;
      if (left === 0) resolve();
    });
    start();
  }));
}

// The best of some rounds, the clients taking turns, so that what else the machine does hits all alike.
export async function run(cases, { count, rounds }) {
  const table = {};
  for (const [name, clients] of Object.entries(cases)) {
    const best = {};
    for (let round = 0; round < rounds; round += 1) {
      for (const [client, work] of Object.entries(clients)) best[client] = Math.max(best[client] ?? 0, await work(count));
    }
    table[name] = best;
  }
  return table;
}
