/** What went wrong, as a code that is the same in every language of rejoin and never changes. New codes may be added. */
export type ErrorCode =
  | 'client_disconnect' | 'server_disconnect' | 'transport_closed' | 'network' | 'heartbeat_timeout'
  | 'write_timeout' | 'offline' | 'server_restart' | 'server_error' | 'dns' | 'refused' | 'connect_timeout'
  | 'tls' | 'tls_expired' | 'tls_untrusted' | 'tls_version' | 'proxy' | 'auth' | 'forbidden' | 'config' | 'busy'
  | 'redirect' | 'captive_portal' | 'upgrade_refused' | 'credentials_failed' | 'credentials_timeout'
  | 'rejoin_failed' | 'attempts_exhausted' | 'protocol' | 'unsupported_server' | 'namespace_refused'
  | 'namespace_closed' | 'too_big' | 'slow_consumer' | 'invalid_argument' | 'queue_full' | 'client_closed'
  | 'not_connected' | 'ack_timeout' | 'unconfirmed' | 'expired' | 'dropped' | 'withdrawn' | 'unsupported'
  | 'cancelled' | 'internal' | (string & {});

/** What an error knows beyond its code and message. */
export interface ErrorDetails {
  retryable?: boolean;
  remedy?: string;
  closeCode?: number;
  status?: number;
  data?: unknown;
  cause?: unknown;
}

/** An error that says what the caller should do. It never holds a secret. */
export class RejoinError extends Error {
  override readonly name = 'RejoinError';
  /** The stable code. */
  readonly code: ErrorCode;
  /** Whether it may pass without a change by the application. */
  readonly retryable: boolean;
  /** What the caller can do, in one sentence. */
  readonly remedy: string;
  /** The WebSocket close code, where the connection ended with one. */
  readonly closeCode: number | undefined;
  /** The HTTP status, where the platform tells it. */
  readonly status: number | undefined;
  /** The data that the server sent with it: that of a Socket.IO `connect_error`. */
  readonly data: unknown;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.remedy = details.remedy ?? '';
    this.closeCode = details.closeCode;
    this.status = details.status;
    this.data = details.data;
  }
}

/** An argument or option is wrong; the message names it. */
export function invalid(field: string, expected: string, cause?: unknown): RejoinError {
  return new RejoinError('invalid_argument', `${field}: ${expected}`, {
    remedy: 'Correct the argument that the message names.',
    cause,
  });
}

export function closed(): RejoinError {
  return new RejoinError('client_closed', 'the client is closed', { remedy: 'Create a new client.' });
}

export function cancelled(signal: AbortSignal): RejoinError {
  return new RejoinError('cancelled', 'the wait was cancelled', { remedy: 'Call again.', cause: signal.reason });
}

/** An error as Rust writes it: code, message, retryable, remedy, close code, status, data. */
export type ErrorRecord = [ErrorCode, string, boolean, string, number, number, unknown];

export function fromRecord([code, message, retryable, remedy, closeCode, status, data]: ErrorRecord): RejoinError {
  return new RejoinError(code, message, {
    retryable,
    remedy,
    ...(closeCode ? { closeCode } : {}),
    ...(status ? { status } : {}),
    ...(data === null ? {} : { data }),
  });
}
