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

/** Listeners by name. What one of them throws goes to `uncaught`, and the others are called all the same. */
export class Emitter {
  /** A list is never changed but replaced: one that is being called stays as it was. */
  readonly #entries = new Map<string, readonly Entry[]>();
  readonly #uncaught: (thrown: unknown) => void;

  constructor(uncaught: (thrown: unknown) => void) {
    this.#uncaught = uncaught;
  }

  on(name: string, listener: Listener, { signal, once }: ListenOptions = {}): Unsubscribe {
    if (typeof listener !== 'function') throw invalid('listener', 'must be a function');
    if (signal?.aborted) return () => {};
    const remove = () => {
      this.#entries.set(name, this.#named(name).filter((other) => other !== entry));
      signal?.removeEventListener('abort', remove);
    };
    const entry = { listener, once, remove };
    this.#entries.set(name, [...this.#named(name), entry]);
    signal?.addEventListener('abort', remove, { once: true });
    return remove;
  }

  has(name: string): boolean {
    return this.#named(name).length > 0;
  }

  /** Calls those that listen now; one that is added meanwhile waits for the next time. Gives their number. */
  emit(name: string, args: readonly unknown[]): number {
    const entries = this.#named(name);
    for (const { listener, once, remove } of entries) {
      if (once) remove();
      this.guard(listener, args);
    }
    return entries.length;
  }

  /** Calls code of the application's; what it throws, now or later, never reaches the event loop. */
  guard(work: Listener, args: readonly unknown[]): void {
    try {
      // Most have one: spreading costs more than the call.
      const result = args.length === 1 ? work(args[0]) : work(...args);
      if (result instanceof Promise) result.catch(this.#uncaught);
    } catch (thrown) {
      this.#uncaught(thrown);
    }
  }

  #named(name: string): readonly Entry[] {
    return this.#entries.get(name) ?? NONE;
  }
}

const NONE: readonly Entry[] = [];
