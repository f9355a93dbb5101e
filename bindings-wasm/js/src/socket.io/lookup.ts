import { invalid } from '../errors.js';
import { Manager } from './manager.js';
import type { Socket } from './socket.js';
import type { ManagerOptions, SocketOptions } from './types.js';

type Options = Partial<ManagerOptions & SocketOptions>;

/** The managers that are shared, by server and path. */
const managers = new Map<string, Manager>();

/** The socket of the namespace that is the path of `uri`; sockets of one server share a connection. */
export function lookup(options?: Options): Socket;
export function lookup(uri: string, options?: Options): Socket;
export function lookup(uri?: string | Options, given?: Options): Socket {
  const options: Options = { ...(typeof uri === 'object' ? uri : given) };
  const url = parse(typeof uri === 'string' ? uri : undefined);
  const namespace = decodeURI(url.pathname);
  const key = `${url.origin} ${url.protocol} ${options.path ?? '/socket.io'}`;
  if (url.search && !options.query) options.query = Object.fromEntries(url.searchParams);
  const isOwn = options.forceNew || options['force new connection'] || options.multiplex === false;
  const shared = managers.get(key);
  const server = `${url.protocol}//${url.host}`;
  if (isOwn || shared?.has(namespace)) return new Manager(server, options).socket(namespace, options);
  const manager = shared ?? new Manager(server, options);
  managers.set(key, manager);
  return manager.socket(namespace, options);
}

/** As socket.io-client reads it: relative to the page, and a scheme may be missing. */
function parse(uri: string | undefined): URL {
  const page = (globalThis as { location?: Location }).location;
  const hasScheme = uri !== undefined && /^(https?|wss?):\/\//.test(uri);
  const text = uri === undefined || uri.startsWith('/') || hasScheme ? uri : `${page?.protocol ?? 'https:'}//${uri}`;
  try {
    return new URL(text ?? '/', page?.href);
  } catch (cause) {
    // The text is not repeated: it may hold a secret.
    throw invalid('uri', page ? 'is not a URL' : 'must be absolute where there is no page', cause);
  }
}
