import { useEffect, useState } from 'react';

/** What every client of rejoin has. */
interface Connectable {
  readonly closed: boolean;
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** Clients whose component went away; it may come back in the same turn. */
const leaving = new WeakMap<Connectable, ReturnType<typeof setTimeout>>();

/**
 * A client that lives as long as the component: made at the first render, connected when it is shown, closed when it is gone.
 * StrictMode, which takes a component away and back at once, does not disturb it.
 *
 * ```tsx
 * const client = useClient(() => new Client('wss://example.com/live'));
 * ```
 */
export function useClient<C extends Connectable>(make: () => C): C {
  const [client, setClient] = useState(make);
  useEffect(() => {
    clearTimeout(leaving.get(client));
    // A page that was kept for later shows its component again, whose client is closed by then.
    if (client.closed) setClient(make);
    else void client.connect();
    return () => {
      leaving.set(client, setTimeout(() => void client.close()));
    };
    // biome-ignore lint/correctness/useExhaustiveDependencies: a new function is no reason for a new client
  }, [client]);
  return client;
}
