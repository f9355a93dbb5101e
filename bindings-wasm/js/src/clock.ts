/** How often the clocks are compared, in milliseconds. */
const COMPARE_EVERY = 100;
/** What the wall clock must be ahead of the monotonic one for the difference to be sleep. */
const SLEPT = 2000;

/** `performance.now()` stands still on some systems while they sleep; `Date.now()` does not. */
export class Clock {
  /** The global is a getter, which in Chromium costs twice what the time does. */
  readonly #platform = performance;
  #origin = this.#platform.now();
  /** Wall clock minus monotonic clock, when they were last compared. */
  #offset = Date.now() - this.#origin;
  #compared = 0;

  /** Milliseconds since the clock was made, those of sleep included. */
  now(): number {
    return Math.max(0, this.#platform.now() - this.#origin);
  }

  /** Whether it is time to ask `hasSlept`. */
  isDue(now: number): boolean {
    return now - this.#compared >= COMPARE_EVERY;
  }

  /**
   * Whether the device slept since the last comparison. Someone who sets the clock forward looks the same, which does no
   * harm: the peer is asked for a sign of life.
   */
  hasSlept(now: number): boolean {
    if (!this.isDue(now)) return false;
    this.#compared = now;
    const offset = Date.now() - this.#platform.now();
    const ahead = offset - this.#offset;
    this.#offset = offset;
    if (ahead <= SLEPT) return false;
    this.#origin -= ahead;
    this.#compared += ahead;
    return true;
  }
}
