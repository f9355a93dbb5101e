import { Client } from '/dist/web/index.js';

onmessage = async ({ data: url }) => {
  const client = new Client(url);
  const messages = client.messages();
  await client.connect();
  client.send('from a worker');
  postMessage((await messages.next()).value);
  await client.close();
};
