import { type Listener, guard } from './emitter.js';

/** Listeners to every event. */
export class CatchAll {
  #listeners: Listener[] = [];

  get all(): Listener[] {
    return this.#listeners;
  }

  append(listener: Listener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  prepend(listener: Listener): void {
    this.#listeners = [listener, ...this.#listeners];
  }

  /** Removes one, or all. */
  remove(listener: Listener | undefined): void {
    const at = listener ? this.#listeners.indexOf(listener) : -1;
    this.#listeners = listener ? this.#listeners.filter((_, index) => index !== at) : [];
  }

  call(self: unknown, args: readonly unknown[]): void {
    for (const listener of this.#listeners) guard(self, listener, args);
  }
}
