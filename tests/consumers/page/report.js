import { smoke } from '../../../bindings-wasm/js/test/smoke.mjs';

// Does the main job, and the drop-ins' where they are given; the title says how it ended.
export async function report({ io, RejoinWebSocket, ...rejoin }) {
  try {
    const places = await (await fetch('/places')).json();
    const done = await smoke(rejoin, places);
    if (io) await overSocketIO(io, places);
    if (RejoinWebSocket) await overWebSocket(RejoinWebSocket, places);
    document.title = JSON.stringify(done);
  } catch (error) {
    document.title = `failed: ${error.stack ?? error}`;
  }
}

async function overSocketIO(io, { http }) {
  const socket = io(http);
  const answer = await socket.timeout(5000).emitWithAck('ack', 'drop-in');
  socket.close();
  if (answer !== 'drop-in') throw new Error(`rejoin/socket.io: ${answer}`);
}

async function overWebSocket(WebSocket, { ws }) {
  const socket = new WebSocket(ws);
  const heard = new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
  socket.onopen = () => socket.send('drop-in');
  if ((await heard) !== 'drop-in') throw new Error(`rejoin/websocket: ${await heard}`);
  socket.close();
}
