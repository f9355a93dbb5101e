import type { EventNames, EventParams, EventsMap, ListenNames, ListenerOf } from './types.js';

// biome-ignore lint/suspicious/noExplicitAny: the methods type it
export type Listener = (...args: any[]) => unknown;

interface Added {
  readonly listener: Listener;
  readonly once: boolean;
}

/** The interface of component-emitter, which every object of socket.io-client has. */
export class Emitter<Hears extends EventsMap, Emits extends EventsMap, Own extends EventsMap = Record<never, never>> {
  #listeners = new Map<PropertyKey, Added[]>();

  /** Calls the listener with every event of that name. */
  on<Name extends ListenNames<Own, Hears>>(name: Name, listener: ListenerOf<Own, Hears, Name>): this {
    return this.#add(name, listener as Listener, false);
  }

  /** As `on`, once. */
  once<Name extends ListenNames<Own, Hears>>(name: Name, listener: ListenerOf<Own, Hears, Name>): this {
    return this.#add(name, listener as Listener, true);
  }

  /** As `on`. */
  addEventListener<Name extends ListenNames<Own, Hears>>(name: Name, listener: ListenerOf<Own, Hears, Name>): this {
    return this.on(name, listener);
  }

  /** Removes one listener, those of a name, or all. */
  off<Name extends ListenNames<Own, Hears>>(name?: Name, listener?: ListenerOf<Own, Hears, Name>): this {
    if (name === undefined) this.#listeners.clear();
    else if (listener === undefined) this.#listeners.delete(name);
    else {
      // A new list, so that one that is being called stays as it is.
      const added = [...(this.#listeners.get(name) ?? [])];
      const at = added.findIndex((one) => one.listener === listener);
      if (at >= 0) added.splice(at, 1);
      this.#listeners.set(name, added);
    }
    return this;
  }

  /** As `off`. */
  removeListener<Name extends ListenNames<Own, Hears>>(name?: Name, listener?: ListenerOf<Own, Hears, Name>): this {
    return this.off(name, listener);
  }

  /** As `off`. */
  removeEventListener<Name extends ListenNames<Own, Hears>>(name?: Name, listener?: ListenerOf<Own, Hears, Name>): this {
    return this.off(name, listener);
  }

  /** As `off`. */
  removeAllListeners<Name extends ListenNames<Own, Hears>>(name?: Name): this {
    return this.off(name);
  }

  /** Calls the listeners of an event. */
  emit<Name extends EventNames<Emits>>(name: Name, ...args: EventParams<Emits, Name>): this {
    return this.fire(name, args);
  }

  /** Calls the listeners of one of the library's own events. */
  protected emitReserved<Name extends EventNames<Own>>(name: Name, ...args: EventParams<Own, Name>): this {
    return this.fire(name, args);
  }

  /** Those that listen to an event. */
  listeners<Name extends ListenNames<Own, Hears>>(name: Name): ListenerOf<Own, Hears, Name>[] {
    return (this.#listeners.get(name) ?? []).map(({ listener }) => listener as ListenerOf<Own, Hears, Name>);
  }

  /** Whether anyone listens to an event. */
  hasListeners<Name extends ListenNames<Own, Hears>>(name: Name): boolean {
    return (this.#listeners.get(name)?.length ?? 0) > 0;
  }

  /** @internal */
  protected fire(name: PropertyKey, args: readonly unknown[]): this {
    for (const added of this.#listeners.get(name) ?? []) {
      if (added.once) this.#remove(name, added);
      guard(this, added.listener, args);
    }
    return this;
  }

  #add(name: PropertyKey, listener: Listener, once: boolean): this {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { listener, once }]);
    return this;
  }

  #remove(name: PropertyKey, gone: Added): void {
    this.#listeners.set(name, (this.#listeners.get(name) ?? []).filter((added) => added !== gone));
  }
}

/** Calls code of the application's. What it throws is reported as uncaught, and harms nobody else. */
export function guard(self: unknown, listener: Listener, args: readonly unknown[]): void {
  try {
    const result = listener.apply(self, args as unknown[]);
    if (result instanceof Promise) result.catch(report);
  } catch (thrown) {
    report(thrown);
  }
}

function report(thrown: unknown): void {
  const { reportError } = globalThis as { reportError?: (thrown: unknown) => void };
  if (reportError) reportError(thrown);
  else console.error('a listener of rejoin/socket.io threw', thrown);
}
