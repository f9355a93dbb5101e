import { type RejoinError, RejoinError as Failure, invalid } from '../errors.js';
import type { SocketIOSession } from '../socketio/client.js';
import type { Namespace, ServerEvent } from '../socketio/namespace.js';
import { CatchAll } from './catch-all.js';
import { Emitter, type Listener } from './emitter.js';
import type { Manager } from './manager.js';
import { type AckListener, Packet, type PacketFlags } from './packet.js';
import { reasonOf, refusalOf } from './reasons.js';
import type {
  AllButLast, Auth, AuthObject, DecorateAcknowledgements, DefaultEventsMap, DisconnectReason, EventNames, EventParams,
  EventsMap, FirstArg, Last, SocketOptions, SocketReservedEvents,
} from './types.js';

const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);
/** A little more than the core gives a credentials callback: this holds for namespaces that join a link which is there. */
const AUTH_TIMEOUT = 11_000;

// biome-ignore lint/suspicious/noExplicitAny: what a listener takes
type AnyListener = (...args: any[]) => void;

/** One namespace, with the interface of the `Socket` of socket.io-client. */
export class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<ListenEvents, EmitEvents, SocketReservedEvents> {
  readonly io: Manager<ListenEvents, EmitEvents>;
  /** The id of the session; nothing while it is not connected. */
  id: string | undefined;
  /** Whether events flow. */
  connected = false;
  /** Whether the last connection went on with the session of the one before: nothing was missed. */
  recovered = false;
  /** The credentials, sent with each CONNECT. */
  auth: Auth | undefined;
  /** Kept for compatibility: the core holds what arrives before `connect`. */
  readonly receiveBuffer: readonly unknown[] = [];
  /** The name of the namespace. */
  readonly nsp: string;
  readonly #options: Partial<SocketOptions>;
  readonly #anyIn = new CatchAll();
  readonly #anyOut = new CatchAll();
  #flags: { volatile?: boolean; timeout?: number } = {};
  #active = false;
  #namespace: Namespace | undefined;
  /** What was emitted while not connected. */
  #buffer: Packet[] = [];
  /** Whether the core takes what is emitted. Until the first `connect` it waits here, so that its listeners come first. */
  #handsOver = false;
  /** The session is there, and `connect` is still to be told. */
  #untold = false;
  #session: SocketIOSession | undefined;

  /** @internal */
  constructor(io: Manager<ListenEvents, EmitEvents>, nsp: string, options: Partial<SocketOptions> = {}) {
    super();
    this.io = io;
    this.nsp = nsp;
    this.#options = options;
    if (options.auth) this.auth = options.auth;
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /** Whether it is connected, or will be by itself. False: `connect` must be called. */
  get active(): boolean {
    return this.#active;
  }

  /** What was emitted and waits for the connection. Give it an empty array to drop that. */
  get sendBuffer(): Packet[] {
    return this.#buffer;
  }

  set sendBuffer(kept: Packet[]) {
    for (const packet of this.#buffer) if (!kept.includes(packet)) packet.forget();
    this.#buffer = kept;
  }

  /** Connects, and stays connected. */
  connect(): this {
    if (this.#active) return this;
    this.#active = true;
    this.io.activated(this);
    return this;
  }

  /** As `connect`. */
  open(): this {
    return this.connect();
  }

  /** Disconnects; nothing but `connect` undoes it. */
  disconnect(): this {
    const was = this.connected;
    this.#deactivate();
    if (was) this.#left('io client disconnect', undefined);
    return this;
  }

  /** As `disconnect`. */
  close(): this {
    return this.disconnect();
  }

  /** Emits the event `message`. */
  // biome-ignore lint/suspicious/noExplicitAny: any arguments
  send(...args: any[]): this {
    return this.#emit('message', args);
  }

  /** Sends an event; a function as its last argument takes the acknowledgement. Throws `queue_full` beyond the bound. */
  override emit<Name extends EventNames<EmitEvents>>(name: Name, ...args: EventParams<EmitEvents, Name>): this {
    return this.#emit(name as string, args);
  }

  /** Sends an event and resolves with its acknowledgement. */
  emitWithAck<Name extends EventNames<EmitEvents>>(
    name: Name,
    ...args: AllButLast<EventParams<EmitEvents, Name>>
  ): Promise<FirstArg<Last<EventParams<EmitEvents, Name>>>> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null, answer: never) => (error ? reject(error) : resolve(answer));
      this.#emit(name as string, args, { call: settle, withError: true });
    });
  }

  /** Kept for compatibility: whether frames are compressed is agreed when the connection opens. */
  compress(_compress: boolean): this {
    return this;
  }

  /** The next event is sent now or not at all. */
  get volatile(): this {
    this.#flags.volatile = true;
    return this;
  }

  /** The next event must be acknowledged within so many milliseconds, or its function gets an error. */
  timeout(timeout: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>> {
    this.#flags.timeout = timeout;
    return this as never;
  }

  /** Calls the listener with every event that arrives, its name first. */
  onAny(listener: AnyListener): this {
    this.#anyIn.append(listener);
    return this;
  }

  prependAny(listener: AnyListener): this {
    this.#anyIn.prepend(listener);
    return this;
  }

  offAny(listener?: AnyListener): this {
    this.#anyIn.remove(listener);
    return this;
  }

  listenersAny(): AnyListener[] {
    return this.#anyIn.all;
  }

  /** Calls the listener with every event that is sent, its name first. */
  onAnyOutgoing(listener: AnyListener): this {
    this.#anyOut.append(listener);
    return this;
  }

  prependAnyOutgoing(listener: AnyListener): this {
    this.#anyOut.prepend(listener);
    return this;
  }

  offAnyOutgoing(listener?: AnyListener): this {
    this.#anyOut.remove(listener);
    return this;
  }

  listenersAnyOutgoing(): AnyListener[] {
    return this.#anyOut.all;
  }

  /** @internal Asks for the namespace, with credentials that are asked for now. */
  async join(): Promise<void> {
    const auth = await this.#authObject();
    if (!this.#active) return;
    const { client } = this.io;
    if (this.#namespace) return client.join(this.nsp, auth, () => {});
    this.#namespace = client.namespace(this.nsp, auth ? { auth } : {});
    this.#namespace.on('connect', ({ sid, recovered }) => this.#entered(sid, recovered));
    this.#namespace.on('disconnect', (error) => this.#lost(error));
    this.#namespace.on('connect_error', (error) => this.refused(refusalOf(error, this.nsp)));
    this.#namespace.onAny((event) => this.#heard(event));
  }

  /** @internal Leaves it in the core. */
  leave(): void {
    this.#namespace?.disconnect();
  }

  /** @internal The manager's client is another one. */
  forgetNamespace(): void {
    this.#namespace = undefined;
  }

  /** @internal It will not be connected by itself; without an error because it was told so before. */
  refused(error: Error | undefined): void {
    if (!this.#active) return;
    this.#deactivate();
    if (error) this.emitReserved('connect_error', error);
  }

  /** @internal An attempt failed; another follows. */
  failed(error: Error): void {
    if (this.#active && !this.connected) this.emitReserved('connect_error', error);
  }

  /** @internal Tells `connect`. What its listeners emit goes ahead of all that waits. */
  tell(session: SocketIOSession | undefined): void {
    if (!this.#untold) return;
    this.#untold = false;
    const waiting = this.#buffer;
    this.#buffer = [];
    for (const packet of waiting) this.#anyOut.call(this, packet.data);
    this.#handsOver = true;
    this.#session = session;
    this.emitReserved('connect');
    this.#session = undefined;
    for (const packet of waiting) if (!packet.isHandedOver) this.#submitLater(packet);
  }

  #emit(name: string, args: unknown[], given?: AckListener): this {
    if (RESERVED.has(name)) throw new Error(`"${name}" is a reserved event name`);
    const { volatile = false, timeout = this.#options.ackTimeout } = this.#flags;
    this.#flags = {};
    const flags: PacketFlags = { volatile, timeout, retries: volatile ? 0 : (this.#options.retries ?? 0) };
    const call = !given && typeof args.at(-1) === 'function' ? (args.pop() as Listener) : undefined;
    const withError = timeout !== undefined || flags.retries > 0;
    const packet = new Packet([name, ...args], flags, call ? { call, withError } : given);
    if (this.connected) {
      this.#anyOut.call(this, packet.data);
      this.#submit(packet);
    } else if (volatile) {
      queueMicrotask(() => packet.settle(new Failure('dropped', 'a volatile event is not kept for a connection')));
    } else this.#keep(packet);
    return this;
  }

  #keep(packet: Packet): void {
    if (this.#handsOver) this.#submit(packet);
    else if (this.#buffer.length >= this.io.maxWaiting) {
      throw new Failure('queue_full', 'too many events wait for the connection', { retryable: true });
    } else packet.wait(() => this.#drop(packet));
    this.#buffer.push(packet);
  }

  #drop(gone: Packet): void {
    this.#buffer = this.#buffer.filter((packet) => packet !== gone);
  }

  #submit(packet: Packet): void {
    const [name, ...args] = packet.data;
    const route = { client: this.io.client, namespace: this.nsp, setup: this.#session !== undefined };
    packet.submit((options, settle) => route.client.submitEvent(route, name as string, args, options, settle));
  }

  /** As `submit`, when nobody is there to catch. */
  #submitLater(packet: Packet): void {
    try {
      this.#submit(packet);
    } catch (error) {
      packet.settle(error as RejoinError);
    }
  }

  /** The events that the core has not sent yet come back here. */
  #deactivate(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#handsOver = false;
    this.#untold = false;
    this.#buffer = this.#buffer.filter((packet) => packet.takeBack());
    for (const packet of this.#buffer) packet.wait(() => this.#drop(packet));
    this.io.deactivated(this);
  }

  #entered(sid: string, recovered: boolean): void {
    if (!this.#active) return;
    this.id = sid;
    this.recovered = recovered;
    this.connected = true;
    this.#untold = true;
    if (this.io.client.connected) this.tell(undefined);
  }

  #lost(error: RejoinError): void {
    if (!this.connected) return;
    const reason = reasonOf(error);
    if (reason === 'io server disconnect') this.#deactivate();
    this.#left(reason, error);
  }

  #left(reason: DisconnectReason, description: Error | undefined): void {
    this.connected = false;
    this.id = undefined;
    this.#untold = false;
    this.emitReserved('disconnect', reason, description);
  }

  #heard({ name, args, ack }: ServerEvent): void {
    if (!this.connected) return;
    const all = ack ? [...args, ack] : args;
    this.#anyIn.call(this, [name, ...all]);
    this.fire(name, all);
  }

  #authObject(): Promise<AuthObject | undefined> {
    const { auth } = this;
    const checked = (object: unknown): AuthObject | undefined => {
      if (object === undefined || object === null) return undefined;
      if (typeof object !== 'object' || Array.isArray(object)) throw invalid('auth', 'must be an object');
      return object;
    };
    if (typeof auth !== 'function') return Promise.resolve(auth).then(checked);
    return new Promise<unknown>((resolve, reject) => {
      const overdue = new Failure('credentials_timeout', 'the auth callback did not answer', { retryable: true });
      const timer = setTimeout(() => reject(overdue), AUTH_TIMEOUT);
      auth((object) => {
        clearTimeout(timer);
        resolve(object);
      });
    }).then(checked);
  }
}

export declare namespace Socket {
  type DisconnectReason = import('./types.js').DisconnectReason;
}
