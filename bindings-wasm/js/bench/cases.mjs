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

// So many seconds a round takes at least, or it would be connecting that is measured.
const ROUND = 0.5;

// The clients take turns, each the first in every other round, so that what else the machine does hits both alike. One round
// to warm up does not count. For each case the medians: of the rates, and of the ratios within a round.
export async function run(cases, { count, rounds }) {
  const table = {};
  for (const [name, clients] of Object.entries(cases)) {
    const [[ours, ourWork], [theirs, theirWork]] = Object.entries(clients);
    const rates = { [ours]: [], [theirs]: [] };
    const warm = Math.max(await ourWork(count), await theirWork(count));
    const messages = Math.ceil(Math.max(count, warm * ROUND) / WINDOW) * WINDOW;
    for (let round = 0; round < rounds; round += 1) {
      const turns = [[ours, ourWork], [theirs, theirWork]];
      for (const [client, work] of round % 2 ? turns : turns.reverse()) rates[client].push(await work(messages));
    }
    const ratios = rates[ours].map((rate, round) => rate / rates[theirs][round]);
    table[name] = { rates: { [ours]: median(rates[ours]), [theirs]: median(rates[theirs]) }, ratio: median(ratios) };
  }
  return table;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
