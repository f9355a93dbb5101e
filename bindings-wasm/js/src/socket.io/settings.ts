import { RejoinError, invalid } from '../errors.js';
import type { SocketIOOptions } from '../socketio/client.js';
import type { Transport } from '../platform/types.js';
import type { ManagerOptions } from './types.js';

/** The longest time that a timer can take. */
const NO_LIMIT = 2 ** 31 - 1;

const isPolling = (given: unknown): given is Transport => !!(given as Transport | null)?.dial;

/** The settings of a manager, with the defaults of socket.io-client. */
export class Settings {
  reconnection: boolean;
  reconnectionAttempts: number;
  reconnectionDelay: number;
  reconnectionDelayMax: number;
  randomizationFactor: number;
  timeout: number | false;
  autoConnect: boolean;

  constructor(options: Partial<ManagerOptions>) {
    this.reconnection = options.reconnection !== false;
    this.reconnectionAttempts = options.reconnectionAttempts || Number.POSITIVE_INFINITY;
    this.reconnectionDelay = options.reconnectionDelay || 1000;
    this.reconnectionDelayMax = options.reconnectionDelayMax || 5000;
    this.randomizationFactor = options.randomizationFactor ?? 0.5;
    this.timeout = options.timeout ?? 20_000;
    this.autoConnect = options.autoConnect !== false;
    if (options.parser) throw new RejoinError('unsupported', 'parser: only the default parser is there');
    const names = options.transports?.map((transport) => transport?.name ?? transport) ?? [];
    if (names.length > 0 && !options.transports?.some(isPolling) && !names.includes('websocket') && !names.includes('WS')) {
      throw invalid('transports', 'must hold websocket, or polling() of rejoin/polling');
    }
  }

  /** What they are in the terms of the core. The first attempt counts there too. */
  clientOptions({ path, query, extraHeaders, protocols, transports }: Partial<ManagerOptions>): SocketIOOptions {
    const max = Math.max(this.reconnectionDelay, this.reconnectionDelayMax);
    const attempts = this.reconnection ? this.reconnectionAttempts + 1 : 1;
    return {
      backoff: { initial: this.reconnectionDelay, max, ...(attempts < NO_LIMIT ? { maxAttempts: attempts } : {}) },
      connectTimeout: this.timeout === false ? NO_LIMIT : this.timeout,
      // The names that socket.io-client knows for polling stand for what is not there without that piece: the WebSocket.
      ...(transports?.some(isPolling) ? { transports: transports.map((given) => (isPolling(given) ? given : 'websocket')) } : {}),
      ...(path === undefined ? {} : { path }),
      ...(query ? { query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)])) } : {}),
      ...(extraHeaders ? { headers: extraHeaders } : {}),
      ...(protocols ? { subprotocols: [protocols].flat() } : {}),
    };
  }
}
