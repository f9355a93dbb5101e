import { RejoinError } from '../errors.js';
import type { DisconnectReason } from './types.js';

/** The words of socket.io-client for the end of a connection. */
export function reasonOf(error: RejoinError): DisconnectReason {
  switch (error.code) {
    case 'server_disconnect': return 'io server disconnect';
    case 'client_disconnect': return 'io client disconnect';
    case 'heartbeat_timeout': return 'ping timeout';
    case 'protocol': return 'parse error';
    case 'transport_closed':
    case 'server_restart':
    case 'server_error': return 'transport close';
    default: return 'transport error';
  }
}

/** The error of a refused namespace: its message is the server's, as middleware gave it. */
export function refusalOf(error: RejoinError, namespace: string): RejoinError {
  const ours = `the server refused the namespace ${namespace}: `;
  if (error.code !== 'namespace_refused' || !error.message.startsWith(ours)) return error;
  return reworded(error, error.message.slice(ours.length));
}

/** What an acknowledgement gets in place of an answer, in the words of socket.io-client. */
export function ackError(error: RejoinError): RejoinError {
  switch (error.code) {
    case 'ack_timeout':
    case 'expired': return reworded(error, 'operation has timed out');
    case 'unconfirmed':
    case 'withdrawn':
    case 'client_closed': return reworded(error, 'socket has been disconnected');
    default: return error;
  }
}

export function timedOut(): RejoinError {
  return new RejoinError('ack_timeout', 'operation has timed out', { retryable: true });
}

function reworded(error: RejoinError, message: string): RejoinError {
  const { code, retryable, remedy, data } = error;
  return new RejoinError(code, message, { retryable, remedy, data, cause: error });
}
