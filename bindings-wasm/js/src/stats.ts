/** What a client has counted since it was made, and what it holds now. */
export interface Stats {
  /** Attempts to connect. */
  readonly attempts: number;
  /** Connections that came to be. */
  readonly connects: number;
  readonly framesSent: number;
  readonly framesReceived: number;
  /** Messages in the outbox: waiting, on the way, or waiting for their acknowledgement. */
  readonly outboxMessages: number;
  readonly outboxBytes: number;
}
