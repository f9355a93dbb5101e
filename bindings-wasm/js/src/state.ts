import { type ErrorRecord, type RejoinError, fromRecord } from './errors.js';

/** How far an attempt to connect is. */
export type Phase = 'credentials' | 'opening' | 'handshake' | 'rejoining';

/** The state of a client. */
export type State =
  | {
      readonly name: 'disconnected';
      /** What ended the last connection; nothing before the first `connect`. */
      readonly reason?: RejoinError;
    }
  | {
      readonly name: 'connecting';
      /** Counts from 1 since the last stable connection. */
      readonly attempt: number;
      readonly phase: Phase;
    }
  | {
      readonly name: 'connected';
      /** Whether the server kept the session: nothing was missed. */
      readonly resumed: boolean;
    }
  | {
      readonly name: 'waiting';
      /** The number of the next attempt. */
      readonly attempt: number;
      /** When it begins, in the terms of `Date.now()`. */
      readonly retryAt: number;
      /** In how many milliseconds that was, when the state was entered. */
      readonly retryIn: number;
      /** Why there is no connection. */
      readonly cause: RejoinError;
    }
  | { readonly name: 'disconnecting' };

// biome-ignore lint/suspicious/noExplicitAny: what each place holds follows from the name
type StateRecord = [kind: number, name: State['name'], ...any[]];

/** Reads a record that `bindings-wasm/src/batch.rs` wrote. */
export function readState([, name, first, second, third]: StateRecord): State {
  switch (name) {
    case 'disconnected':
      return first === undefined ? { name } : { name, reason: fromRecord(first as ErrorRecord) };
    case 'connecting':
      return { name, attempt: first, phase: second };
    case 'connected':
      return { name, resumed: first === 1 };
    case 'waiting':
      return { name, attempt: first, retryAt: Date.now() + second, retryIn: second, cause: fromRecord(third) };
    case 'disconnecting':
      return { name };
  }
}
