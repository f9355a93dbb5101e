import type { SocketLike } from './platform/types.js';
import type { Receipt } from './receipt.js';

/** Bytes that the socket may hold before the core is asked for no more: this is the backpressure. */
const MAX_BUFFERED = 262_144;
/** The first and the longest time after which the socket's buffer is looked at again. Nothing tells when it empties. */
const FIRST_LOOK = 2;
const LAST_LOOK = 100;

/** One WebSocket, and what it has not handed to the network yet. */
export class Link {
  readonly id: number;
  readonly socket: SocketLike;
  /** Whether it can send WebSocket pings: that of the package `ws` can. */
  readonly canPing: boolean;
  #sent = 0;
  #flushed = 0;
  #lookAfter = FIRST_LOOK;
  /** For each frame that may still be in the socket's buffer: what was sent when it had been, and its message. */
  #ends: number[] = [];
  #receipts: (Receipt | undefined)[] = [];

  constructor(id: number, socket: SocketLike) {
    this.id = id;
    this.socket = socket;
    this.canPing = typeof socket.ping === 'function';
  }

  /** Writes a frame of so many bytes. Throws what the socket throws. */
  write(content: string | Uint8Array, size: number, receipt: Receipt | undefined): void {
    this.socket.send(content);
    this.#written(size, receipt);
  }

  ping(payload: Uint8Array): void {
    this.socket.ping?.(payload);
    this.#written(0, undefined);
  }

  #written(size: number, receipt: Receipt | undefined): void {
    this.#sent += size;
    this.#ends.push(this.#sent);
    this.#receipts.push(receipt);
  }

  /** How many bytes it can take. */
  get room(): number {
    return MAX_BUFFERED - (this.hasUnflushed ? this.socket.bufferedAmount : 0);
  }

  get hasUnflushed(): boolean {
    return this.#ends.length > 0;
  }

  /** How many frames have left the socket's buffer, if there are more than the last time. */
  newlyFlushed(): number | undefined {
    if (!this.hasUnflushed) return undefined;
    const gone = this.#sent - this.socket.bufferedAmount;
    const { length } = this.#ends;
    let count = 0;
    while (count < length && (this.#ends[count] as number) <= gone) {
      this.#receipts[count]?.flushed();
      count += 1;
    }
    if (count === 0) return undefined;
    this.#ends = count === length ? [] : this.#ends.slice(count);
    this.#receipts = count === length ? [] : this.#receipts.slice(count);
    this.#flushed += count;
    this.#lookAfter = FIRST_LOOK;
    return this.#flushed;
  }

  /** After how many milliseconds to look again: each time later, until something left. */
  lookAfter(): number {
    const after = this.#lookAfter;
    this.#lookAfter = Math.min(after * 2, LAST_LOOK);
    return after;
  }

  /** Begins the closing handshake. Pages may use only 1000 and 3000 to 4999. */
  close(code: number): void {
    if (code === 1000 || (code >= 3000 && code < 5000)) this.socket.close(code);
    else this.socket.close();
  }

  /** Gives the socket up, whatever its state: no event of it arrives any more. */
  abandon(): void {
    const { socket } = this;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // One that fails late keeps its handler of errors: in Node.js an error without one ends the process.
    if (socket.terminate) socket.terminate();
    else socket.close();
  }
}
