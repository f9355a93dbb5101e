import { RejoinError } from '../errors.js';
import type { Dial, SocketConstructor, SocketLike } from './types.js';

/** Opens the platform's own WebSocket, or the one that the application gave. */
export function open(dial: Dial): SocketLike {
  const Socket = dial.WebSocket ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (!Socket) throw new RejoinError('unsupported', 'no WebSocket here: give the option WebSocket');
  if (dial.token !== undefined) {
    throw new RejoinError('unsupported', 'credentials: a page cannot send an Authorization header, use onConnect');
  }
  const socket = new Socket(dial.url, [...dial.subprotocols]);
  // What went wrong comes with the close event; an error without a listener would end some platforms.
  socket.onerror = () => {};
  return socket;
}
