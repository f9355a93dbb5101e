import { open } from '#platform';
import type { Core } from './core.js';
import { asyncDispose, dispose } from './dispose.js';
import { Emitter, type ListenOptions, type Unsubscribe } from './emitter.js';
import { RejoinError, call, cancelled, closed } from './errors.js';
import { HINTS, type NetworkHint, watch } from './lifecycle.js';
import { isReady, ready } from './load.js';
import { type Check, type ClientOptions, type Credentials, type WaitOptions, settings } from './options.js';
import type { SocketLike } from './platform/types.js';
import { quiet, text } from './promises.js';
import { Queue, type Subscription } from './queue.js';
import { type Outcome, Receipt } from './receipt.js';
import { Kind, type Record_ } from './record.js';
import type { Stats } from './stats.js';
import { type State, readState } from './state.js';

/** What matters of a queue for whether reading goes on. */
type Consumer = Pick<Queue<unknown>, 'isFull'>;

/** What waits for the core to be loaded. */
interface Early {
  readonly work: (core: Core) => void;
  readonly refused: ((error: RejoinError) => void) | undefined;
}

/** Takes a state; true if that ended the wait. */
type Waiter = (state: State) => boolean;

/** What the clients of all protocols have in common. */
export abstract class BaseClient {
  /** @internal */
  protected core: Core | undefined;
  /** @internal */
  protected readonly options: ClientOptions;
  /** @internal */
  protected readonly events: Emitter;
  /** @internal */
  protected readonly numbers: Float64Array;
  readonly #url: string;
  #early: Early[] = [];
  #state: State = { name: 'disconnected' };
  #closed = false;
  #finished = false;
  readonly #receipts = new Map<number, Receipt>();
  readonly #marks: (() => void)[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #states = new Set<Queue<State>>();
  readonly #full = new Set<Consumer>();
  #socket: (SocketLike & { pause?(): void; resume?(): void }) | undefined;
  #unwatch: (() => void) | undefined;

  /** @internal */
  constructor(url: string, options: ClientOptions, checks?: Readonly<Record<string, Check>>) {
    this.numbers = settings(options, checks);
    this.options = options;
    this.#url = url;
    this.events = new Emitter((thrown) => this.uncaught(thrown));
  }

  /** The state now. */
  get state(): State {
    return this.#state;
  }

  /** Whether messages flow. */
  get connected(): boolean {
    return this.#state.name === 'connected';
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Connects, and resolves when connected. Called again, it waits for the same connection. The first connection is
   * tried as often as any later one: without a limit unless `backoff.maxAttempts` sets one.
   *
   * Rejects with what ended the attempts, `client_closed`, or `cancelled`. A rejection that nobody looks at does no harm.
   */
  connect({ signal }: WaitOptions = {}): Promise<void> {
    if (this.#closed) return quiet(Promise.reject(closed()));
    this.#unwatch ??= watch(this.options.lifecycle ?? true, (hint) => this.network(hint));
    const connected = this.#waitFor('connected', signal);
    this.withCore((core) => core.connect());
    return quiet(connected);
  }

  /**
   * Sends what can be sent, closes, and resolves when disconnected. Nothing connects again until `connect`. Messages that
   * could not be sent stay in the outbox.
   */
  disconnect(options: WaitOptions = {}): Promise<void> {
    return this.#end((core) => core.disconnect(), options);
  }

  /** Disconnects for good: every message comes to its end, every stream ends, nothing is called any more. */
  close(options: WaitOptions = {}): Promise<void> {
    const first = !this.#closed;
    this.#closed = true;
    if (!this.core) {
      this.#finish();
      return Promise.resolve();
    }
    const ended = this.#end((core) => first && core.close(), options);
    // Where it was disconnected already, no change of state follows.
    ended.then(() => this.#finish(), () => {});
    return ended;
  }

  /** As `close`, without waiting: for `using`. */
  [dispose](): void {
    void this.close();
  }

  /** As `close`: for `await using`. */
  [asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Every change of state from now on. A consumer that does not read misses the oldest of more than 256. */
  states({ signal }: WaitOptions = {}): Subscription<State> {
    const options = { maxMessages: 256, policy: 'drop_oldest' } as const;
    const queue = new Queue<State>(options, () => queue.isEnded && this.#states.delete(queue), signal);
    if (this.#finished) queue.end();
    else if (!queue.isEnded) this.#states.add(queue);
    return queue;
  }

  /** Calls the listener at every change of state. */
  onState(listener: (state: State) => unknown, options?: ListenOptions): Unsubscribe {
    return this.events.on('$state', listener, options);
  }

  /** Calls the listener with what other listeners throw. Without one it goes to the console. */
  onUncaught(listener: (thrown: unknown) => unknown, options?: ListenOptions): Unsubscribe {
    return this.events.on('$uncaught', listener, options);
  }

  /** What was counted so far. */
  stats(): Stats {
    const [attempts = 0, connects = 0, framesSent = 0, framesReceived = 0, outboxMessages = 0, outboxBytes = 0] =
      this.core?.stats() ?? [];
    return { attempts, connects, framesSent, framesReceived, outboxMessages, outboxBytes };
  }

  /** Tells what the application knows about the network. It never undoes a disconnect. */
  network(hint: NetworkHint): void {
    const index = HINTS.indexOf(hint);
    if (index >= 0) this.core?.network(index);
  }

  /** @internal A socket is being opened: for those who show it to their users. */
  protected dialled(_socket: SocketLike): void {}

  /** @internal Makes the core, which is loaded by now. */
  protected abstract makeCore(host: object, seed: number): Core;
  /** @internal */
  protected abstract record(record: Record_, payloads: unknown[]): void;
  /** @internal */
  protected abstract payload(payload: unknown): void;
  /** @internal Runs the on-connect step. */
  protected abstract runOnConnect(): unknown;
  /** @internal A message came to its end. */
  protected abstract resolved(id: number, outcome: Outcome, cause: string | undefined): void;
  /** @internal The state is another one. */
  protected abstract entered(state: State): void;
  /** @internal The client is closed: nothing follows. */
  protected abstract ended(): void;

  /** @internal Now, or when the core is loaded. */
  protected withCore(work: (core: Core) => void, refused?: (error: RejoinError) => void): void {
    if (this.core) return work(this.core);
    if (this.#closed) return;
    this.#early.push({ work, refused });
    ready()
      .then(() => this.start())
      .catch((error: RejoinError) => {
        // A file that could not be loaded may be there at the next `connect`; options stay as they are.
        this.#closed ||= isReady();
        this.#enter({ name: 'disconnected', reason: error });
      });
  }

  /** @internal Runs when all that happened until now was told. */
  protected mark(then: () => void): void {
    this.withCore((core) => {
      this.#marks.push(then);
      core.mark();
    });
  }

  /** @internal Hands a message over; before the core is loaded it waits here, within the same bound. */
  protected submit(send: (core: Core) => number, refused?: (error: RejoinError) => void): Receipt {
    if (this.#closed) throw closed();
    const receipt = new Receipt((receipt) => receipt.id !== undefined && (this.core?.withdraw(receipt.id) ?? false));
    if (this.core) {
      receipt.id = call(() => send(this.core as Core));
      this.#receipts.set(receipt.id, receipt);
      return receipt;
    }
    if (this.#early.length >= (this.options.outbox?.maxMessages ?? 1000)) {
      throw new RejoinError('queue_full', 'too many messages wait for the core to be loaded', { retryable: true });
    }
    const reject = (error: RejoinError) => {
      receipt.settle('rejected', error.code);
      refused?.(error);
    };
    this.withCore((core) => {
      try {
        receipt.id = call(() => send(core));
        this.#receipts.set(receipt.id, receipt);
      } catch (error) {
        reject(error as RejoinError);
      }
    }, reject);
    return receipt;
  }

  /** @internal A consumer is full, has room again, or ended. */
  protected readonly queueChanged = (queue: Consumer): void => {
    const was = this.#full.size > 0;
    if (queue.isFull) this.#full.add(queue);
    else this.#full.delete(queue);
    const paused = this.#full.size > 0;
    if (paused === was) return;
    if (paused) this.#socket?.pause?.();
    else this.#socket?.resume?.();
    this.core?.reading(paused);
  };

  /** @internal Makes the core, if that can be done at once. Throws what is wrong with the options. */
  protected start(): void {
    if (this.core || this.#closed || !isReady()) return;
    const host = { dial: (token?: string) => this.#dial(token), deliver: this.#deliver };
    const core = call(() => this.makeCore(host, Math.random()));
    this.core = core;
    for (const { work } of this.#early.splice(0)) work(core);
  }

  #dial(token: string | undefined): SocketLike {
    const { options } = this;
    try {
      this.#socket = open({
        url: this.#url,
        subprotocols: options.subprotocols ?? [],
        headers: options.headers ?? {},
        token,
        compression: options.compression ?? false,
        maxMessageBytes: options.maxMessageBytes,
        WebSocket: options.WebSocket,
        failed: (code, message, status) => this.core?.failed(code, message, status),
        pong: () => this.core?.pong(),
      });
      this.dialled(this.#socket);
      return this.#socket;
    } catch (error) {
      const [code, message] =
        error instanceof RejoinError ? [error.code, error.message] : ['invalid_argument', `url: ${error}`];
      // What Rust takes apart again.
      throw `${code} ${message}`;
    }
  }

  /** What happened in one turn. Rust calls it, and it never throws. */
  readonly #deliver = (records: string, payloads: unknown[]): void => {
    if (this.#finished) return;
    if (records === '') {
      for (const payload of payloads) this.payload(payload);
      return;
    }
    for (const record of JSON.parse(records) as (Record_ | 0)[]) {
      if (record === 0) this.payload(payloads.shift());
      else this.#take(record, payloads);
    }
  };

  #take(record: Record_, payloads: unknown[]): void {
    switch (record[0]) {
      case Kind.Receipt: {
        const [, id, outcome, cause] = record as [Kind, number, Outcome, string?];
        const receipt = this.#receipts.get(id);
        this.#receipts.delete(id);
        receipt?.settle(outcome, cause);
        this.resolved(id, outcome, cause);
        break;
      }
      case Kind.State:
        this.#enter(readState(record as [number, State['name']]));
        break;
      case Kind.Mark:
        this.#marks.shift()?.();
        break;
      case Kind.Credentials:
        void this.#askCredentials(record[1], record[2]);
        break;
      case Kind.Rejoin:
        void this.#rejoin(record[1]);
        break;
      default:
        this.record(record, payloads);
    }
  }

  #enter(state: State): void {
    this.#state = state;
    if (state.name !== 'connecting') this.#socket = state.name === 'connected' ? this.#socket : undefined;
    for (const waiter of this.#waiters) if (waiter(state)) this.#waiters.delete(waiter);
    this.entered(state);
    for (const queue of this.#states) queue.push(state);
    this.events.emit('$state', [state]);
    // Not now: the core is in the middle of telling this, or has a turn to come.
    if (this.#closed && state.name === 'disconnected') queueMicrotask(() => this.#finish());
  }

  /** Nothing follows, and the memory is given back. */
  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#unwatch?.();
    for (const { refused } of this.#early.splice(0)) refused?.(closed());
    for (const waiter of this.#waiters) waiter({ name: 'disconnected', reason: closed() });
    this.#waiters.clear();
    for (const receipt of this.#receipts.values()) receipt.settle('unconfirmed', 'client_closed');
    this.#receipts.clear();
    for (const queue of [...this.#states]) queue.end();
    this.ended();
    const { core } = this;
    this.core = undefined;
    core?.free();
  }

  #end(work: (core: Core) => unknown, { signal }: WaitOptions): Promise<void> {
    if (this.#finished || (!this.core && this.#early.length === 0)) return Promise.resolve();
    const ended = this.#waitFor('disconnected', signal);
    this.withCore(work);
    return quiet(ended);
  }

  /** Waits for a state that follows from what is called next, or is there already when its turn comes. */
  #waitFor(wanted: 'connected' | 'disconnected', signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(signal));
      const abort = () => {
        this.#waiters.delete(waiter);
        reject(cancelled(signal as AbortSignal));
      };
      const waiter: Waiter = (state) => {
        const failed = state.name === 'disconnected' ? state.reason : undefined;
        if (state.name === wanted) resolve();
        else if (failed) reject(failed);
        else return false;
        signal?.removeEventListener('abort', abort);
        return true;
      };
      signal?.addEventListener('abort', abort, { once: true });
      const begin = () => {
        if (signal?.aborted) return;
        // Any other state there is now came of something older.
        if (this.#state.name !== wanted || !waiter(this.#state)) this.#waiters.add(waiter);
      };
      if (this.core) this.mark(begin);
      else begin();
    });
  }

  async #askCredentials(socket: number, reason: 'connect' | 'refused'): Promise<void> {
    try {
      const answer: Credentials = await this.options.credentials?.({ reason });
      if (typeof answer === 'string') this.core?.credentials(socket, answer, undefined);
      else if (answer && 'auth' in answer) this.core?.credentials(socket, undefined, JSON.stringify(answer.auth));
      else this.core?.credentials(socket, answer?.token, undefined);
    } catch (error) {
      this.core?.credentialsFailed(socket, text(error));
    }
  }

  async #rejoin(socket: number): Promise<void> {
    try {
      await this.runOnConnect();
      this.core?.rejoined(socket, undefined);
    } catch (error) {
      this.core?.rejoined(socket, text(error));
    }
  }

  /** @internal What a listener threw. */
  protected uncaught(thrown: unknown): void {
    if (!this.events.has('$uncaught')) return console.error('a listener of a rejoin client threw', thrown);
    try {
      this.events.emit('$uncaught', [thrown]);
    } catch (again) {
      console.error('a listener of a rejoin client threw', again);
    }
  }
}
