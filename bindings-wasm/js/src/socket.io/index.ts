/**
 * The interface of socket.io-client 4.8 over rejoin: change the import, and the application stays as it is. What is
 * different, and why, is in docs/migrating-from-socket.io-client.md.
 */
import { lookup } from './lookup.js';
import { Manager } from './manager.js';
import { Socket } from './socket.js';

/** The version of the Socket.IO protocol. */
export const protocol = 5;

/** The socket of a namespace: `io('https://example.com/chat', options)`. */
export const io: typeof lookup & {
  Manager: typeof Manager;
  Socket: typeof Socket;
  io: typeof lookup;
  connect: typeof lookup;
  protocol: number;
} = /* @__PURE__ */ Object.assign(lookup, { Manager, Socket, io: lookup, connect: lookup, protocol });

export { Manager, Socket, io as connect, io as default };
export type { Engine } from './engine.js';
export type {
  DefaultEventsMap, DisconnectDescription, DisconnectReason, EventsMap, ExtendedError, ManagerOptions, SocketOptions,
} from './types.js';
