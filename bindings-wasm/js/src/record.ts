/** The number of a record: `Kind` in `bindings-wasm/src/batch.rs`. */
export const enum Kind {
  State = 1,
  Receipt = 2,
  Event = 3,
  Ack = 4,
  NamespaceConnected = 5,
  NamespaceDisconnected = 6,
  Credentials = 7,
  Rejoin = 8,
  Mark = 9,
}

// biome-ignore lint/suspicious/noExplicitAny: what each place holds follows from the first
export type Record_ = [kind: Kind, ...any[]];
