import type { ErrorCode } from './errors.js';

/**
 * What became of a message. `sent`: handed to a link that showed life afterwards, which does not prove delivery.
 * `acknowledged`: the server has it. `unconfirmed`: it was handed to a link that died, it may or may not have arrived.
 * `rejected`: it was never accepted, or the server refused it as too big.
 */
export type Outcome =
  | 'sent' | 'acknowledged' | 'expired' | 'dropped' | 'withdrawn' | 'unconfirmed' | 'rejected';

/** One accepted message. It ends in exactly one outcome, when the client is closed at the latest. */
export class Receipt {
  #outcome: Outcome | undefined;
  #waiting: ((outcome: Outcome) => void)[] | undefined;
  readonly #withdraw: (receipt: Receipt) => boolean;
  /** @internal The message's number, once the core has it. */
  id: number | undefined;
  /** Why, where the outcome is not a success. */
  cause: ErrorCode | undefined;

  /** @internal */
  constructor(withdraw: (receipt: Receipt) => boolean) {
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

  /** @internal */
  settle(outcome: Outcome, cause?: ErrorCode): void {
    this.#outcome = outcome;
    this.cause = cause;
    this.#waiting?.forEach((resolve) => resolve(outcome));
    this.#waiting = undefined;
  }
}
