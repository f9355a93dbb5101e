import { Clock } from './clock.js';
import type { Core } from './core.js';
import { type Data, Delivery, type Host } from './delivery.js';
import { type RejoinError, fromRecord } from './errors.js';
import { Link } from './link.js';
import { Inbox, bytes, textAt } from './memory.js';
import type { SocketLike } from './platform/types.js';
import type { Receipt } from './receipt.js';
import { Text, type TextRecord } from './records.js';

/** The longest wait in milliseconds, so that sleep is noticed soon after it. */
const MAX_WAIT = 15_000;
/** The first and the longest time after which the socket's buffer is looked at again. Nothing tells when it empties. */
const FIRST_LOOK = 2;
const LAST_LOOK = 100;
/** Messages that the core gets at once of those that were held back, so that a full consumer can say so in time. */
const HELD_AT_ONCE = 32;
/** Bytes that may be held back: a page cannot stop its socket from receiving. */
const MAX_HELD = 16 << 20;

/** What `flags` of the core says: see `bindings-wasm/src/effects.rs`. */
const COMMANDS = 1;
const READS = 4;
const WHOLE = 8;
/** What `transmit` of the core gives. */
const TEXT = 1;
const BINARY = 2;
const PING = 3;
const WOKE = 2;

/** Owns a core, its socket and its timer: carries out what the core says, and tells it what happened. */
export class Driver {
  readonly #core: Core;
  readonly #host: Host;
  readonly #clock = new Clock();
  readonly #inbox: Inbox;
  readonly #maxMessage: number;
  readonly #delivery: Delivery;
  #link: Link | undefined;
  #scheduled = false;
  #freed = false;
  #paused = false;
  #held: (Data | (() => void))[] = [];
  #heldBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer ends. */
  #ends = 0;
  #lookAfter = FIRST_LOOK;

  constructor(core: Core, host: Host) {
    this.#core = core;
    this.#host = host;
    this.#delivery = new Delivery(core, host);
    this.#inbox = new Inbox(core);
    this.#maxMessage = core.maxMessageBytes();
  }

  /** Gives the core an input; what follows from it happens in a turn of its own. */
  input<T>(work: (core: Core, now: number) => T): T {
    this.#schedule();
    return work(this.#core, this.#clock.now());
  }

  /** As `input`, for what may fail: -1 stands for a failure, which is thrown. */
  call(work: (core: Core, now: number) => number): number {
    const result = this.input(work);
    if (result === -1) throw fromRecord(JSON.parse(this.#core.error()));
    return result;
  }

  /** Puts bytes where the core reads them, and gives the ends of the parts. */
  put(parts: readonly Uint8Array[]): Uint32Array {
    return this.#inbox.put(parts);
  }

  /** Hands a message to the core. */
  submit(receipt: Receipt, work: (core: Core, now: number) => number): void {
    receipt.id = this.call(work);
    this.#delivery.receipts.set(receipt.id, receipt);
  }

  stats(): Float64Array {
    return this.#core.stats();
  }

  /** Runs when all that happened until now was told. */
  mark(then: () => void): void {
    this.#delivery.marks.push(then);
    this.input((core) => core.mark());
  }

  /** The consumers are full, or have room again. */
  reading(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#link?.socket.pause?.();
    else this.#link?.socket.resume?.();
    this.input((core, now) => core.reading(paused, now));
  }

  /** The platform knows more of a failure than a page is told. */
  failed(code: string, message: string, status: number): void {
    this.#withLink(({ id }) => this.input((core, now) => core.failed(id, code, message, status, now)));
  }

  /** The peer answered a ping frame. */
  pong(): void {
    this.#withLink(({ id }) => this.input((core, now) => core.pong(id, now)));
  }

  /** Nothing follows, and the memory is given back. Gives the messages that have come to no end. */
  free(): Iterable<Receipt> {
    this.#freed = true;
    this.#delivery.end();
    clearTimeout(this.#timer);
    this.#link?.abandon();
    this.#link = undefined;
    this.#core.free();
    return this.#delivery.receipts.values();
  }

  #withLink(work: (link: Link) => void): void {
    if (this.#link && !this.#freed) work(this.#link);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#turn);
  }

  /** Does all that is to be done, and hands over what happened. */
  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#freed) return;
    const core = this.#core;
    let now = this.#clock.now();
    if (this.#clock.hasSlept(now)) {
      now = this.#clock.now();
      core.network(WOKE, now);
    }
    if (this.#held.length > 0) this.#releaseHeld();
    this.#reportFlushed(now);
    core.tick(now);
    do {
      if (core.flags() & COMMANDS) this.#carryOut(JSON.parse(core.commands()), now);
      this.#write(now);
    } while (core.flags() & COMMANDS);
    this.#reportFlushed(now);
    this.#setTimer(now);
    this.#delivery.deliver();
  };

  #carryOut(commands: TextRecord[], now: number): void {
    for (const [kind, id, detail] of commands) {
      if (kind === Text.Open) this.#open(id, detail, now);
      else if (this.#link?.id !== id) continue;
      else if (kind === Text.Close) this.#link?.close(detail);
      else {
        this.#link?.abandon();
        this.#link = undefined;
        this.#held = [];
        this.#heldBytes = 0;
      }
    }
  }

  #open(id: number, token: string | undefined, now: number): void {
    let socket: SocketLike;
    try {
      socket = this.#host.dial(token);
    } catch (error) {
      const { code, message } = error as RejoinError;
      return this.#core.failed(id, code, message, 0, now);
    }
    const link = new Link(id, socket);
    this.#link = link;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.input((core, now) => core.opened(id, link.canPing, now));
    };
    socket.onmessage = ({ data }: { data: Data }) => this.#heard(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      // 1006 is what a page is told where there was no close frame, and 1005 where there was no code in it.
      const told = code === 1005 || code === 1006 ? 0 : code;
      const close = () => this.input((core, now) => core.closed(id, told, reason ?? '', now));
      if (this.#held.length > 0) this.#held.push(close);
      else close();
    };
  }

  #heard(data: Data): void {
    this.#schedule();
    if (!this.#paused && this.#held.length === 0) return this.#take(data);
    this.#heldBytes += lengthOf(data);
    if (this.#heldBytes <= MAX_HELD) this.#held.push(data);
    else this.failed('slow_consumer', 'too much arrived that is not read', 0);
  }

  /** Gives the core some of what was held back. */
  #releaseHeld(): void {
    if (this.#paused) return;
    for (const item of this.#held.splice(0, HELD_AT_ONCE)) {
      if (typeof item === 'function') item();
      else this.#take(item);
    }
    if (this.#held.length === 0) this.#heldBytes = 0;
    else this.#schedule();
  }

  /** Gives the core a message, or as much of it as it needs. */
  #take(data: Data): void {
    const { id } = this.#link as Link;
    const core = this.#core;
    const now = this.#clock.now();
    const flags = core.flags();
    if (lengthOf(data) > this.#maxMessage) return core.tooBig(id, now);
    if (!(flags & READS)) return core.message(id, this.#delivery.keep(data), now);
    if (typeof data !== 'string') {
      const [length] = this.#inbox.put([new Uint8Array(data)]);
      return core.binary(id, length as number, now);
    }
    const outline = flags & WHOLE ? undefined : this.#host.outline(data);
    const slot = outline ? this.#delivery.keep(outline.content) : -1;
    core.text(id, this.#inbox.putText(outline ? outline.text : data), slot, now);
  }

  /** Writes while the socket can take more. */
  #write(now: number): void {
    const link = this.#link;
    if (!link) return;
    let { room } = link;
    let corked = false;
    try {
      for (let kind = 0; room > 0 && (kind = this.#core.transmit(now)) !== 0; ) {
        if (!corked) link.socket.cork?.();
        corked = true;
        room -= this.#writeFrame(link, kind);
      }
    } catch {
      this.#core.failed(link.id, 'network', 'the socket refuses what is written', 0, now);
    }
    if (corked) link.socket.uncork?.();
  }

  /** Writes a frame, with what was kept of it, and gives its size. */
  #writeFrame(link: Link, kind: number): number {
    const core = this.#core;
    if (kind === PING) link.ping();
    if (kind !== TEXT && kind !== BINARY) return 0;
    const length = core.frameLength();
    const message = core.part();
    const receipt = message < 0 ? undefined : this.#delivery.receipts.get(message);
    const outgoing = receipt?.outgoing;
    if (!outgoing) {
      const at = core.frame();
      link.write(kind === TEXT ? textAt(at, length) : bytes().slice(at, at + length), length, undefined);
      return length;
    }
    const index = core.index();
    const content = index === 0 ? outgoing.content : (outgoing.attachments[index - 1] as Uint8Array);
    const size = typeof content === 'string' ? length + outgoing.headBytes : content.length;
    const whole = length === 0 ? content : textAt(core.frame(), length) + content;
    link.write(whole, size, index === outgoing.attachments.length ? receipt : undefined);
    return size;
  }

  #reportFlushed(now: number): void {
    const frames = this.#link?.newlyFlushed();
    if (frames === undefined) return;
    this.#lookAfter = FIRST_LOOK;
    this.#core.flushed((this.#link as Link).id, frames, now);
  }

  /** A timer that ends too early does no harm, so it is set anew only for an earlier moment. */
  #setTimer(now: number): void {
    const deadline = this.#core.deadline();
    const idle = Number.isNaN(deadline) && !this.#link;
    let at = Math.min(idle || Number.isNaN(deadline) ? Number.POSITIVE_INFINITY : deadline, now + MAX_WAIT);
    if (this.#link?.hasUnflushed) {
      at = Math.min(at, now + this.#lookAfter);
      this.#lookAfter = Math.min(this.#lookAfter * 2, LAST_LOOK);
    }
    if (!idle && this.#timer !== undefined && this.#ends <= at) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (idle) return;
    this.#ends = at;
    // Rounded up, or the timer would end just before its time, again and again.
    this.#timer = setTimeout(this.#wake, Math.max(0, Math.ceil(at - now)));
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.#schedule();
  };
}

function lengthOf(data: Data): number {
  // In UTF-16 units, of which each is at least a byte.
  return typeof data === 'string' ? data.length : data.byteLength;
}
