import bytes from '#polling-wasm-bytes';
import type { Dial, SocketLike, Transport } from '../platform/types.js';
import init, { Order } from './core.js';
import { EngineSocket } from './socket.js';

export type { Transport } from '../platform/types.js';

/** How the requests are made. */
export interface PollingOptions {
  /** Whether cookies go with them, as for `fetch`: `include` where a balancer on another origin needs one. Default `same-origin`. */
  credentials?: 'omit' | 'same-origin' | 'include';
}

/**
 * HTTP long-polling, for networks that block WebSockets. It takes part in the option `transports` of a `SocketIOClient`, in
 * order of preference; what worked is tried first for the client's lifetime, and polling changes to a WebSocket where that
 * works. A server on another origin must allow the page by CORS.
 *
 * ```ts
 * import { SocketIOClient } from 'rejoin';
 * import { polling } from 'rejoin/polling';
 *
 * const client = new SocketIOClient('https://example.com', { transports: ['websocket', polling()] });
 * ```
 */
export function polling({ credentials = 'same-origin' }: PollingOptions = {}): Transport {
  return {
    name: 'polling',
    dial: (transports = [], open) => {
      let order: Order | undefined;
      const loadOrder = async () => {
        await load();
        order ??= new Order(transports[0] !== 'websocket', transports.includes('websocket'));
        return order;
      };
      return (dial: Dial): SocketLike => new EngineSocket(dial, open, loadOrder, credentials);
    },
  };
}

let loading: Promise<unknown> | undefined;

function load(): Promise<unknown> {
  loading ??= init({ module_or_path: bytes });
  return loading;
}
