import { BaseClient } from '../base.js';
import type { WaitOptions } from '../options.js';
import { Call, Text, type TextRecord } from '../records.js';
import type { Driver } from '../driver.js';
import { RejoinError, closed, fromRecord, invalid } from '../errors.js';
import { byteLength } from '../memory.js';
import { messageOptions } from '../message-options.js';
import { type Check, type ClientOptions, object, string } from '../options.js';
import { type InboundOptions, Queue } from '../queue.js';
import type { Outgoing, Receipt } from '../receipt.js';
import type { Transport } from '../platform/types.js';
import type { State } from '../state.js';
import { webSocketUrl } from '../url.js';
import { encodeArgs } from './args.js';
import { Namespace, type NamespaceOptions, type NamespaceRequest, type ServerEvent } from './namespace.js';
import { isOffset, outline, parse, plainAnswer, plainNamespace } from './outline.js';
import { type EmitOptions, type Route, Sender } from './sender.js';
import type { AnyEvents } from './types.js';

/** How many names of events are remembered. */
const MAX_KNOWN = 1000;

const transports: Check = (value) =>
  Array.isArray(value) && value[0] && value.every((given, index) =>
    (given === 'websocket' || given?.dial) && value.findIndex((other) => !other.dial === !given.dial) === index)
    ? 0
    : "must hold 'websocket' or polling(), each once";

/** What the on-connect step works with: the new connection, before anything else uses it. */
export interface SocketIOSession {
  /** What is sent goes ahead of all that waits, and is not kept for another connection. */
  namespace<Emits = AnyEvents>(name?: string): Sender<Emits>;
}

/** What a client of a Socket.IO server can be told. */
export interface SocketIOOptions extends Omit<ClientOptions, 'heartbeat'> {
  /** The server's path. Default `/socket.io/`. */
  path?: string;
  /** What carries the packets, in order of preference: `'websocket'`, and `polling()` of `rejoin/polling`. Default `['websocket']`. */
  transports?: readonly ('websocket' | Transport)[];
  /** Parameters of the URL, beside those of Socket.IO. They are in logs: no secrets here. */
  query?: Readonly<Record<string, string>>;
  /** Runs at every connection before events flow. If it fails, the attempt has failed. */
  onConnect?: (session: SocketIOSession) => unknown;
}

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
  /** The namespaces that the core knows, by their lanes. */
  readonly #lanes: Namespace[] = [];

  /** Makes a client of the server at `url` (`http:`, `https:`, `ws:`, `wss:`, or relative to the page). It does not connect. */
  constructor(url: string | URL, options: SocketIOOptions = {}) {
    const query = { ...options.query, EIO: '4', transport: 'websocket' };
    super(webSocketUrl(url, pathOf(options.path), query), options, { path: string, query: object, transports });
    const other = options.transports?.find((given) => (given as Transport).dial) as Transport | undefined;
    if (other) this.open = other.dial(options.transports, this.open);
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
  namespace<Hears = AnyEvents, Emits = AnyEvents>(
    name = '/',
    { auth, connect = true }: NamespaceRequest = {},
  ): Namespace<Hears, Emits> {
    let namespace = this.#namespaces.get(name);
    if (!namespace) {
      if (this.closed) throw closed();
      if (typeof name !== 'string' || !name.startsWith('/') || name.includes(',')) throw invalid('namespace', 'must begin with / and hold no comma');
      namespace = new Namespace(this, name, this.uncaught);
      this.#namespaces.set(name, namespace);
      if (connect) this.join(name, auth, () => {});
    }
    return namespace as Namespace<Hears, Emits>;
  }

  /** @internal Asks for a namespace; `then` is called when all that happened before was told. */
  join(name: string, auth: NamespaceOptions['auth'], then: (error: RejoinError | undefined) => void): void {
    const text = auth === undefined ? undefined : encodeAuth(auth);
    this.withDriver((driver) => {
      let failed: RejoinError | undefined;
      driver.mark(() => then(failed));
      try {
        const parts = driver.put(text === undefined ? [name] : [name, text]);
        const lane = driver.call(Call.ConnectNamespace, 0, 0, 0, parts);
        const namespace = this.#namespaces.get(name) as Namespace;
        this.#lanes[lane] = namespace;
        namespace.lane = lane;
      } catch (error) {
        failed = error as RejoinError;
      }
    });
  }

  /** @internal */
  leave(name: string): void {
    // A failure says that it was left before: that is what was asked for.
    this.withDriver((driver) => driver.input(Call.DisconnectNamespace, 0, 0, 0, driver.put([name])));
  }

  /** @internal */
  submitEvent(
    { namespace, setup }: Route,
    name: string,
    args: readonly unknown[],
    options: EmitOptions,
    settle: Outgoing['settle'],
  ): Receipt {
    const { text, attachments } = encodeArgs([name, ...args]);
    const headBytes = byteLength(text);
    let bytes = headBytes;
    for (const attachment of attachments) bytes += attachment.length;
    const ack = settle ? (options.timeout ?? Number.NaN) : -1;
    return this.submit(
      { content: text, headBytes, attachments, repeats: (options.retries ?? 0) > 0, awaits: settle !== undefined && namespace === '/', settle },
      (driver) => {
        this.#checkName(driver, name);
        messageOptions(driver, setup, options);
        return driver.call(Call.Emit, this.#namespaces.get(namespace)?.lane ?? 0, bytes, attachments.length, ack);
      },
    );
  }

  /** Names of events that the core has found to be allowed. */
  readonly #known = new Set<unknown>();

  #remember(name: unknown): void {
    if (this.#known.size < MAX_KNOWN) this.#known.add(name);
  }

  #checkName(driver: Driver, name: string): void {
    if (this.#known.has(name)) return;
    // The protocol knows numbers too, and the drop-in passes them on.
    if (typeof name !== 'string' && typeof name !== 'number') throw invalid('name', 'must be a string');
    driver.call(Call.CheckName, 0, 0, 0, driver.put([`${name}`]));
    this.#remember(name);
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
  protected readonly host = {
    start: () =>
      ({ protocol: Call.SocketIo, seed: Math.random(), parts: [new Uint8Array(this.numbers.buffer)] }) as const,
    outline,
    message: () => {},
    binary: (bytes: Uint8Array): unknown => bytes,
    passOn: (data: string) => {
      const namespace = this.#namespaces.get(plainNamespace(data) as string);
      const content = namespace?.passesOn && parse(data.slice(data.indexOf('[')));
      if (!content || typeof content[0] !== 'string' || !this.#known.has(content[0])) return false;
      namespace.heard(content[0], content.slice(1), undefined);
      return true;
    },
    answer: plainAnswer,
    event: (content: unknown[], offset: boolean, lane: number, session: number, id: number) => {
      const namespace = this.#lanes[lane] as Namespace;
      this.#remember(content[0]);
      const args = content.slice(1, offset && isOffset(content) ? -1 : undefined);
      namespace.heard(content[0] as string, args, session < 0 ? undefined : this.#acknowledger(namespace, session, id));
    },
    told: (record: TextRecord) => {
      const namespace = this.#lanes[record[1]] as Namespace;
      if (record[0] === Text.NamespaceConnected) namespace.entered(record[2] === 1, record[3], record[4] === 1);
      else if (record[0] === Text.NamespaceDisconnected) namespace.left(fromRecord(record[2]));
      else if (record[0] === Text.Event) {
        const [, , session, id, name, args] = record;
        namespace.heard(name, args, session === 0 ? undefined : this.#acknowledger(namespace, session - 1, id));
      }
    },
  };

  /** @internal */
  protected runOnConnect(): unknown {
    return this.options.onConnect?.({
      namespace: <Emits>(name = '/') => new Sender<Emits>({ client: this, namespace: name, setup: true }, {}),
    });
  }

  /** @internal */
  protected entered(state: State): void {
    if (state.name !== 'disconnected' || !state.reason) return;
    for (const namespace of this.#namespaces.values()) namespace.gaveUp(state.reason);
  }

  /** @internal */
  protected ended(): void {
    for (const namespace of this.#namespaces.values()) namespace.ended();
  }

  #acknowledger({ name }: Namespace, session: number, id: number): (...args: unknown[]) => void {
    let answered = false;
    return (...args) => {
      if (answered) return;
      answered = true;
      const { text, attachments } = encodeArgs(args);
      const { driver } = this;
      if (!driver) throw closed();
      driver.call(Call.Acknowledge, session, id, 0, driver.put([name, text, ...attachments]));
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
