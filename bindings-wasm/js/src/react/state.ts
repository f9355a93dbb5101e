import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Unsubscribe } from '../emitter.js';
import type { State } from '../state.js';

/** A client, as far as its state goes. */
interface Stateful {
  readonly state: State;
  onState(listener: (state: State) => unknown): Unsubscribe;
}

const ON_SERVER: State = { name: 'disconnected' };

/** The state of the client. On a server: disconnected. */
export function useConnectionState(client: Stateful): State {
  const subscribe = useCallback((changed: () => void) => client.onState(changed), [client]);
  return useSyncExternalStore(subscribe, () => client.state, () => ON_SERVER);
}

/** The milliseconds until the next attempt, told anew each second; nothing while none is due. */
export function useRetryCountdown(client: Stateful): number | undefined {
  const state = useConnectionState(client);
  const retryAt = state.name === 'waiting' ? state.retryAt : undefined;
  const [, tick] = useState(0);
  useEffect(() => {
    if (retryAt === undefined) return;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [retryAt]);
  return retryAt === undefined ? undefined : Math.max(0, retryAt - Date.now());
}
