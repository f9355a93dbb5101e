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

/** The places of what a call of the core leaves: `Out` in `bindings-wasm/src/effects.rs`. */
export const enum Out {
  Flags = 0,
  Count = 1,
  Numbers = 2,
  Deadline = 3,
  Kind = 4,
  Frame = 5,
  Length = 6,
  Message = 7,
  Index = 8,
}

/** What the flags say: see there. */
export const enum Flag {
  Commands = 1,
  Texts = 2,
  Reads = 4,
  Whole = 8,
}

/** What is to be written: `Transmitted` in `bindings-wasm/src/effects.rs`. */
export const enum Transmitted {
  Nothing = 0,
  Text = 1,
  Binary = 2,
  Ping = 3,
  Pong = 4,
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
