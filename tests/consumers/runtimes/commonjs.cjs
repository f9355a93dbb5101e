// Node.js with `require`.
const { Client, SocketIOClient } = require('rejoin');
const io = require('rejoin/socket.io');

async function main() {
  const { smoke } = await import('../../../bindings-wasm/js/test/smoke.mjs');
  const places = await (await fetch(process.argv[2])).json();
  const done = await smoke({ Client, SocketIOClient }, places);
  const socket = io(places.http);
  const answer = await socket.timeout(5000).emitWithAck('ack', 'drop-in');
  socket.close();
  if (answer !== 'drop-in') throw new Error(`rejoin/socket.io: ${answer}`);
  console.log(JSON.stringify(done));
}

void main();
