import { invalid } from './errors.js';

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

interface Entry {
  readonly listener: Listener;
  readonly once: boolean | undefined;
  readonly remove: Unsubscribe;
}

/** Those that listen to one thing. What one of them throws goes to `uncaught`, and the others are called all the same. */
export class Listeners {
  /** Never changed but replaced: a list that is being called stays as it was. */
  #entries: readonly Entry[] = [];
  readonly #uncaught: (thrown: unknown) => void;

  constructor(uncaught: (thrown: unknown) => void) {
    this.#uncaught = uncaught;
  }

  get size(): number {
    return this.#entries.length;
  }

  add(listener: Listener, { signal, once }: ListenOptions = {}): Unsubscribe {
    if (typeof listener !== 'function') throw invalid('listener', 'must be a function');
    if (signal?.aborted) return () => {};
    const remove = () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
      signal?.removeEventListener('abort', remove);
    };
    const entry = { listener, once, remove };
    this.#entries = [...this.#entries, entry];
    signal?.addEventListener('abort', remove, { once: true });
    return remove;
  }

  /** Calls those that listen now; one that is added meanwhile waits for the next time. Gives their number. */
  call(args: readonly unknown[]): number {
    const entries = this.#entries;
    for (const { listener, once, remove } of entries) {
      if (once) remove();
      this.#guard(listener, args);
    }
    return entries.length;
  }

  /** Calls code of the application's; what it throws, now or later, never reaches the event loop. */
  #guard(work: Listener, args: readonly unknown[]): void {
    try {
      // Most have one: spreading costs more than the call.
      const result = args.length === 1 ? work(args[0]) : work(...args);
      if (result instanceof Promise) result.catch(this.#uncaught);
    } catch (thrown) {
      this.#uncaught(thrown);
    }
  }
}

/** Listeners by name. */
export class Emitter {
  readonly #named = new Map<string, Listeners>();
  readonly #uncaught: (thrown: unknown) => void;

  constructor(uncaught: (thrown: unknown) => void) {
    this.#uncaught = uncaught;
  }

  on(name: string, listener: Listener, options?: ListenOptions): Unsubscribe {
    let listeners = this.#named.get(name);
    if (!listeners) this.#named.set(name, (listeners = new Listeners(this.#uncaught)));
    return listeners.add(listener, options);
  }

  emit(name: string, args: readonly unknown[]): void {
    this.#named.get(name)?.call(args);
  }
}
