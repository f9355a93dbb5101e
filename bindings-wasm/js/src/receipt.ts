import type { ErrorCode, RejoinError } from './errors.js';

/**
 * What became of a message. `sent`: handed to a link that showed life afterwards, which does not prove delivery.
 * `acknowledged`: the server has it. `unconfirmed`: it was handed to a link that died, it may or may not have arrived.
 * `rejected`: it was never accepted, or the server refused it as too big.
 */
export type Outcome =
  | 'sent' | 'acknowledged' | 'expired' | 'dropped' | 'withdrawn' | 'unconfirmed' | 'rejected';

/** @internal A message on its way to the core. */
export interface Outgoing {
  /** The head. */
  readonly content: string | Uint8Array;
  /** The length of the head in bytes. */
  readonly headBytes: number;
  /** What follows it with nothing between. */
  readonly attachments: readonly Uint8Array[];
  /** It may be sent again. */
  readonly repeats: boolean;
  /** Once it was sent, an answer is to come in the namespace `/`. */
  readonly awaits: boolean | undefined;
  /** Takes the answer, or why there is none. */
  readonly settle: ((answer: unknown[] | RejoinError) => void) | undefined;
}

/** One accepted message. It ends in exactly one outcome, when the client is closed at the latest. */
export class Receipt {
  #outcome: Outcome | undefined;
  #waiting: ((outcome: Outcome) => void)[] | undefined;
  readonly #withdraw: (receipt: Receipt) => boolean;
  /** @internal The message's number, once the core has it. */
  id: number | undefined;
  /** Why, where the outcome is not a success. */
  cause: ErrorCode | undefined;
  /** @internal What is to be sent, as long as it may be. */
  outgoing: Outgoing | undefined;
  /** @internal */
  readonly answered: Outgoing['settle'];
  /** @internal It was sent, and an answer is to come in the namespace `/`. */
  awaits: boolean | undefined;

  /** @internal */
  constructor(outgoing: Outgoing, withdraw: (receipt: Receipt) => boolean) {
    this.outgoing = outgoing;
    this.answered = outgoing.settle;
    this.#withdraw = withdraw;
  }

  /** Resolves with what became of the message. It never rejects. */
  get outcome(): Promise<Outcome> {
    if (this.#outcome !== undefined) return Promise.resolve(this.#outcome);
    return new Promise((resolve) => (this.#waiting ??= []).push(resolve));
  }

  /** Takes the message back if it was not sent yet. False if it was, or has come to its end. */
  withdraw(): boolean {
    return this.#outcome === undefined && this.#withdraw(this);
  }

  /** @internal The network has it. */
  flushed(): void {
    this.awaits ||= this.outgoing?.awaits;
    if (!this.outgoing?.repeats) this.outgoing = undefined;
  }

  /** @internal */
  settle(outcome: Outcome, cause?: ErrorCode): void {
    this.#outcome = outcome;
    this.cause = cause;
    this.outgoing = undefined;
    this.#waiting?.forEach((resolve) => resolve(outcome));
    this.#waiting = undefined;
  }
}
