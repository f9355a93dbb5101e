import { BaseClient } from '../base.js';
import type { WaitOptions } from '../options.js';
import { Kind, type Record_ } from '../record.js';
import { Core, describe } from '../core.js';
import { Emitter } from '../emitter.js';
import { RejoinError, call, closed, fromRecord, invalid } from '../errors.js';
import { type ClientOptions, object, string } from '../options.js';
import { type InboundOptions, Queue } from '../queue.js';
import type { Outcome, Receipt } from '../receipt.js';
import type { State } from '../state.js';
import { webSocketUrl } from '../url.js';
import { decodeArgs, encodeArgs } from './args.js';
import { Namespace, type NamespaceOptions, type ServerEvent } from './namespace.js';
import { type EmitOptions, type Route, Sender } from './sender.js';
import type { AnyEvents } from './types.js';

/** What the on-connect step works with: the new connection, before anything else uses it. */
export interface SocketIOSession {
  /** What is sent goes ahead of all that waits, and is not kept for another connection. */
  namespace<Emits = AnyEvents>(name?: string): Sender<Emits>;
}

/** What a client of a Socket.IO server can be told. */
export interface SocketIOOptions extends Omit<ClientOptions, 'heartbeat'> {
  /** The server's path. Default `/socket.io/`. */
  path?: string;
  /** Parameters of the URL, beside those of Socket.IO. They are in logs: no secrets here. */
  query?: Readonly<Record<string, string>>;
  /** Runs at every connection before events flow. If it fails, the attempt has failed. */
  onConnect?: (session: SocketIOSession) => unknown;
}

type Settle = (answer: unknown[] | RejoinError) => void;

/**
 * A client that stays connected to a Socket.IO server (version 3 or later), over WebSocket.
 *
 * ```ts
 * const client = new SocketIOClient('https://example.com');
 * const chat = client.namespace('/chat');
 * chat.on('message', (text: string) => console.log(text));
 * await client.connect();
 * console.log(await chat.emitWithAck('message', 'hello'));
 * ```
 */
export class SocketIOClient extends BaseClient {
  declare protected readonly options: SocketIOOptions;
  readonly #namespaces = new Map<string, Namespace>();
  readonly #acks = new Map<number, Settle>();

  /** Makes a client of the server at `url` (`http:`, `https:`, `ws:`, `wss:`, or relative to the page). It does not connect. */
  constructor(url: string | URL, options: SocketIOOptions = {}) {
    const query = { ...options.query, EIO: '4', transport: 'websocket' };
    super(webSocketUrl(url, pathOf(options.path), query), options, { path: string, query: object });
    this.start();
  }

  /** As every client, and in the namespace `/` if no other was asked for. */
  override connect(options?: WaitOptions): Promise<void> {
    if (this.#namespaces.size === 0 && !this.closed) this.namespace();
    return super.connect(options);
  }

  /**
   * A namespace, `/` by default: connected with the client, or at once if that is connected. The same name gives the same
   * namespace. Where a refusal matters, wait for its `connect`.
   */
  namespace<Hears = AnyEvents, Emits = AnyEvents>(name = '/', { auth }: NamespaceOptions = {}): Namespace<Hears, Emits> {
    let namespace = this.#namespaces.get(name);
    if (!namespace) {
      if (this.closed) throw closed();
      if (!name.startsWith('/') || name.includes(',')) throw invalid('namespace', 'must begin with / and hold no comma');
      namespace = new Namespace(this, name, new Emitter((thrown) => this.uncaught(thrown)));
      this.#namespaces.set(name, namespace);
      this.join(name, auth, () => {});
    }
    return namespace as Namespace<Hears, Emits>;
  }

  /** @internal Asks for a namespace; `then` is called when all that happened before was told. */
  join(name: string, auth: NamespaceOptions['auth'], then: (error: RejoinError | undefined) => void): void {
    const text = auth === undefined ? undefined : encodeAuth(auth);
    this.withCore((core) => {
      let failed: RejoinError | undefined;
      this.mark(() => then(failed));
      try {
        call(() => core.connectNamespace(name, text));
      } catch (error) {
        failed = error as RejoinError;
      }
    });
  }

  /** @internal */
  leave(name: string): void {
    this.withCore((core) => {
      try {
        core.disconnectNamespace(name);
      } catch {
        // It was left before: that is what was asked for.
      }
    });
  }

  /** @internal */
  submitEvent(
    { namespace, setup }: Route,
    name: string,
    args: readonly unknown[],
    { timeout = Number.NaN, retries = 0, volatile = false, ttl = Number.NaN, key }: EmitOptions,
    settle: Settle | undefined,
  ): Receipt {
    const { text, attachments } = encodeArgs(args);
    const ack = settle ? timeout : -1;
    return this.submit((core) => {
      const id = core.emit(namespace, name, text, attachments, ack, retries, setup, volatile, ttl, key);
      if (settle) this.#acks.set(id, settle);
      return id;
    }, settle);
  }

  /** @internal */
  queue(inbound: InboundOptions, signal: AbortSignal | undefined, ended: () => void): Queue<ServerEvent> {
    const queue: Queue<ServerEvent> = new Queue<ServerEvent>(
      { ...this.options.inbound, ...inbound },
      () => {
        this.queueChanged(queue);
        if (queue.isEnded) ended();
      },
      signal,
    );
    if (this.closed) queue.end();
    return queue;
  }

  /** @internal */
  protected makeCore(host: never, seed: number): Core {
    return Core.socketio(host, this.numbers, seed);
  }

  /** @internal */
  protected payload(): void {}

  /** @internal */
  protected record(record: Record_, payloads: unknown[]): void {
    switch (record[0]) {
      case Kind.Event: {
        const [, namespace, name, args, count, session, id] = record;
        const ack = id === undefined ? undefined : this.#acknowledger(namespace, session, id);
        this.#namespaces.get(namespace)?.heard(name, decodeArgs(args, count, payloads), ack);
        break;
      }
      case Kind.Ack: {
        const [, id, args, count] = record;
        const settle = this.#acks.get(id);
        this.#acks.delete(id);
        settle?.(decodeArgs(args, count, payloads));
        break;
      }
      case Kind.NamespaceConnected:
        this.#namespaces.get(record[1])?.entered(record[2], record[3]);
        break;
      case Kind.NamespaceDisconnected:
        this.#namespaces.get(record[1])?.left(fromRecord(record[2]));
        break;
      default:
    }
  }

  /** @internal */
  protected runOnConnect(): unknown {
    return this.options.onConnect?.({
      namespace: <Emits>(name = '/') => new Sender<Emits>({ client: this, namespace: name, setup: true }, {}),
    });
  }

  /** @internal */
  protected resolved(id: number, outcome: Outcome, cause: string | undefined): void {
    // The answer itself comes after the outcome.
    if (outcome === 'acknowledged') return;
    const settle = this.#acks.get(id);
    if (!settle || !this.#acks.delete(id)) return;
    const code = cause ?? outcome;
    settle(fromRecord(JSON.parse(describe(code, `the event was not acknowledged: ${code}`))));
  }

  /** @internal */
  protected entered(state: State): void {
    if (state.name !== 'disconnected' || !state.reason) return;
    for (const namespace of this.#namespaces.values()) namespace.gaveUp(state.reason);
  }

  /** @internal */
  protected ended(): void {
    for (const settle of this.#acks.values()) settle(closed());
    this.#acks.clear();
    for (const namespace of this.#namespaces.values()) namespace.ended();
  }

  #acknowledger(namespace: string, session: number, id: number): (...args: unknown[]) => void {
    let answered = false;
    return (...args) => {
      if (answered) return;
      answered = true;
      const { text, attachments } = encodeArgs(args);
      const { core } = this;
      if (!core) throw closed();
      call(() => core.acknowledge(namespace, session, id, text, attachments));
    };
  }
}

function encodeAuth(auth: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(auth);
  } catch (cause) {
    throw invalid('auth', 'cannot be written as JSON', cause);
  }
}

/** Servers want the slash at the end. */
function pathOf(path = '/socket.io/'): string {
  return `/${path.replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
}
