// A consumer that can be paused and slowed down.
export class Pace {
  // Milliseconds that each item takes.
  slow = 0;
  #paused = false;
  #waiting = [];

  pause(paused) {
    this.#paused = paused;
    if (!paused) for (const go of this.#waiting.splice(0)) go();
  }

  // Resolves when it is not paused.
  ready() {
    return this.#paused ? new Promise((resolve) => this.#waiting.push(resolve)) : undefined;
  }
}

// Reads until the client is closed: `lagged` hears how many were dropped before an item, and `print` the item.
export async function consume(stream, pace, lagged, print) {
  for (;;) {
    await pace.ready();
    const { done, value } = await stream.next();
    await pace.ready();
    const missed = stream.takeMissed();
    if (missed > 0) lagged(missed);
    if (done) return;
    print(value);
    if (pace.slow > 0) await new Promise((resolve) => setTimeout(resolve, pace.slow));
  }
}
