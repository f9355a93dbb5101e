// The main job once through, the same wherever JavaScript runs: `rejoin` is the package as that place loads it.

/** What is done, in this order. */
export const STEPS = ['connect', 'echo', 'binary', 'reconnect', 'offline queue', 'socket.io ack', 'socket.io reconnect', 'close'];

const QUICK = { backoff: { initial: 10, max: 50 } };

/**
 * Gives the steps that were done; what goes wrong is thrown. `ws` and `http` are addresses of the test server, `faults` is the
 * one to which its faults are posted, as `serveSmoke` does.
 */
export async function smoke({ Client, SocketIOClient }, { ws, http, faults }) {
  const done = [];
  const step = async (work) => {
    const name = STEPS[done.length];
    await work().catch((error) => Promise.reject(new Error(`${name}: ${error.stack ?? error}`)));
    done.push(name);
  };
  const strike = async (fault) => {
    const { ok, status } = await fetch(faults, { method: 'POST', body: JSON.stringify(fault) });
    same(ok || status, true);
  };
  const client = new Client(ws, QUICK);
  const messages = client.messages();
  const heard = async () => (await messages.next()).value;

  await step(() => client.connect());
  await step(async () => {
    client.send('grüße');
    same(await heard(), 'grüße');
  });
  await step(async () => {
    client.send(new Uint8Array([0, 1, 255]));
    same([...(await heard())], [0, 1, 255]);
  });
  await step(async () => {
    const back = until(client, 'connected');
    await strike({ fault: 'cut' });
    await back;
    client.send('again');
    same(await heard(), 'again');
  });
  await step(async () => {
    const away = until(client, 'waiting');
    await strike({ fault: 'refuse' });
    await strike({ fault: 'cut' });
    await away;
    const receipts = ['a', 'b', 'c'].map((text) => client.send(text));
    same(client.stats().outboxMessages, 3);
    await strike('lift');
    same([await heard(), await heard(), await heard()], ['a', 'b', 'c']);
    same(await Promise.all(receipts.map((receipt) => receipt.outcome)), ['sent', 'sent', 'sent']);
  });

  const io = new SocketIOClient(http, QUICK);
  const main = io.namespace();
  await step(async () => {
    await io.connect();
    const [text, bytes] = await main.with({}).emitWithAckArgs('ack', 'a', new Uint8Array([7]));
    same([text, ...bytes], ['a', 7]);
  });
  await step(async () => {
    const back = until(io, 'connected');
    await strike({ fault: 'cut' });
    await back;
    same(await main.with({ retries: 5 }).emitWithAck('ack', 'again'), 'again');
  });
  await step(async () => {
    await Promise.all([client.close(), io.close()]);
    same([client.state.name, io.state.name, await heard()], ['disconnected', 'disconnected', undefined]);
  });
  return done;
}

/** Resolves at the next such state. */
async function until(client, name) {
  for await (const state of client.states()) if (state.name === name) return;
  throw new Error(`no state ${name} before the end`);
}

function same(got, wanted) {
  const [left, right] = [got, wanted].map((value) => JSON.stringify(value));
  if (left !== right) throw new Error(`${left} instead of ${right}`);
}
