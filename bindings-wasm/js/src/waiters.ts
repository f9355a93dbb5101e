import { type RejoinError, cancelled } from './errors.js';
import type { State } from './state.js';

/** Takes a state; true if that ended the wait. */
type Waiter = (state: State) => boolean;

/** Who waits for a client to be connected or disconnected. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  /** The state is another one. */
  entered(state: State): void {
    for (const waiter of this.#waiting) if (waiter(state)) this.#waiting.delete(waiter);
  }

  /** No state follows. */
  end(reason: RejoinError): void {
    this.entered({ name: 'disconnected', reason });
    this.#waiting.clear();
  }

  /**
   * Resolves with the state that follows from what is called next, or is there when its turn comes: `when` calls back
   * then. `now` gives the state at any time.
   */
  wait(
    wanted: 'connected' | 'disconnected',
    { signal, now, when }: { signal: AbortSignal | undefined; now: () => State; when: (turn: () => void) => void },
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(signal));
      const abort = () => {
        this.#waiting.delete(waiter);
        reject(cancelled(signal as AbortSignal));
      };
      let leaving = false;
      const waiter: Waiter = (state) => {
        const failed = state.name === 'disconnected' ? state.reason : undefined;
        if (state.name === wanted) resolve();
        else if (failed && leaving) {
          // The end of a disconnect that was under way: what is waited for follows at once, if it was not taken back.
          leaving = false;
          queueMicrotask(() => now() === state && waiter(state) && this.#waiting.delete(waiter));
          return false;
        } else if (failed) reject(failed);
        else return false;
        signal?.removeEventListener('abort', abort);
        return true;
      };
      signal?.addEventListener('abort', abort, { once: true });
      when(() => {
        if (signal?.aborted) return;
        leaving = now().name === 'disconnecting';
        // Any other state there is now came of something older.
        if (now().name !== wanted || !waiter(now())) this.#waiting.add(waiter);
      });
    });
  }
}
