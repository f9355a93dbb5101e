import { Clock } from './clock.js';
import type { Core } from './core.js';
import { type Data, Delivery, type Host } from './delivery.js';
import { type ErrorRecord, type RejoinError, fromRecord } from './errors.js';
import { Link } from './link.js';
import { Inbox, type Part, Voice } from './memory.js';
import type { SocketLike } from './platform/types.js';
import type { Receipt } from './receipt.js';
import { Call, Flag, Place, Stat, Text, type TextRecord, Transmitted } from './records.js';
import { Writer } from './writer.js';

/** The longest wait in milliseconds, so that sleep is noticed soon after it. */
const MAX_WAIT = 15_000;
/** Messages that the core gets at once of those that were held back, so that a full consumer can say so in time. */
const HELD_AT_ONCE = 32;
/** Bytes that may be held back: a page cannot stop its socket from receiving. */
const MAX_HELD = 16 << 20;

/** What is called then is a microtask, at a tenth of what `queueMicrotask` costs in Chromium. */
const SOON = Promise.resolve();

/** The index of `woke` among the hints. */
const WOKE = 2;

/** Owns a core, its socket and its timer: carries out what the core says, and tells it what happened. */
export class Driver {
  readonly #core: Core;
  readonly #voice: Voice;
  readonly #host: Host;
  readonly #clock = new Clock();
  readonly #inbox: Inbox;
  readonly #maxMessage: number;
  readonly #delivery: Delivery;
  readonly #writer: Writer;
  #link: Link | undefined;
  #scheduled = false;
  /** When that was: what happens until the turn happens then. */
  #moment = 0;
  /** A turn is under way, whose listeners may make a socket tell more. */
  #turning = false;
  /** Messages that were handed over without the core, and when the last of them came. */
  #passed = 0;
  #passedAt = 0;
  /** The events that were answered by them. */
  #answered: number[] = [];
  /** What the core left before the first of them: see `Flag`. */
  #flags = 0;
  #freed = false;
  #paused = false;
  #held: (Data | (() => void))[] = [];
  #heldBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer ends. */
  #ends = 0;

  constructor(core: Core, host: Host) {
    this.#core = core;
    this.#voice = new Voice(core);
    this.#host = host;
    this.#delivery = new Delivery(this.#voice, host);
    this.#writer = new Writer(core, this.#voice, this.#delivery.receipts);
    this.#inbox = new Inbox(core);
    const { protocol, seed, parts } = host.start();
    this.call(protocol, seed, 0, 0, this.put(parts));
    this.#maxMessage = this.stat(Stat.MaxMessageBytes);
  }

  /** Gives the core an input; what follows from it happens in a turn of its own. What it gives, or -1. */
  input(call: Call, a = 0, b = 0, c = 0, d = 0): number {
    this.#schedule();
    this.#tellPassed();
    return this.#core.call(call, a, b, c, d, this.#moment);
  }

  /** As `input`, for what may fail: a failure is thrown. */
  call(call: Call, a = 0, b = 0, c = 0, d = 0): number {
    const result = this.input(call, a, b, c, d);
    if (result === -1) throw fromRecord(this.#voice.said as ErrorRecord);
    return result;
  }

  /** Puts what the next call is about where the core reads it, and gives the number of the parts. */
  put(parts: readonly Part[]): number {
    return this.#inbox.putParts(parts);
  }

  /** Hands a message to the core: `send` gives its id. */
  submit(receipt: Receipt, send: (driver: Driver) => number): void {
    receipt.id = send(this);
    this.#delivery.receipts.set(receipt.id, receipt);
  }

  stat(stat: Stat): number {
    this.#tellPassed();
    return this.#call(Call.Stat, 0, stat);
  }

  /** Runs when all that happened until now was told. */
  mark(then: () => void): void {
    this.#delivery.marks.push(then);
    this.input(Call.Mark);
  }

  /** The consumers are full, or have room again. */
  reading(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#link?.socket.pause?.();
    else this.#link?.socket.resume?.();
    this.input(Call.Reading, Number(paused));
  }

  /** The platform knows more of a failure than a page is told. */
  failed(code: string, message: string): void {
    this.#withLink(({ id }) => this.input(Call.Failed, id, 0, 0, this.put([code, message])));
  }

  /** The server answered with an HTTP status instead of the upgrade. */
  refused(status: number, retryAfter: number): void {
    this.#withLink(({ id }) => this.input(Call.Refused, id, status, retryAfter));
  }

  /** The peer answered a ping frame. */
  pong(payload: Uint8Array): void {
    this.#withLink(({ id }) => this.input(Call.Pong, id, this.#inbox.putBytes(payload)));
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

  /** Calls the core in a turn, for which nothing is to be scheduled. */
  #call(call: Call, now: number, a = 0, b = 0, c = 0, d = 0): number {
    return this.#core.call(call, a, b, c, d, now);
  }

  #withLink(work: (link: Link) => void): void {
    if (this.#link && !this.#freed) work(this.#link);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#moment = this.#clock.now();
    this.#reportFlushed(this.#moment);
    SOON.then(this.#turn);
  }

  /** Does all that is to be done, and hands over what happened. */
  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#freed) return;
    this.#tellPassed();
    let now = this.#clock.now();
    if (this.#clock.hasSlept(now)) {
      now = this.#clock.now();
      this.#call(Call.Network, now, WOKE);
    }
    if (this.#held.length > 0) this.#releaseHeld(now);
    this.#callTurn(now);
    this.#finishTurn(now);
  };

  #callTurn(now: number): void {
    this.#call(Call.Turn, now, Number((this.#link?.room ?? 0) > 0));
  }

  /** Does what the core has left after a turn. */
  #finishTurn(now: number): void {
    this.#turning = true;
    for (;;) {
      const commands = this.#hasCommands;
      if (commands) this.#carryOut(this.#voice.ask(Call.Commands), now);
      this.#write(now);
      if (!commands && !this.#hasCommands) break;
      this.#callTurn(now);
    }
    this.#setTimer(now);
    this.#delivery.deliver();
    this.#turning = false;
  }

  get #hasCommands(): boolean {
    return (this.#voice.left(Place.Flags) & Flag.Commands) !== 0;
  }

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
      this.#call(Call.Failed, now, id, 0, 0, this.put([code, message]));
      return;
    }
    const link = new Link(id, socket);
    this.#link = link;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.input(Call.Opened, id, Number(link.canPing));
    };
    socket.onmessage = ({ data }: { data: Data }) => this.#heard(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      // 1006 is what a page is told where there was no close frame, and 1005 where there was no code in it.
      const told = code === 1005 || code === 1006 ? 0 : code;
      const close = () => {
        this.input(Call.Closed, id, told, 0, this.put([reason ?? '']));
      };
      if (this.#held.length > 0) this.#held.push(close);
      else close();
    };
  }

  #heard(data: Data): void {
    // Sockets of pages tell one message at a time; that of the package `ws` tells all that came at once, and they share a
    // moment and a turn.
    if (this.#link?.canPing) this.#schedule();
    const now = this.#scheduled ? this.#moment : this.#clock.now();
    if (!this.#paused && this.#held.length === 0) {
      if (this.#passOn(data, now) || this.#hearAtOnce(data, now)) return;
      this.#schedule();
      return this.#take(data, now, false);
    }
    this.#schedule();
    this.#heldBytes += lengthOf(data);
    if (this.#heldBytes <= MAX_HELD) this.#held.push(data);
    else this.failed('slow_consumer', 'too much arrived unread');
  }

  /** Hands over a message of which the core would only take the time: it is told of that before anything else. */
  #passOn(data: Data, now: number): boolean {
    // The core was not called since another was passed on: what held for that holds for this.
    if (this.#passed === 0) {
      this.#flags = this.#voice.left(Place.Flags);
      if (this.#flags & (Flag.Awaits | Flag.Whole) || this.#voice.left(Place.Count) > 0 || this.#isBusy) return false;
    }
    if (lengthOf(data) > this.#maxMessage || this.#clock.isDue(now)) return false;
    // First, for a listener may call the core.
    this.#passed += 1;
    this.#passedAt = now;
    if (!(this.#flags & Flag.Reads)) this.#host.message(data);
    else if (typeof data !== 'string' || !(this.#passAnswer(data) || this.#host.passOn(data))) {
      this.#passed -= 1;
      return false;
    }
    return true;
  }

  /** As `passOn`: an answer to an event that waits for it is none that the core would refuse. */
  #passAnswer(data: string): boolean {
    const answer = this.#host.answer(data);
    if (!answer || !this.#delivery.receipts.get(answer[0])?.awaits) return false;
    this.#answered.push(answer[0]);
    this.#delivery.answered(...answer);
    return true;
  }

  #tellPassed(): void {
    const count = this.#passed;
    if (count === 0) return;
    this.#passed = 0;
    for (const id of this.#answered.splice(0)) this.#call(Call.Answered, this.#passedAt, id);
    this.#withLink(({ id }) => this.#call(Call.Passed, this.#passedAt, id, count));
  }

  /** Hears a message with its turn, if nothing else is to be done in that. */
  #hearAtOnce(data: Data, now: number): boolean {
    if (this.#scheduled) return false;
    this.#reportFlushed(now);
    if (this.#isBusy || this.#clock.isDue(now)) return false;
    this.#take(data, now, true);
    this.#finishTurn(now);
    return true;
  }

  /** Whether a message is not all that there is to think of. */
  get #isBusy(): boolean | undefined {
    return this.#turning || this.#link?.hasUnflushed;
  }

  /** Gives the core some of what was held back. */
  #releaseHeld(now: number): void {
    if (this.#paused) return;
    for (const item of this.#held.splice(0, HELD_AT_ONCE)) {
      if (typeof item === 'function') item();
      else this.#take(item, now, false);
    }
    if (this.#held.length === 0) this.#heldBytes = 0;
    else this.#schedule();
  }

  /** Gives the core a message, or as much of it as it needs. */
  #take(data: Data, now: number, withTurn: boolean): void {
    this.#tellPassed();
    const flags = this.#voice.left(Place.Flags);
    const { id } = this.#link as Link;
    if (lengthOf(data) > this.#maxMessage) {
      this.#call(Call.TooBig, now, id);
    } else if (!(flags & Flag.Reads)) {
      this.#call(Call.Message, now, id, this.#delivery.keep(data));
    } else if (typeof data !== 'string') {
      this.#call(Call.Binary, now, id, this.#inbox.putBytes(new Uint8Array(data)));
    } else {
      const outline = flags & Flag.Whole ? undefined : this.#host.outline(data);
      const slot = outline ? this.#delivery.keep(outline.content) : -1;
      this.#call(Call.Text, now, id, this.#inbox.putText(data, outline?.units, outline?.tail), slot, Number(withTurn));
      return;
    }
    if (withTurn) this.#callTurn(now);
  }

  #write(now: number): void {
    const link = this.#link;
    if (!link || this.#voice.left(Place.Kind) === Transmitted.Nothing) return;
    const written = this.#writer.write(link, now);
    this.#reportFlushed(now);
    if (!written) this.#call(Call.Failed, now, link.id, 0, 0, this.put(['network', 'cannot write']));
    this.#call(Call.Deadline, now);
  }

  /** Comes before whatever may end the link: what the socket has sent since it was last looked at is not sent again. */
  #reportFlushed(now: number): void {
    const frames = this.#link?.newlyFlushed();
    if (frames === undefined) return;
    this.#call(Call.Flushed, now, (this.#link as Link).id, frames);
  }

  /** A timer that ends too early does no harm, so it is set anew only for an earlier moment. */
  #setTimer(now: number): void {
    const deadline = this.#voice.left(Place.Deadline);
    const idle = Number.isNaN(deadline) && !this.#link;
    let at = Math.min(idle || Number.isNaN(deadline) ? Number.POSITIVE_INFINITY : deadline, now + MAX_WAIT);
    if (this.#link?.hasUnflushed) {
      at = Math.min(at, now + this.#link.lookAfter());
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
