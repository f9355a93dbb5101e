import { BaseClient } from '../base.js';
import type { WaitOptions } from '../options.js';
import type { RejoinError } from '../errors.js';
import type { SocketLike } from '../platform/types.js';
import { SocketIOClient, type SocketIOOptions, type SocketIOSession } from '../socketio/client.js';
import type { State } from '../state.js';
import { Emitter } from './emitter.js';
import { Engine } from './engine.js';
import { reasonOf } from './reasons.js';
import { Settings } from './settings.js';
import { Socket } from './socket.js';
import type { DefaultEventsMap, EventNames, EventsMap, ManagerOptions, ManagerReservedEvents, SocketOptions } from './types.js';

/** A client whose manager says which namespaces there are, even none, and sees its WebSocket. */
class ManagedClient extends SocketIOClient {
  readonly #dialled: (socket: SocketLike) => void;

  constructor(url: string, options: SocketIOOptions, dialled: (socket: SocketLike) => void) {
    super(url, options);
    this.host.binary = binaryOf;
    this.#dialled = dialled;
  }

  override connect(options?: WaitOptions): Promise<void> {
    return BaseClient.prototype.connect.call(this, options);
  }

  protected override dialled(socket: SocketLike): void {
    this.#dialled(socket);
  }

}

/** Binary data as socket.io-client gives it: a `Buffer` in Node.js, an `ArrayBuffer` in a page. */
function binaryOf({ buffer, byteOffset, byteLength }: Uint8Array): unknown {
  const { Buffer } = globalThis as { Buffer?: { from(...args: unknown[]): unknown } };
  return Buffer ? Buffer.from(buffer, byteOffset, byteLength) : buffer;
}

/** One connection and its namespaces, with the interface of the `Manager` of socket.io-client. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<Record<never, never>, Record<never, never>, ManagerReservedEvents> {
  readonly opts: Partial<ManagerOptions>;
  /** What is documented of the connection below. */
  readonly engine: Engine;
  readonly #uri: string;
  readonly #settings: Settings;
  readonly #sockets = new Map<string, Socket<ListenEvents, EmitEvents>>();
  #client: ManagedClient | undefined;
  /** The settings are not those that the client was made with. */
  #stale = false;
  #state: State['name'] = 'disconnected';
  #open = false;
  /** The reconnection attempts since the link was open, or since the first attempt failed. */
  #attempts = 0;
  #retrying = false;
  #whenOpened: ((error?: Error) => void)[] = [];

  constructor(options: Partial<ManagerOptions & SocketOptions>);
  constructor(uri?: string, options?: Partial<ManagerOptions & SocketOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, options?: Partial<ManagerOptions>) {
    super();
    this.opts = (typeof uri === 'object' ? uri : options) ?? {};
    this.#uri = typeof uri === 'string' ? uri : ((globalThis as { location?: { origin: string } }).location?.origin ?? '');
    this.#settings = new Settings(this.opts);
    this.engine = new Engine(() => this.hasListeners('ping'));
    this.engine.on('ping', () => this.emitReserved('ping'));
    if (this.#settings.autoConnect) this.open();
  }

  /** Whether it connects again by itself. */
  reconnection(): boolean;
  reconnection(value: boolean): this;
  reconnection(value?: boolean): this | boolean {
    return this.#setting('reconnection', value);
  }

  /** How many attempts follow the first one. */
  reconnectionAttempts(): number;
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(value?: number): this | number {
    return this.#setting('reconnectionAttempts', value);
  }

  /** The upper end of the first delay, in milliseconds. */
  reconnectionDelay(): number;
  reconnectionDelay(value: number): this;
  reconnectionDelay(value?: number): this | number {
    return this.#setting('reconnectionDelay', value);
  }

  /** The upper end of any delay, in milliseconds. */
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(value?: number): this | number {
    return this.#setting('reconnectionDelayMax', value);
  }

  /** Kept for compatibility: a delay is always drawn from its whole range. */
  randomizationFactor(): number;
  randomizationFactor(value: number): this;
  randomizationFactor(value?: number): this | number {
    return this.#setting('randomizationFactor', value);
  }

  /** How many milliseconds an attempt may take; `false`: no limit. */
  timeout(): number | false;
  timeout(value: number | false): this;
  timeout(value?: number | false): this | number | false {
    return this.#setting('timeout', value);
  }

  /** Connects; the function is told when that is done, or how it failed. */
  open(opened?: (error?: Error) => void): this {
    if (this.#state === 'connected' || this.#state === 'connecting') return this;
    if (opened) this.#whenOpened.push(opened);
    void this.client.connect();
    return this;
  }

  /** As `open`. */
  connect(opened?: (error?: Error) => void): this {
    return this.open(opened);
  }

  /** The socket of a namespace; the same name gives the same socket. */
  socket(nsp: string, options?: Partial<SocketOptions>): Socket<ListenEvents, EmitEvents> {
    let socket = this.#sockets.get(nsp);
    if (!socket) {
      socket = new Socket<ListenEvents, EmitEvents>(this, nsp, { ...options });
      this.#sockets.set(nsp, socket);
    }
    if (this.#settings.autoConnect) socket.connect();
    return socket;
  }

  override on<Name extends EventNames<ManagerReservedEvents>>(name: Name, listener: ManagerReservedEvents[Name]): this {
    if (name === 'ping') this.engine.listen();
    return super.on(name, listener as never);
  }

  /** @internal */
  has(nsp: string): boolean {
    return this.#sockets.has(nsp);
  }

  /** @internal How many events may wait before their socket is connected: as many as in the core's outbox. */
  readonly maxWaiting = 1000;

  /** @internal The client, made when it is first needed, so that settings can be changed before. */
  get client(): SocketIOClient {
    if (this.#client && this.#stale && this.#state === 'disconnected') {
      void this.#client.close();
      for (const socket of this.#sockets.values()) socket.forgetNamespace();
      this.#client = undefined;
    }
    this.#client ??= this.#makeClient();
    return this.#client;
  }

  /** @internal A socket wants to be connected. */
  activated(socket: Socket<ListenEvents, EmitEvents>): void {
    const { state } = this.client;
    const pastCredentials = state.name === 'connected' || (state.name === 'connecting' && state.phase !== 'credentials');
    if (pastCredentials) queueMicrotask(() => this.#join(socket));
    else if (state.name !== 'waiting') void this.client.connect();
  }

  /** @internal A socket does not want that any more. What it emitted just now is still to be sent. */
  deactivated(socket: Socket<ListenEvents, EmitEvents>): void {
    queueMicrotask(() => {
      if (this.#active.length === 0) return void this.#client?.disconnect();
      socket.leave();
    });
  }

  get #active(): Socket<ListenEvents, EmitEvents>[] {
    return [...this.#sockets.values()].filter((socket) => socket.active);
  }

  #setting<K extends keyof Settings>(name: K, value: Settings[K] | undefined): never {
    if (value === undefined) return this.#settings[name] as never;
    this.#settings[name] = value;
    this.#stale = true;
    return this as never;
  }

  #makeClient(): ManagedClient {
    this.#stale = false;
    const options: SocketIOOptions = {
      ...this.#settings.clientOptions(this.opts),
      credentials: async () => {
        await Promise.all(this.#active.map((socket) => socket.join()));
        return undefined;
      },
      onConnect: (session) => this.#opened(session),
    };
    const client = new ManagedClient(this.#uri, options, (socket) => this.engine.attach(socket));
    client.onState((state) => this.#entered(state));
    return client;
  }

  async #join(socket: Socket<ListenEvents, EmitEvents>): Promise<void> {
    try {
      await socket.join();
    } catch (error) {
      socket.refused(error as Error);
    }
  }

  /** The link is there, and nothing has been sent on it. */
  #opened(session: SocketIOSession): void {
    const attempts = this.#attempts;
    this.#open = true;
    this.#attempts = 0;
    this.#retrying = false;
    this.engine.opened();
    this.emitReserved('open');
    if (attempts > 0) this.emitReserved('reconnect', attempts);
    this.#answer(undefined);
    for (const socket of this.#active) socket.tell(session);
  }

  #entered(state: State): void {
    const was = this.#state;
    this.#state = state.name;
    switch (state.name) {
      case 'connecting':
        if (this.#retrying && was !== 'connecting') {
          this.#attempts += 1;
          this.emitReserved('reconnect_attempt', this.#attempts);
        }
        break;
      case 'waiting':
        if (was === 'waiting') break;
        this.#ended(state.cause, false);
        this.#retrying = true;
        if (!this.#settings.reconnection) void this.client.disconnect();
        break;
      case 'disconnected':
        this.#stopped(state.reason);
        break;
      case 'connected':
        // Namespaces that were asked for in the meantime.
        for (const socket of this.#active) socket.tell(undefined);
        break;
      case 'disconnecting':
    }
  }

  /** The link, or the attempt, is over. `final`: no other follows. */
  #ended(error: RejoinError, final: boolean): void {
    const wasOpen = this.#open;
    this.#open = false;
    this.engine.detach(reasonOf(error));
    if (wasOpen) this.emitReserved('close', reasonOf(error), error);
    else this.emitReserved('error', error);
    for (const socket of this.#active) {
      if (final) socket.refused(wasOpen ? undefined : error);
      else if (!wasOpen) socket.failed(error);
    }
    if (wasOpen) return;
    if (this.#retrying) this.emitReserved('reconnect_error', error);
    this.#answer(error);
  }

  /** Nothing follows by itself. */
  #stopped(reason: RejoinError | undefined): void {
    const retried = this.#retrying;
    if (reason && !['client_disconnect', 'server_disconnect', 'namespace_refused'].includes(reason.code)) {
      this.#ended(reason, true);
    } else {
      if (this.#open) this.emitReserved('close', 'forced close');
      this.#open = false;
      this.engine.detach('forced close');
    }
    this.#retrying = false;
    this.#attempts = 0;
    if (reason?.code === 'attempts_exhausted' && retried) this.emitReserved('reconnect_failed');
    for (const socket of this.#sockets.values()) if (!socket.active) socket.leave();
  }

  #answer(error: Error | undefined): void {
    for (const opened of this.#whenOpened.splice(0)) opened(error);
  }
}
