/** The first number of a record: `Kind` in `bindings-wasm/src/records.rs`. */
export const enum Kind {
  Text = 0,
  Message = 1,
  Receipt = 2,
  Event = 3,
  Ack = 4,
  Mark = 5,
}

/** The calls of the core: `Call` in `bindings-wasm/src/call.rs` says what each wants. */
export const enum Call {
  Inbox,
  Plain,
  SocketIo,
  Commands,
  Texts,
  Stat,
  Connect,
  Disconnect,
  Close,
  Mark,
  Network,
  Reading,
  Credentials,
  CredentialsFailed,
  Rejoined,
  Opened,
  Closed,
  Failed,
  Refused,
  Flushed,
  Pong,
  Message,
  Passed,
  Answered,
  Text,
  Binary,
  TooBig,
  Turn,
  Transmit,
  Deadline,
  Options,
  Send,
  Emit,
  Withdraw,
  CheckName,
  Acknowledge,
  ConnectNamespace,
  DisconnectNamespace,
}

/** What `Call.Stat` gives: see `stat` in `bindings-wasm/src/core.rs`. */
export const enum Stat {
  Attempts,
  Connects,
  FramesSent,
  FramesReceived,
  OutboxMessages,
  OutboxBytes,
  MaxMessageBytes,
}

/** The places of what a call of the core leaves: `Place` in `bindings-wasm/src/effects.rs`. */
export const enum Place {
  Flags = 0,
  Count = 1,
  Numbers = 2,
  Deadline = 3,
  Kind = 4,
  Frame = 5,
  Length = 6,
  Message = 7,
  Index = 8,
  Said = 9,
  SaidLength = 10,
  Read = 11,
}

/** What the flags say: see there. */
export const enum Flag {
  Commands = 1,
  Texts = 2,
  Reads = 4,
  Whole = 8,
  Awaits = 16,
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
