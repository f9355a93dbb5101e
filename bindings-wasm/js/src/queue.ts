import { invalid } from './errors.js';

/** How much a consumer may leave unread, and what happens then. */
export interface InboundOptions {
  /** The most items that wait for one consumer: 1 or more. Default 1,024. */
  maxMessages?: number;
  /**
   * What happens to the next one. `backpressure` (the default) stops reading from the socket where the platform can;
   * a page cannot, so what arrives is held, up to 16 MiB, and then the link ends with `slow_consumer`.
   */
  policy?: 'backpressure' | 'drop_oldest' | 'drop_newest';
}

/** A stream of what happens, for one consumer. */
export interface Subscription<T> extends AsyncIterableIterator<T> {
  /** How many items were dropped for this consumer since the last call: 0 unless the policy is lossy. */
  takeMissed(): number;
  /** Stops it: what waits is dropped, and the iteration ends. */
  return(): Promise<IteratorResult<T>>;
}

const POLICIES: readonly InboundOptions['policy'][] = ['backpressure', 'drop_oldest', 'drop_newest'];
const DONE: IteratorResult<never> = { done: true, value: undefined };

/** A bounded queue that is read by iteration. It begins when it is made, not when it is first read. */
export class Queue<T> implements Subscription<T> {
  #items: T[] = [];
  #head = 0;
  #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #ended = false;
  #missed = 0;
  readonly #max: number;
  readonly #policy: NonNullable<InboundOptions['policy']>;
  readonly #changed: (queue: Queue<T>) => void;

  /** `changed` is called when the queue becomes full, has room again, or ends. */
  constructor(
    { maxMessages = 1024, policy = 'backpressure' }: InboundOptions,
    changed: (queue: Queue<T>) => void,
    signal?: AbortSignal,
  ) {
    if (!Number.isSafeInteger(maxMessages) || maxMessages < 1) throw invalid('inbound.maxMessages', 'must be a whole number of at least 1');
    if (!POLICIES.includes(policy)) throw invalid('inbound.policy', `must be one of ${POLICIES}`);
    this.#max = maxMessages;
    this.#policy = policy;
    this.#changed = changed;
    if (signal?.aborted) this.#ended = true;
    else signal?.addEventListener('abort', () => this.end(), { once: true });
  }

  get isFull(): boolean {
    return !this.#ended && this.#policy === 'backpressure' && this.#length >= this.#max;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  get #length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting) return waiting({ done: false, value: item });
    if (this.#policy !== 'backpressure' && this.#length >= this.#max) {
      this.#missed += 1;
      if (this.#policy === 'drop_newest') return;
      this.#shift();
    }
    this.#items.push(item);
    if (this.#length === this.#max) this.#changed(this);
  }

  /** No item follows: the consumer gets what waits, and then the end. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting(DONE);
    this.#changed(this);
  }

  takeMissed(): number {
    const missed = this.#missed;
    this.#missed = 0;
    return missed;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#length > 0) {
      const wasFull = this.isFull;
      const value = this.#shift();
      if (wasFull) this.#changed(this);
      return Promise.resolve({ done: false, value });
    }
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T>> {
    this.#items = [];
    this.#head = 0;
    this.end();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #shift(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined as T;
    this.#head += 1;
    // Moves the rest down only now and then, or each read of a long queue would cost its length.
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
