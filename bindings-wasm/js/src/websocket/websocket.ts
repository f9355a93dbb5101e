import { Client, type PlainOptions, type Session } from '../client.js';
import type { RejoinError } from '../errors.js';
import type { SocketLike } from '../platform/types.js';
import type { State } from '../state.js';
import { checkClose, exception, socketUrl, subprotocols } from './arguments.js';
import { Handlers, closeEvent } from './events.js';

/** What a `RejoinWebSocket` can be told beyond a `WebSocket`. */
export interface RejoinWebSocketOptions extends Omit<PlainOptions, 'subprotocols'> {
  /**
   * Whether it connects again when a connection was lost. False: it tells `close` then, for libraries that make a new
   * socket for each session by themselves. Default true.
   */
  reconnect?: boolean;
}

interface Ended {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

type Raw = SocketLike & {
  readonly protocol?: string;
  readonly extensions?: string;
  addEventListener?(name: 'close', listener: (event: Ended) => void): void;
};

type Payload = string | Blob | ArrayBuffer | ArrayBufferView;

/** A client that shows its WebSocket to its owner. */
class ShownClient extends Client {
  readonly #dialled: (socket: SocketLike) => void;

  constructor(url: string, options: PlainOptions, dialled: (socket: SocketLike) => void) {
    super(url, options);
    this.#dialled = dialled;
  }

  protected override dialled(socket: SocketLike): void {
    this.#dialled(socket);
  }
}

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/**
 * A `WebSocket` that stays open: `readyState` is `OPEN` from the first connection until `close`, what is sent in between
 * waits for the next connection. `open` is told at every connection, and what its listeners send goes first; `reconnecting`
 * when one was lost; `close` once, when it is over for good.
 */
export class RejoinWebSocket extends EventTarget {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSING = CLOSING;
  readonly CLOSED = CLOSED;

  readonly url: string;
  readonly #client: Client;
  readonly #handlers = new Handlers(this);
  readonly #reconnect: boolean;
  readonly #onConnect: RejoinWebSocketOptions['onConnect'];
  #readyState = CONNECTING;
  #binaryType: BinaryType = 'blob';
  #raw: Raw | undefined;
  /** How the last connection ended, in the words of its close event. */
  #ended: Ended | undefined;
  /** What was sent when it was too late: it counts as buffered for ever. */
  #discarded = 0;
  #blobBytes = 0;
  /** While a `Blob` is read, what follows waits for it. */
  #reading: Promise<void> | undefined;
  #session: Session | undefined;

  constructor(url: string | URL, protocols?: string | readonly string[], options: RejoinWebSocketOptions = {}) {
    super();
    this.url = socketUrl(url);
    const { reconnect = true, onConnect, ...rest } = options;
    this.#reconnect = reconnect;
    this.#onConnect = onConnect;
    const client: PlainOptions = {
      ...rest,
      subprotocols: subprotocols(protocols),
      onConnect: (session) => this.#opened(session),
    };
    this.#client = new ShownClient(this.url, client, (socket) => this.#attach(socket));
    this.#client.onMessage((message) => this.#heard(message));
    this.#client.onState((state) => this.#entered(state));
    void this.#client.connect();
  }

  get readyState(): number {
    return this.#readyState;
  }

  /** The bytes that were sent and not handed to the network yet: those that wait for a connection are among them. */
  get bufferedAmount(): number {
    return this.#discarded + this.#blobBytes + this.#client.stats().outboxBytes;
  }

  /** The subprotocol that the server chose for the last connection. */
  get protocol(): string {
    return this.#raw?.protocol ?? '';
  }

  get extensions(): string {
    return this.#raw?.extensions ?? '';
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
  }

  get onopen(): ((event: Event) => unknown) | null {
    return this.#handlers.get('open');
  }

  set onopen(handler: ((event: Event) => unknown) | null) {
    this.#handlers.set('open', handler);
  }

  get onmessage(): ((event: MessageEvent) => unknown) | null {
    return this.#handlers.get('message');
  }

  set onmessage(handler: ((event: MessageEvent) => unknown) | null) {
    this.#handlers.set('message', handler);
  }

  get onerror(): ((event: Event) => unknown) | null {
    return this.#handlers.get('error');
  }

  set onerror(handler: ((event: Event) => unknown) | null) {
    this.#handlers.set('error', handler);
  }

  get onclose(): ((event: CloseEvent) => unknown) | null {
    return this.#handlers.get('close');
  }

  set onclose(handler: ((event: CloseEvent) => unknown) | null) {
    this.#handlers.set('close', handler);
  }

  /**
   * Sends a message, now or at the next connection, in order. Throws an `InvalidStateError` before the first connection, and
   * a `RejoinError` with the code `queue_full` or `too_big` for what the outbox does not take.
   */
  send(data: Payload): void {
    if (this.#readyState === CONNECTING) throw exception('InvalidStateError', 'Still in CONNECTING state.');
    const payload = isPayload(data) ? data : String(data);
    if (this.#readyState !== OPEN) this.#discarded += sizeOf(payload);
    else if (payload instanceof Blob || this.#reading) this.#sendInTurn(payload);
    else this.#sendNow(payload);
  }

  /** Closes it for good, when all that can be sent was. */
  close(code?: number, reason?: string): void {
    checkClose(code, reason);
    if (this.#readyState >= CLOSING) return;
    if (this.#readyState === OPEN) this.#closeWith(code, reason);
    this.#readyState = CLOSING;
    void Promise.resolve(this.#reading).then(() => this.#client.disconnect());
  }

  #attach(socket: Raw): void {
    this.#raw = socket;
    this.#ended = undefined;
    socket.addEventListener?.('close', ({ code, reason, wasClean }) => {
      if (socket === this.#raw) this.#ended = { code, reason, wasClean };
    });
  }

  /** The core closes with 1000: the code that was asked for takes its place. */
  #closeWith(code: number | undefined, reason: string | undefined): void {
    const raw = this.#raw;
    if (!raw || code === undefined) return;
    const close = raw.close.bind(raw);
    raw.close = () => close(code, reason);
  }

  async #opened(session: Session): Promise<void> {
    await this.#onConnect?.(session);
    if (this.#readyState >= CLOSING) return;
    this.#readyState = OPEN;
    this.#session = session;
    this.dispatchEvent(new Event('open'));
    this.#session = undefined;
  }

  #heard(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#readyState !== OPEN) return;
    const binary = () => (this.#binaryType === 'blob' ? new Blob([message as Uint8Array<ArrayBuffer>]) : bufferOf(message as Uint8Array<ArrayBuffer>));
    const data = typeof message === 'string' ? message : binary();
    this.dispatchEvent(new MessageEvent('message', { data, origin: new URL(this.url).origin }));
  }

  #entered(state: State): void {
    if (state.name === 'waiting' && this.#readyState === OPEN) {
      if (this.#reconnect) this.dispatchEvent(new Event('reconnecting'));
      else this.#finish(state.cause);
    } else if (state.name === 'disconnected' && state.reason) this.#finish(state.reason);
  }

  /** `close` is told in a task of its own, as by every WebSocket: one that was asked for with the close frame's code. */
  #finish(reason: RejoinError): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.#discarded = this.bufferedAmount;
    void this.#client.close();
    setTimeout(() => {
      const { closeCode = 1006 } = reason;
      const ended = this.#ended ?? { code: closeCode, reason: '', wasClean: closeCode !== 1006 };
      if (!ended.wasClean) this.dispatchEvent(new Event('error'));
      this.dispatchEvent(closeEvent(ended));
    });
  }

  #sendNow(payload: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#session) this.#session.send(payload);
    else this.#client.send(payload);
  }

  #sendInTurn(payload: Payload): void {
    const size = sizeOf(payload);
    // As it is now: the application may change its buffer while the blob before it is read.
    const kept = ArrayBuffer.isView(payload) || payload instanceof ArrayBuffer ? new Blob([payload as BlobPart]) : payload;
    this.#blobBytes += size;
    const before = this.#reading ?? Promise.resolve();
    const sent = before.then(async () => {
      const content = kept instanceof Blob ? await kept.arrayBuffer() : kept;
      this.#blobBytes -= size;
      this.#client.send(content);
    });
    const done = sent.catch(() => {
      this.dispatchEvent(new Event('error'));
    });
    this.#reading = done;
    void done.then(() => {
      if (this.#reading === done) this.#reading = undefined;
    });
  }
}

function isPayload(data: unknown): data is Payload {
  return typeof data === 'string' || data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data);
}

function sizeOf(payload: Payload): number {
  if (typeof payload === 'string') return new TextEncoder().encode(payload).length;
  return payload instanceof Blob ? payload.size : payload.byteLength;
}

function bufferOf(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? bytes.buffer : bytes.slice().buffer;
}
