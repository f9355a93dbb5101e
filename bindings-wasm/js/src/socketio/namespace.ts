import type { Unsubscribe, ListenOptions } from '../emitter.js';
import { Emitter, Listeners } from '../emitter.js';
import { type RejoinError, cancelled, closed } from '../errors.js';
import { type InboundOptions, Queue, type Subscription } from '../queue.js';
import type { Receipt } from '../receipt.js';
import type { WaitOptions } from '../options.js';
import type { SocketIOClient } from './client.js';
import { type EmitOptions, Sender } from './sender.js';
import type { AnyEvents, Answer, EmitArgs, Listener } from './types.js';

/** How a namespace is connected. */
export interface NamespaceOptions {
  /** Its own `auth` object, in place of the one of the client's credentials. */
  auth?: Readonly<Record<string, unknown>>;
}

/** How a namespace is asked for. */
export interface NamespaceRequest extends NamespaceOptions {
  /** False: it is connected only when its `connect` is called. Default true. */
  connect?: boolean;
}

/** An event as a stream gives it. */
export interface ServerEvent {
  readonly name: string;
  readonly args: unknown[];
  /** Answers it, where the server wants that. Throws `not_connected` when the session that asked is over. */
  readonly ack?: (...args: unknown[]) => void;
}

/** What a namespace says of itself, beside the events of the server. These names cannot be events of the server. */
interface OwnEvents {
  /** It is connected. `recovered`: the server kept the session, and what was missed follows; if not, fetch the state anew. */
  connect: (info: { readonly recovered: boolean; readonly sid: string }) => void;
  /** It is no longer connected. A retryable reason is followed by a new attempt. */
  disconnect: (reason: RejoinError) => void;
  /** The server refused it; the reason holds the server's data. It stays so until it is connected again. */
  connect_error: (reason: RejoinError) => void;
}

/** One namespace of a Socket.IO server: where events come from and go to. */
export class Namespace<Hears = AnyEvents, Emits = AnyEvents> {
  /** Its name. */
  readonly name: string;
  /** @internal The number by which the core knows it. */
  lane: number | undefined;
  readonly #client: SocketIOClient;
  readonly #emitter: Emitter;
  readonly #any: Listeners;
  readonly #sender: Sender<Emits>;
  readonly #queues = new Set<Queue<ServerEvent>>();
  readonly #waiters = new Set<(error: RejoinError | undefined) => void>();
  #sid: string | undefined;
  #recovered = false;
  /** @internal The core has nothing to do with events that want no answer. */
  passesOn = false;

  /** @internal */
  constructor(client: SocketIOClient, name: string, uncaught: (thrown: unknown) => void) {
    this.#client = client;
    this.name = name;
    this.#emitter = new Emitter(uncaught);
    this.#any = new Listeners(uncaught);
    this.#sender = new Sender({ client, namespace: name, setup: false }, {});
  }

  /** Whether it is connected. */
  get connected(): boolean {
    return this.#sid !== undefined;
  }

  /** The id of the session, which others can see; nothing while it is not connected. */
  get sid(): string | undefined {
    return this.#sid;
  }

  /** Whether the server kept the session at the last connection. */
  get recovered(): boolean {
    return this.#recovered;
  }

  /**
   * Connects it, now if there is a connection, and on each later one. Resolves when it is connected; rejects with what the
   * server refused it with, or what ended the connection for good. It does not connect the client.
   */
  connect({ signal, auth }: NamespaceOptions & WaitOptions = {}): Promise<void> {
    if (this.#client.closed) return Promise.reject(closed());
    const connected = new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(signal));
      const settle = (error: RejoinError | undefined) => {
        signal?.removeEventListener('abort', abort);
        this.#waiters.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      const abort = () => settle(cancelled(signal as AbortSignal));
      signal?.addEventListener('abort', abort, { once: true });
      this.#client.join(this.name, auth, (error) => {
        if (signal?.aborted) return;
        if (error || this.connected) settle(error);
        else this.#waiters.add(settle);
      });
    });
    connected.catch(() => {});
    return connected;
  }

  /** Leaves it: it is not connected again, and what waits for it is withdrawn. */
  disconnect(): void {
    this.#client.leave(this.name);
  }

  /** Calls the listener with the event's arguments, and last the function that answers it where the server wants that. */
  on<N extends keyof OwnEvents>(name: N, listener: OwnEvents[N], options?: ListenOptions): Unsubscribe;
  on<N extends keyof Hears & string>(name: N, listener: Listener<Hears, N>, options?: ListenOptions): Unsubscribe;
  on(name: string, listener: (...args: never[]) => unknown, options?: ListenOptions): Unsubscribe {
    return this.#emitter.on(name, listener, options);
  }

  /** As `on`, once. */
  once<N extends keyof OwnEvents>(name: N, listener: OwnEvents[N], options?: ListenOptions): Unsubscribe;
  once<N extends keyof Hears & string>(name: N, listener: Listener<Hears, N>, options?: ListenOptions): Unsubscribe;
  once(name: string, listener: (...args: never[]) => unknown, options?: ListenOptions): Unsubscribe {
    return this.#emitter.on(name, listener, { ...options, once: true });
  }

  /** Calls the listener with every event of the server. */
  onAny(listener: (event: ServerEvent) => unknown, options?: ListenOptions): Unsubscribe {
    return this.#any.add(listener, options);
  }

  /** The events that arrive from now on. Each call gives a consumer of its own, which gets every event. */
  events({ signal, ...inbound }: InboundOptions & WaitOptions = {}): Subscription<ServerEvent> {
    const queue: Queue<ServerEvent> = this.#client.queue(inbound, signal, () => this.#queues.delete(queue));
    if (!queue.isEnded) this.#queues.add(queue);
    return queue;
  }

  /** Sends an event: see `Sender.emit`. */
  emit<N extends keyof Emits & string>(name: N, ...args: EmitArgs<Emits[N]>): Receipt {
    return this.#sender.emit(name, ...args);
  }

  /** Sends an event and resolves with the answer: see `Sender.emitWithAck`. */
  emitWithAck<N extends keyof Emits & string>(name: N, ...args: EmitArgs<Emits[N]>): Promise<Answer<Emits[N]>> {
    return this.#sender.emitWithAck(name, ...args);
  }

  /** What sends events with these options: `namespace.with({ timeout: 2000, retries: 3 }).emitWithAck(…)`. */
  with(options: EmitOptions): Sender<Emits> {
    return new Sender({ client: this.#client, namespace: this.name, setup: false }, options);
  }

  /** @internal */
  entered(recovered: boolean, sid: string, passesOn: boolean): void {
    this.#sid = sid;
    this.passesOn = passesOn;
    this.#recovered = recovered;
    for (const settle of this.#waiters) settle(undefined);
    this.#emitter.emit('connect', [{ recovered, sid }]);
  }

  /** @internal */
  left(error: RejoinError): void {
    const was = this.connected;
    this.#sid = undefined;
    this.passesOn = false;
    if (!error.retryable) for (const settle of this.#waiters) settle(error);
    this.#emitter.emit(was ? 'disconnect' : 'connect_error', [error]);
  }

  /** @internal The link has ended for good. */
  gaveUp(error: RejoinError): void {
    for (const settle of this.#waiters) settle(error);
  }

  /** @internal */
  heard(name: string, args: unknown[], ack: ((...args: unknown[]) => void) | undefined): void {
    if (this.#queues.size > 0 || this.#any.size > 0) {
      const event: ServerEvent = ack ? { name, args, ack } : { name, args };
      for (const queue of this.#queues) queue.push(event);
      this.#any.call([event]);
    }
    this.#emitter.emit(name, ack ? [...args, ack] : args);
  }

  /** @internal */
  ended(): void {
    this.#sid = undefined;
    for (const settle of this.#waiters) settle(closed());
    for (const queue of [...this.#queues]) queue.end();
  }
}
