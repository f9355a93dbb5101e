import { open } from '#platform';
import { Core } from './core.js';
import type { Host } from './delivery.js';
import { Driver } from './driver.js';
import { asyncDispose, dispose } from './dispose.js';
import { type ListenOptions, Listeners, type Unsubscribe } from './emitter.js';
import { RejoinError, closed, invalid } from './errors.js';
import { HINTS, type NetworkHint, watch } from './lifecycle.js';
import { isReady, ready } from './load.js';
import { type Check, type ClientOptions, type Credentials, type WaitOptions, settings } from './options.js';
import type { Dial, SocketLike } from './platform/types.js';
import { quiet, text } from './promises.js';
import { Queue, type Subscription } from './queue.js';
import { type Outgoing, Receipt } from './receipt.js';
import { Call, Stat, Text, type TextRecord } from './records.js';
import type { Stats } from './stats.js';
import { type State, readState } from './state.js';
import { Waiters } from './waiters.js';

/** What matters of a queue for whether reading goes on. */
type Consumer = Pick<Queue<unknown>, 'isFull'>;

/** What waits for the core to be loaded. */
interface Early {
  readonly work: (driver: Driver) => void;
  readonly refused: ((error: RejoinError) => void) | undefined;
}

/** What the clients of all protocols have in common. */
export abstract class BaseClient {
  /** @internal */
  protected driver: Driver | undefined;
  /** @internal */
  protected readonly options: ClientOptions;
  /** @internal */
  protected readonly numbers: Float64Array;
  /** @internal How sockets are opened. */
  protected open = open;
  /** What the listeners of what is thrown throw goes no further round. */
  readonly #uncaught = new Listeners(report);
  /** @internal What a listener threw. */
  protected readonly uncaught = (thrown: unknown): void => {
    if (this.#uncaught.call([thrown]) === 0) report(thrown);
  };
  readonly #onState = new Listeners(this.uncaught);
  readonly #url: string;
  #early: Early[] = [];
  #state: State = { name: 'disconnected' };
  #closed = false;
  #finished = false;
  readonly #waiters = new Waiters();
  readonly #states = new Set<Queue<State>>();
  readonly #full = new Set<Consumer>();
  #unwatch: (() => void) | undefined;

  /** @internal */
  constructor(url: string, options: ClientOptions, checks?: Readonly<Record<string, Check>>) {
    this.numbers = settings(options, checks);
    this.options = options;
    this.#url = url;
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
    this.withDriver((driver) => driver.input(Call.Connect));
    return quiet(connected);
  }

  /**
   * Sends what can be sent, closes, and resolves when disconnected. Nothing connects again until `connect`. Messages that
   * could not be sent stay in the outbox.
   */
  disconnect(options: WaitOptions = {}): Promise<void> {
    return this.#end((driver) => driver.input(Call.Disconnect), options);
  }

  /** Disconnects for good: every message comes to its end, every stream ends, nothing is called any more. */
  close(options: WaitOptions = {}): Promise<void> {
    const first = !this.#closed;
    this.#closed = true;
    if (!this.driver) {
      this.#finish();
      return Promise.resolve();
    }
    const ended = this.#end((driver) => first && driver.input(Call.Close), options);
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
    return this.#onState.add(listener, options);
  }

  /** Calls the listener with what other listeners throw. Without one it goes to the console. */
  onUncaught(listener: (thrown: unknown) => unknown, options?: ListenOptions): Unsubscribe {
    return this.#uncaught.add(listener, options);
  }

  /** What was counted so far. */
  stats(): Stats {
    const stat = (stat: Stat) => this.driver?.stat(stat) ?? 0;
    return {
      attempts: stat(Stat.Attempts),
      connects: stat(Stat.Connects),
      framesSent: stat(Stat.FramesSent),
      framesReceived: stat(Stat.FramesReceived),
      outboxMessages: stat(Stat.OutboxMessages),
      outboxBytes: stat(Stat.OutboxBytes),
    };
  }

  /** Tells what the application knows about the network. It never undoes a disconnect. */
  network(hint: NetworkHint): void {
    const index = HINTS.indexOf(hint);
    if (index < 0) throw invalid('hint', `must be one of ${HINTS}`);
    this.driver?.input(Call.Network, index);
  }

  /** @internal A socket is being opened: for those who show it to their users. */
  protected dialled(_socket: SocketLike): void {}

  /** @internal What the driver tells of the protocol. */
  protected abstract readonly host: Omit<Host, 'dial' | 'told'> & {
    /** What is of the protocol's own. */
    told(record: TextRecord): void;
  };
  /** @internal Runs the on-connect step. */
  protected abstract runOnConnect(): unknown;
  /** @internal The state is another one. */
  protected abstract entered(state: State): void;
  /** @internal The client is closed: nothing follows. */
  protected abstract ended(): void;

  /** @internal Now, or when the core is loaded. */
  protected withDriver(work: (driver: Driver) => void, refused?: (error: RejoinError) => void): void {
    if (this.driver) return work(this.driver);
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

  /** @internal Hands a message over; before the core is loaded it waits here, within the same bound. */
  protected submit(outgoing: Outgoing, send: (driver: Driver) => number): Receipt {
    if (this.#closed) throw closed();
    const receipt = new Receipt(outgoing, this.#withdraw);
    if (this.driver) {
      this.driver.submit(receipt, send);
      return receipt;
    }
    if (this.#early.length >= (this.options.outbox?.maxMessages ?? 1000)) {
      throw new RejoinError('queue_full', 'too many wait for rejoin.wasm', { retryable: true });
    }
    const refused = (error: RejoinError) => {
      receipt.settle('rejected', error.code);
      receipt.answered?.(error);
    };
    this.withDriver((driver) => {
      try {
        driver.submit(receipt, send);
      } catch (error) {
        refused(error as RejoinError);
      }
    }, refused);
    return receipt;
  }

  readonly #withdraw = ({ id }: Receipt): boolean =>
    id !== undefined && this.driver?.input(Call.Withdraw, id) === 1;

  /** @internal A consumer is full, has room again, or ended. */
  protected readonly queueChanged = (queue: Consumer): void => {
    const was = this.#full.size > 0;
    if (queue.isFull) this.#full.add(queue);
    else this.#full.delete(queue);
    const paused = this.#full.size > 0;
    if (paused !== was) this.driver?.reading(paused);
  };

  /** @internal Makes the core, if that can be done at once. Throws what is wrong with the options. */
  protected start(): void {
    if (this.driver || this.#closed || !isReady()) return;
    const { host } = this;
    this.driver = new Driver(Core.make() as Core, {
      ...host,
      binary: (bytes) => host.binary(bytes),
      dial: (token) => this.#dial(token),
      told: (record) => this.#told(record),
    });
    for (const { work } of this.#early.splice(0)) work(this.driver);
  }

  #dial(token: string | undefined): SocketLike {
    const { options } = this;
    try {
      const socket = this.open({
        url: this.#url,
        subprotocols: options.subprotocols ?? [],
        headers: options.headers ?? {},
        token,
        compression: options.compression ?? false,
        maxMessageBytes: options.maxMessageBytes,
        WebSocket: options.WebSocket,
        failed: (code, message) => this.driver?.failed(code, message),
        refused: (status, retryAfter) => this.driver?.refused(status, retryAfter),
        pong: (payload) => this.driver?.pong(payload),
      });
      this.dialled(socket);
      return socket;
    } catch (error) {
      throw error instanceof RejoinError ? error : invalid('url', String(error));
    }
  }

  #told(record: TextRecord): void {
    if (record[0] === Text.State) this.#enter(readState(record as never));
    else if (record[0] === Text.Credentials) void this.#askCredentials(record[1], record[2]);
    else if (record[0] === Text.Rejoin) void this.#rejoin(record[1]);
    else this.host.told(record);
  }

  #enter(state: State): void {
    this.#state = state;
    this.#waiters.entered(state);
    this.entered(state);
    for (const queue of this.#states) queue.push(state);
    this.#onState.call([state]);
    // Not now: the core is in the middle of telling this, or has a turn to come.
    if (this.#closed && state.name === 'disconnected') queueMicrotask(() => this.#finish());
  }

  /** Nothing follows, and the memory is given back. */
  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#unwatch?.();
    for (const { refused } of this.#early.splice(0)) refused?.(closed());
    this.#waiters.end(closed());
    for (const receipt of this.driver?.free() ?? []) {
      receipt.settle('unconfirmed', 'client_closed');
      receipt.answered?.(closed());
    }
    this.driver = undefined;
    for (const queue of [...this.#states]) queue.end();
    this.ended();
  }

  #end(work: (driver: Driver) => unknown, { signal }: WaitOptions): Promise<void> {
    if (this.#finished || (!this.driver && this.#early.length === 0)) return Promise.resolve();
    const ended = this.#waitFor('disconnected', signal);
    this.withDriver(work);
    return quiet(ended);
  }

  #waitFor(wanted: 'connected' | 'disconnected', signal: AbortSignal | undefined): Promise<void> {
    const when = (turn: () => void) => (this.driver ? this.driver.mark(turn) : turn());
    return this.#waiters.wait(wanted, { signal, now: () => this.#state, when });
  }

  async #askCredentials(socket: number, reason: 'connect' | 'refused'): Promise<void> {
    try {
      const answer: Credentials = await this.options.credentials?.({ reason });
      const token = typeof answer === 'string' ? answer : answer && 'token' in answer ? answer.token : undefined;
      const auth = typeof answer === 'object' && answer && 'auth' in answer ? JSON.stringify(answer.auth) : undefined;
      const kind = auth !== undefined ? 2 : token !== undefined ? 1 : 0;
      this.#tell(Call.Credentials, socket, kind, auth ?? token);
    } catch (error) {
      this.#tell(Call.CredentialsFailed, socket, 0, text(error));
    }
  }

  async #rejoin(socket: number): Promise<void> {
    try {
      await this.runOnConnect();
      this.#tell(Call.Rejoined, socket, 0, undefined);
    } catch (error) {
      this.#tell(Call.Rejoined, socket, 0, text(error));
    }
  }

  /** What a callback of the application's led to. */
  #tell(call: Call, socket: number, kind: number, said: string | undefined): void {
    const { driver } = this;
    driver?.input(call, socket, kind, 0, said === undefined ? 0 : driver.put([said]));
  }
}

function report(thrown: unknown): void {
  console.error('a listener of a rejoin client threw', thrown);
}
