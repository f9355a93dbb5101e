import { BaseClient } from './base.js';
import type { WaitOptions } from './options.js';
import { type ListenOptions, Listeners, type Unsubscribe } from './emitter.js';
import { bytesOf } from './binary.js';
import { invalid } from './errors.js';
import { byteLength } from './memory.js';
import { Call } from './records.js';
import { checkMessageOptions, messageOptions } from './message-options.js';
import type { ClientOptions } from './options.js';
import { type InboundOptions, Queue, type Subscription } from './queue.js';
import type { Receipt } from './receipt.js';
import { webSocketUrl } from './url.js';

const NONE: readonly never[] = [];

/** A message as it arrives: text, or bytes. */
export type Message = string | Uint8Array<ArrayBuffer>;

/** What can be sent as bytes. A `Blob` must be read first. */
export type Binary = ArrayBuffer | ArrayBufferView;

/** How a message is sent. */
export interface SendOptions {
  /** Send it now or not at all: dropped when there is no connection. */
  volatile?: boolean;
  /** How many milliseconds it may wait for a connection; after that it is expired. Default: for ever. */
  ttl?: number;
  /** Replaces a waiting message of the same key: only the newest value is sent. */
  key?: string;
}

/** What the on-connect step works with: the new connection, before anything else uses it. */
export interface Session {
  /** Sends a message on this connection, ahead of all that waits. It is not kept for another connection. */
  send(message: string | Binary): Receipt;
  /** The messages that arrive from now on. */
  messages(options?: InboundOptions & WaitOptions): Subscription<Message>;
}

/** What a client of a plain WebSocket server can be told. */
export interface PlainOptions extends ClientOptions {
  /**
   * Runs at every connection before messages flow: to authenticate in-band, or to join again. If it fails, the attempt
   * has failed.
   */
  onConnect?: (session: Session) => unknown;
}

/**
 * A client that stays connected to a WebSocket server.
 *
 * ```ts
 * const client = new Client('wss://example.com/live');
 * client.onMessage((message) => console.log(message));
 * await client.connect();
 * const receipt = client.send('hello');
 * console.log(await receipt.outcome);
 * ```
 */
export class Client extends BaseClient {
  declare protected readonly options: PlainOptions;
  readonly #queues = new Set<Queue<Message>>();
  readonly #onMessage = new Listeners(this.uncaught);
  #unobserved = 0;

  /** Makes a client of the server at `url` (`ws:`, `wss:`, or relative to the page). It does not connect. */
  constructor(url: string | URL, options: PlainOptions = {}) {
    super(webSocketUrl(url), options);
    this.start();
  }

  /** Messages that arrived while nobody listened. */
  get unobserved(): number {
    return this.#unobserved;
  }

  /**
   * Sends a message, now or when there is a connection, in order. The receipt tells what became of it.
   *
   * Throws `queue_full`, `too_big`, `client_closed` or `invalid_argument`: the message was not accepted.
   */
  send(message: string | Binary, options: SendOptions = {}): Receipt {
    return this.#send(message, false, options);
  }

  /** Calls the listener with every message that arrives. */
  onMessage(listener: (message: Message) => unknown, options?: ListenOptions): Unsubscribe {
    return this.#onMessage.add(listener, options);
  }

  /** The messages that arrive from now on. Each call gives a consumer of its own, which gets every message. */
  messages({ signal, ...inbound }: InboundOptions & WaitOptions = {}): Subscription<Message> {
    const queue: Queue<Message> = new Queue<Message>(
      { ...this.options.inbound, ...inbound },
      () => {
        this.queueChanged(queue);
        if (queue.isEnded) this.#queues.delete(queue);
      },
      signal,
    );
    if (this.closed) queue.end();
    else if (!queue.isEnded) this.#queues.add(queue);
    return queue;
  }

  #send(message: string | Binary, setup: boolean, options: SendOptions): Receipt {
    // Bytes as they are now: the application may change its buffer.
    const content = typeof message === 'string' ? message : bytesOf(message, 'message')?.slice();
    if (content === undefined) throw invalid('message', 'must be a string, an ArrayBuffer or a view of one');
    checkMessageOptions(options);
    const binary = typeof content !== 'string';
    const bytes = binary ? content.length : byteLength(content);
    return this.submit(
      { content, headBytes: bytes, attachments: NONE, repeats: false, awaits: false, settle: undefined },
      (driver) => {
        messageOptions(driver, setup, options);
        return driver.call(Call.Send, bytes, Number(binary));
      },
    );
  }

  /** @internal */
  protected readonly host = {
    start: () => {
      const { ping, pong } = this.options.heartbeat ?? {};
      // An answer to what is never asked is an ordinary message.
      const texts = ping === undefined ? [] : [ping, ...(pong === undefined ? [] : [pong])];
      return { protocol: Call.Plain, seed: Math.random(), parts: [new Uint8Array(this.numbers.buffer), ...texts] } as const;
    },
    outline: (data: string) => ({ units: data.length, tail: '', content: data }),
    message: (data: string | ArrayBuffer) => {
      const message = typeof data === 'string' ? data : new Uint8Array(data);
      const { size } = this.#queues;
      if (size > 0) for (const queue of this.#queues) queue.push(message);
      if (this.#onMessage.call([message]) === 0 && size === 0) this.#unobserved += 1;
    },
    passOn: () => false,
    answer: () => undefined,
    binary: (bytes: Uint8Array) => bytes,
    event: () => {},
    told: () => {},
  };

  /** @internal */
  protected runOnConnect(): unknown {
    return this.options.onConnect?.({
      send: (message) => this.#send(message, true, {}),
      messages: (options) => this.messages(options),
    });
  }

  /** @internal */
  protected entered(): void {}

  /** @internal */
  protected ended(): void {
    for (const queue of [...this.#queues]) queue.end();
  }
}
