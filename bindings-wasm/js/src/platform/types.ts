/** What a client needs of a WebSocket. */
export interface SocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: string | ArrayBufferView): void;
  close(code?: number, reason?: string): void;
  /** Only the package `ws` can: to ping, to break off, and to stop reading. */
  ping?(payload: Uint8Array): void;
  terminate?(): void;
  pause?(): void;
  resume?(): void;
  /** What is sent between the two may leave as one. */
  cork?(): void;
  uncork?(): void;
}

/** A WebSocket class: the browser's, or one that does what it does. */
export type SocketConstructor = new (url: string, protocols?: string | string[]) => SocketLike;

/** How a socket is to be opened. */
export interface Dial {
  readonly url: string;
  readonly subprotocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** For the header `Authorization`, where the platform can send it. */
  readonly token: string | undefined;
  readonly compression: boolean;
  readonly maxMessageBytes: number | undefined;
  readonly WebSocket: SocketConstructor | undefined;
  /** What the platform knows of a failure, beyond what a page is told. */
  readonly failed: (code: string, message: string) => void;
  /** The server answered with an HTTP status; `retryAfter` is in milliseconds, or negative where it asked for nothing. */
  readonly refused: (status: number, retryAfter: number) => void;
  /** The peer answered a ping frame. */
  readonly pong: (payload: Uint8Array) => void;
}

/** A transport of Socket.IO beside the WebSocket. */
export interface Transport {
  /** Which. */
  readonly name: 'polling';
  /** @internal Gives what opens sockets by the transports of a client, in order of preference. It remembers what worked. */
  dial(order: readonly unknown[] | undefined, open: (dial: Dial) => SocketLike): (dial: Dial) => SocketLike;
}

/** What differs from one platform to the next. Builds take one of the modules beside this one as `#platform`. */
export interface Platform {
  /** Where the WebAssembly is. */
  wasm(): unknown;
  /** Loads what must be there before a socket can be opened. */
  prepare(): Promise<void> | void;
  open(dial: Dial): SocketLike;
}
