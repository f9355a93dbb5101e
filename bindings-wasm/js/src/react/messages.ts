import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Message } from '../client.js';
import type { Unsubscribe } from '../emitter.js';

/** A client of a plain WebSocket, as far as messages go. */
interface HearsMessages {
  onMessage(listener: (message: Message) => unknown): Unsubscribe;
}

/** A namespace, as far as events go. */
interface HearsEvents<L> {
  on(name: string, listener: L): Unsubscribe;
}

/** The listener of the last render, without listening anew for each. */
function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

/** Calls the listener with every message that arrives while the component is there. */
export function useMessage(client: HearsMessages, listener: (message: Message) => unknown): void {
  const latest = useLatest(listener);
  useEffect(() => client.onMessage((message) => latest.current(message)), [client, latest]);
}

/** Calls the listener with every event of that name that arrives while the component is there. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments of any event
export function useEvent<A extends any[]>(
  namespace: HearsEvents<(...args: A) => unknown>,
  name: string,
  listener: (...args: A) => unknown,
): void {
  const latest = useLatest(listener);
  useEffect(() => namespace.on(name, (...args: A) => latest.current(...args)), [namespace, name, latest]);
}

/** The last messages that arrived, the newest at the end. */
export function useMessages(client: HearsMessages, { max = 100 }: { max?: number } = {}): readonly Message[] {
  const [store] = useState(() => ({ messages: NONE }));
  const subscribe = useCallback(
    (changed: () => void) =>
      client.onMessage((message) => {
        store.messages = [...store.messages, message].slice(-max);
        changed();
      }),
    [client, max, store],
  );
  return useSyncExternalStore(subscribe, () => store.messages, () => NONE);
}

const NONE: readonly Message[] = [];
