import type { RejoinError } from '../errors.js';
import type { Receipt } from '../receipt.js';
import { type Listener, guard } from './emitter.js';
import { ackError, timedOut } from './reasons.js';

/** As long as a timer can run: socket.io-client waits for ever. */
const NEVER = 2 ** 31 - 1;

/** How one event is sent. */
export interface PacketFlags {
  readonly volatile: boolean;
  /** Milliseconds until an acknowledgement is overdue. */
  readonly timeout: number | undefined;
  readonly retries: number;
}

/** What takes the acknowledgement. `withError`: it gets an error, or `null`, before the answer. */
export interface AckListener {
  readonly call: Listener;
  readonly withError: boolean;
}

/** An event on its way out. */
export class Packet {
  /** The type of an event in the protocol. */
  readonly type = 2;
  /** The event's name and its arguments. */
  readonly data: readonly unknown[];
  /** @internal */
  readonly flags: PacketFlags;
  readonly #ack: AckListener | undefined;
  readonly #made = Date.now();
  #receipt: Receipt | undefined;
  /** Counts the times that it was handed over: what becomes of an earlier one no longer counts. */
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(data: readonly unknown[], flags: PacketFlags, ack: AckListener | undefined) {
    this.data = data;
    this.flags = flags;
    this.#ack = ack;
  }

  /** @internal Its acknowledgement is due although it is not handed over yet. */
  wait(expired: () => void): void {
    const { timeout, retries } = this.flags;
    if (timeout === undefined || retries > 0 || !this.#ack) return;
    this.#timer = setTimeout(() => {
      expired();
      this.settle(timedOut());
    }, this.#left(timeout));
  }

  /** @internal Hands it to the core, whose outbox and time-outs hold from now on. */
  submit(send: (options: object, settle: ((answer: unknown[] | RejoinError) => void) | undefined) => Receipt): void {
    clearTimeout(this.#timer);
    const { volatile, timeout, retries } = this.flags;
    const waits = retries > 0 ? { retries, ...(timeout === undefined ? {} : { timeout }) } : this.#waits(timeout);
    const round = (this.#round += 1);
    const settle = (answer: unknown[] | RejoinError) => {
      if (round === this.#round) this.settle(answer);
    };
    const wanted = this.#ack || retries > 0;
    this.#receipt = send({ volatile, ...(wanted ? waits : {}) }, wanted ? settle : undefined);
  }

  /** @internal Takes it back from the core. False if it is under way already. */
  takeBack(): boolean {
    const receipt = this.#receipt;
    if (!receipt) return true;
    const round = this.#round;
    this.#round += 1;
    if (receipt.withdraw()) {
      this.#receipt = undefined;
      return true;
    }
    this.#round = round;
    return false;
  }

  /** @internal It will not be sent. */
  forget(): void {
    clearTimeout(this.#timer);
    this.takeBack();
  }

  /** @internal */
  get isHandedOver(): boolean {
    return this.#receipt !== undefined;
  }

  /** @internal */
  settle(answer: unknown[] | RejoinError): void {
    const ack = this.#ack;
    if (!ack) return;
    if (Array.isArray(answer)) guard(undefined, ack.call, ack.withError ? [null, ...answer] : answer);
    else if (ack.withError) guard(undefined, ack.call, [ackError(answer)]);
  }

  #waits(timeout: number | undefined): object {
    return timeout === undefined ? { timeout: NEVER } : { timeout, ttl: this.#left(timeout) };
  }

  #left(timeout: number): number {
    return Math.max(0, timeout - (Date.now() - this.#made));
  }
}
