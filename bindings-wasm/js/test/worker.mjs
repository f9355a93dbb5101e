// Echoes in any kind of worker: what it is sent is the URL of the server.
import { Client } from '/dist/web/index.js';

async function heard(url) {
  const client = new Client(url);
  const messages = client.messages();
  await client.connect();
  client.send('from a worker');
  const { value } = await messages.next();
  await client.close();
  return value;
}

const serve = (port) => {
  port.onmessage = async ({ data }) => port.postMessage(await heard(data));
};
if ('SharedWorkerGlobalScope' in globalThis) onconnect = ({ ports: [port] }) => serve(port);
else if (!('ServiceWorkerGlobalScope' in globalThis)) serve(globalThis);
else onmessage = (event) => event.waitUntil(heard(event.data).then((text) => event.source.postMessage(text)));
