import type { SendOptions } from '../client.js';
import { RejoinError, cancelled } from '../errors.js';
import { checkMessageOptions } from '../message-options.js';
import type { Receipt } from '../receipt.js';
import type { SocketIOClient } from './client.js';
import type { AckArgs, AnyEvents, Answer, EmitArgs } from './types.js';

/** How an event is sent. */
export interface EmitOptions extends SendOptions {
  /** Asks for an acknowledgement though nobody waits for an answer: the receipt of `emit` then tells of it. Default false. */
  ack?: boolean;
  /** How many milliseconds to wait for the acknowledgement. Default: the client's `ackTimeout`. */
  timeout?: number;
  /**
   * How many times to send it again, under the same id, after a time-out or a lost connection. With at least one the
   * delivery is at least once; with none it is at most once. Default 0.
   */
  retries?: number;
  /** Ends the wait for an acknowledgement, and takes the event back if it was not sent yet. */
  signal?: AbortSignal;
}

/** @internal What a sender does not know itself. */
export interface Route {
  readonly client: SocketIOClient;
  readonly namespace: string;
  readonly setup: boolean;
}

/** Sends events to one namespace, each in the same way. */
export class Sender<Emits = AnyEvents> {
  readonly #route: Route;
  readonly #options: EmitOptions;

  /** @internal */
  constructor(route: Route, options: EmitOptions) {
    checkMessageOptions(options);
    this.#route = route;
    this.#options = options;
  }

  /**
   * Sends an event, now or when its namespace is connected, in order. The receipt tells what became of it.
   * With `ack` or `retries` the server is asked to acknowledge it.
   *
   * Throws `invalid_argument`, `namespace_closed`, `queue_full`, `too_big` or `client_closed`: it was not accepted.
   */
  emit<N extends keyof Emits & string>(name: N, ...args: EmitArgs<Emits[N]>): Receipt {
    const { ack, retries } = this.#options;
    return this.#route.client.submitEvent(this.#route, name, args, this.#options, ack || retries ? () => {} : undefined);
  }

  /**
   * Sends an event and resolves with what the server answers: its first argument.
   *
   * Rejects with `ack_timeout`, `unconfirmed`, `expired`, `dropped`, `withdrawn`, `cancelled`, or what `emit` throws.
   */
  emitWithAck<N extends keyof Emits & string>(name: N, ...args: EmitArgs<Emits[N]>): Promise<Answer<Emits[N]>> {
    return this.#ask(name, args, (answer) => answer[0] as Answer<Emits[N]>);
  }

  /** As `emitWithAck`, for answers of more than one argument: resolves with all of them. */
  emitWithAckArgs<N extends keyof Emits & string>(name: N, ...args: EmitArgs<Emits[N]>): Promise<AckArgs<Emits[N]>> {
    return this.#ask(name, args, (answer) => answer as AckArgs<Emits[N]>);
  }

  #ask<T>(name: string, args: readonly unknown[], wanted: (answer: unknown[]) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this.#options;
      if (signal?.aborted) return reject(cancelled(signal));
      const receipt = this.#route.client.submitEvent(this.#route, name, args, this.#options, (answer) => {
        signal?.removeEventListener('abort', abort);
        if (answer instanceof RejoinError) reject(answer);
        else resolve(wanted(answer));
      });
      const abort = () => {
        reject(cancelled(signal as AbortSignal));
        receipt.withdraw();
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
