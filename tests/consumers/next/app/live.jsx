'use client';

import { useEffect, useState } from 'react';
import { Client } from 'rejoin';
import { useClient, useConnectionState } from 'rejoin/react';

// Rendered on the server too, where it must not connect.
export function Live({ url }) {
  const client = useClient(() => new Client(url));
  const { name } = useConnectionState(client);
  const [heard, setHeard] = useState('');
  useEffect(() => client.onMessage(setHeard), [client]);
  useEffect(() => void (name === 'connected' && client.send('from the page')), [client, name]);
  return <p id="page" data-state={name}>{heard}</p>;
}
