import { invalid } from './errors.js';
import type { LifecycleOptions } from './lifecycle.js';
import type { InboundOptions } from './queue.js';
import type { SocketConstructor } from './platform/types.js';

/** What the credentials callback answers: a bearer token, a Socket.IO `auth` object, or nothing for anonymous. */
export type Credentials =
  | string
  | { readonly token: string }
  | { readonly auth: Readonly<Record<string, unknown>> }
  | null
  | undefined;

/** What every client can be told. Durations are in milliseconds, every option has a default. */
export interface ClientOptions {
  /** When to try again after a failure. */
  backoff?: {
    /** The upper end of the first delay. Default 500. */
    initial?: number;
    /** The upper end of any delay. Default 20,000. */
    max?: number;
    /** How much the upper end grows with each failure: 1 or more. Default 2. */
    factor?: number;
    /** How many attempts in a row may fail before the client gives up. Default: no limit. */
    maxAttempts?: number;
    /** How long a connection must last before failures are forgotten. Default 10,000. */
    resetAfter?: number;
    /** The spread of the first retry after a server announced a restart. Default 5,000. */
    restartWindow?: number;
    /** The spread of the first retry after the network came back. Default 250. */
    onlineWindow?: number;
    /** The least delay after a failure that only time or the user can mend. Default 60,000. */
    slow?: number;
  };
  /** From the start of an attempt until connected. Default 15,000. */
  connectTimeout?: number;
  /** How long the credentials callback may take. Default 10,000. */
  credentialsTimeout?: number;
  /** Pings on a plain WebSocket. Socket.IO uses the server's values. */
  heartbeat?: {
    /** The silence after which a ping is sent. Default 25,000. */
    interval?: number;
    /** The silence after a ping that ends the link. Default 10,000. */
    timeout?: number;
    /** The text that is sent as a ping. A page has no ping frames: without it a plain WebSocket is not pinged there. */
    ping?: string;
    /** What the server answers; it is not given to the application. Without it any message is an answer. */
    pong?: string;
  };
  /** How long the server may take to show life after a wake-up or a change of network. Default 2,500. */
  probeTimeout?: number;
  /** How long a write may take to be handed to the network. Default 30,000. */
  writeTimeout?: number;
  /** How long the application may leave a full queue unread before the link is closed. Default 60,000. */
  readTimeout?: number;
  /** The bounds of what waits to be sent. */
  outbox?: {
    /** How many messages may wait or be unacknowledged. Default 1,000. */
    maxMessages?: number;
    /** How many bytes of payload they may hold. Default 1,048,576. */
    maxBytes?: number;
    /** What happens to a message that does not fit. Default `reject`: the call fails with `queue_full`. */
    overflow?: 'reject' | 'drop_oldest' | 'drop_newest';
  };
  /** How long to wait for an acknowledgement, unless the message says otherwise. Default 10,000. */
  ackTimeout?: number;
  /** How long the server may take to answer a close. Default 3,000. */
  closeGrace?: number;
  /** The largest message that is accepted from the server, in bytes. Default 64 MiB. */
  maxMessageBytes?: number;
  /** The bounds of what waits to be read, for each consumer that sets none of its own. */
  inbound?: InboundOptions;
  /** Asked at each attempt to connect. `refused`: the server refused the last ones, the same again will not do. */
  credentials?: (request: { readonly reason: 'connect' | 'refused' }) => Credentials | Promise<Credentials>;
  /** What the page's life tells the client. Default: everything. */
  lifecycle?: boolean | LifecycleOptions;
  /** WebSocket subprotocols to offer. */
  subprotocols?: readonly string[];
  /** HTTP headers of the handshake: in Node.js through the package `ws` only. A page cannot set any. */
  headers?: Readonly<Record<string, string>>;
  /** Whether to offer compression: in Node.js through the package `ws` only. Pages always do. Default false. */
  compression?: boolean;
  /** The WebSocket to use in place of the platform's. */
  WebSocket?: SocketConstructor;
}

type Check = (value: unknown) => number | string;

const number =
  (least: number, most: number, whole: boolean, unit: string): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
      ? value
      : `must be ${whole ? 'a whole number' : 'a number'}${unit} from ${least} to ${most}`;

const duration = number(0, 2 ** 31 - 1, false, ' of milliseconds');
const count = number(1, 2 ** 31 - 1, true, '');
const overflow: Check = (value) => {
  const index = ['reject', 'drop_oldest', 'drop_newest'].indexOf(value as string);
  return index >= 0 ? index : "must be 'reject', 'drop_oldest' or 'drop_newest'";
};

/** The order is that in which `bindings-wasm/src/settings.rs` reads them. */
const NUMBERS: readonly (readonly [path: string, check: Check])[] = [
  ['backoff.initial', duration],
  ['backoff.max', duration],
  ['backoff.resetAfter', duration],
  ['backoff.restartWindow', duration],
  ['backoff.onlineWindow', duration],
  ['backoff.slow', duration],
  ['connectTimeout', duration],
  ['credentialsTimeout', duration],
  ['heartbeat.interval', duration],
  ['heartbeat.timeout', duration],
  ['probeTimeout', duration],
  ['writeTimeout', duration],
  ['readTimeout', duration],
  ['ackTimeout', duration],
  ['closeGrace', duration],
  ['outbox.maxMessages', count],
  ['outbox.maxBytes', count],
  ['maxMessageBytes', count],
  ['backoff.factor', number(1, 1e6, false, '')],
  ['backoff.maxAttempts', count],
  ['outbox.overflow', overflow],
];

const string: Check = (value) => (typeof value === 'string' ? 0 : 'must be a string');
const object: Check = (value) => (typeof value === 'object' && value !== null ? 0 : 'must be an object');
const callback: Check = (value) => (typeof value === 'function' ? 0 : 'must be a function');
const boolean: Check = (value) => (typeof value === 'boolean' ? 0 : 'must be true or false');

// RFC 9110, section 5.6.2.
const isToken = (value: unknown) => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value);
// RFC 9110, section 5.5.
const isHeader = ([name, value]: [string, unknown]) =>
  isToken(name) && typeof value === 'string' && /^[\t -~\x80-\xff]*$/.test(value);

/** Options that are no numbers of the core's. */
const OTHERS: readonly (readonly [path: string, check: Check])[] = [
  ['heartbeat.ping', string],
  ['heartbeat.pong', string],
  ['inbound.maxMessages', count],
  ['inbound.policy', (value) => overflow(value === 'backpressure' ? 'reject' : value === 'reject' ? '' : value)],
  ['credentials', callback],
  ['onConnect', callback],
  ['lifecycle', (value) => (typeof value === 'boolean' ? 0 : object(value))],
  ['lifecycle.network', boolean],
  ['lifecycle.visibility', boolean],
  ['lifecycle.freeze', boolean],
  ['lifecycle.page', boolean],
  ['subprotocols', (value) => (Array.isArray(value) && new Set(value).size === value.length && value.every(isToken) ? 0 : 'must be an array of tokens, each once')],
  ['headers', (value) => object(value) || (Object.entries(value as object).every(isHeader) ? 0 : 'must hold tokens and strings without control characters')],
  ['compression', boolean],
  ['WebSocket', callback],
];

const GROUPS = new Set(['backoff', 'heartbeat', 'outbox', 'inbound', 'lifecycle']);

/** What the check of that name gives. Throws what is wrong with the value. */
export function checked(checks: ReadonlyMap<string, Check>, name: string, value: unknown): number {
  const result = checks.get(name)?.(value) ?? 'is not an option';
  if (typeof result === 'string') throw invalid(name, result);
  return result;
}

/** Checks all options, and gives the numbers as the core wants them: NaN stands for a default. */
export function settings(options: ClientOptions, more: Readonly<Record<string, Check>> = {}): Float64Array {
  const checks = new Map([...NUMBERS, ...OTHERS, ...Object.entries(more)]);
  const given = new Map<string, number>();
  const visit = (value: unknown, prefix: string) => {
    if (value === undefined) return;
    if (object(value) !== 0) throw invalid(prefix.slice(0, -1) || 'options', 'must be an object');
    for (const [key, item] of Object.entries(value as object)) {
      const path = prefix + key;
      if (item === undefined) continue;
      if (prefix === '' && GROUPS.has(key) && typeof item !== 'boolean') {
        visit(item, `${key}.`);
        continue;
      }
      given.set(path, checked(checks, path, item));
    }
  };
  visit(options, '');
  const numbers = new Float64Array(NUMBERS.length + 2);
  NUMBERS.forEach(([path], index) => (numbers[index] = given.get(path) ?? Number.NaN));
  numbers[NUMBERS.length] = options.credentials ? 1 : 0;
  numbers[NUMBERS.length + 1] = given.has('onConnect') ? 1 : 0;
  return numbers;
}

export { type Check, boolean, duration, number, object, string };

/** How long to wait. */
export interface WaitOptions {
  /** Ends the wait with `cancelled`. What is waited for goes on. */
  signal?: AbortSignal;
}
