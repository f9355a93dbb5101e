/** How a listener is added. */
export interface ListenOptions {
  /** Removes the listener when it aborts. */
  signal?: AbortSignal;
  /** Removes the listener when it was called once. */
  once?: boolean;
}

/** Removes a listener. Calling it again does nothing. */
export type Unsubscribe = () => void;

// biome-ignore lint/suspicious/noExplicitAny: the callers type it
type Listener = (...args: any[]) => unknown;

/** Listeners by name. What one of them throws goes to `uncaught`, and the others are called all the same. */
export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #uncaught: (thrown: unknown) => void;

  constructor(uncaught: (thrown: unknown) => void) {
    this.#uncaught = uncaught;
  }

  on(name: string, listener: Listener, { signal, once }: ListenOptions = {}): Unsubscribe {
    if (signal?.aborted) return () => {};
    // A function of its own, so that the same listener can be added twice and each time is removed alone.
    const added: Listener = (...args) => {
      if (once) remove();
      return listener(...args);
    };
    let set = this.#listeners.get(name);
    if (!set) this.#listeners.set(name, (set = new Set()));
    const listeners = set;
    listeners.add(added);
    const remove = () => {
      listeners.delete(added);
      signal?.removeEventListener('abort', remove);
    };
    signal?.addEventListener('abort', remove, { once: true });
    return remove;
  }

  has(name: string): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  /** Calls those that listen now; one that is added meanwhile waits for the next time. */
  emit(name: string, args: readonly unknown[]): void {
    const listeners = this.#listeners.get(name);
    if (!listeners || listeners.size === 0) return;
    for (const listener of listeners.size === 1 ? listeners : [...listeners]) this.guard(listener, args);
  }

  /** Calls code of the application's; what it throws, now or later, never reaches the event loop. */
  guard(work: Listener, args: readonly unknown[]): void {
    try {
      const result = work(...args);
      if (result instanceof Promise) result.catch(this.#uncaught);
    } catch (thrown) {
      this.#uncaught(thrown);
    }
  }
}
