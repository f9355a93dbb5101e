import { Client } from 'rejoin';
import { Live } from './live.jsx';

export const dynamic = 'force-dynamic';

// Rendered on the server for each request, with a connection of the server's own.
export default async function Page() {
  const url = process.env.REJOIN_URL;
  await using client = new Client(url);
  const messages = client.messages();
  await client.connect();
  client.send('from the server');
  const { value } = await messages.next();
  return (
    <main>
      <p id="server">{value}</p>
      <Live url={url} />
    </main>
  );
}
