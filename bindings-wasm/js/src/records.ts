import type { ErrorRecord } from './errors.js';

/** The first number of a record: `Kind` in `bindings-wasm/src/records.rs`. */
export const enum Kind {
  Text = 0,
  Message = 1,
  Receipt = 2,
  Event = 3,
  Ack = 4,
  Mark = 5,
}

/** The first item of a text: `Text` in `bindings-wasm/src/records.rs`. */
export const enum Text {
  State = 0,
  Receipt = 1,
  Event = 2,
  Ack = 3,
  NamespaceConnected = 4,
  NamespaceDisconnected = 5,
  Credentials = 6,
  Rejoin = 7,
  Open = 8,
  Close = 9,
  Abort = 10,
}

// biome-ignore lint/suspicious/noExplicitAny: what each place holds follows from the first
export type TextRecord = [kind: Text, ...any[]];

export type { ErrorRecord };
