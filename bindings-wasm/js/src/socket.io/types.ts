/** The shape of a map of events: each name with the function that listens to it. */
// biome-ignore lint/suspicious/noExplicitAny: any function will do
export interface EventsMap { [event: string]: any }

/** Any event with any arguments. */
// biome-ignore lint/suspicious/noExplicitAny: the default map
export interface DefaultEventsMap { [event: string]: (...args: any[]) => void }

export type EventNames<Map extends EventsMap> = keyof Map & (string | symbol);
export type EventParams<Map extends EventsMap, Name extends EventNames<Map>> = Parameters<Map[Name]>;

/** The names that can be listened to: the application's and the library's own. */
export type ListenNames<Own extends EventsMap, User extends EventsMap> = EventNames<Own> | EventNames<User>;

// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
type AnyListener = (...args: any[]) => void | Promise<void>;

/** What listens to an event of either kind. */
export type ListenerOf<Own extends EventsMap, User extends EventsMap, Name> = Name extends EventNames<Own>
  ? Own[Name]
  : Name extends EventNames<User>
    ? [User[Name]] extends [never] ? AnyListener : User[Name]
    : AnyListener;

type WithError<Params extends unknown[]> = {
  // biome-ignore lint/suspicious/noExplicitAny: any function will do
  [K in keyof Params]: Params[K] extends (...args: infer Answer) => any
    ? (error: Error, ...answer: Answer) => void
    : Params[K];
};

/** The same events, whose acknowledgements have an error first: what `timeout()` makes of them. */
export type DecorateAcknowledgements<Map> = {
  // biome-ignore lint/suspicious/noExplicitAny: any function will do
  [K in keyof Map]: Map[K] extends (...args: infer Params) => infer Result
    ? (...args: WithError<Params>) => Result
    : Map[K];
};

// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
export type Last<List extends any[]> = List extends [...unknown[], infer L] ? L : any;
// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
export type AllButLast<List extends any[]> = List extends [...infer Head, unknown] ? Head : any[];
// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
export type FirstArg<F> = F extends (first: infer First, ...rest: any[]) => any ? First : any;

// biome-ignore lint/suspicious/noExplicitAny: as the application likes
export type AuthObject = { [key: string]: any };

/** What is sent with each CONNECT: an object, or a function that is asked for it each time. */
export type Auth = AuthObject | ((answer: (data: object) => void) => void);

/** The options of a socket. */
export interface SocketOptions {
  /** Credentials for this namespace. */
  auth: Auth;
  /** How often an event is sent again until it is acknowledged; one at least makes every emit at least once. */
  retries: number;
  /** How many milliseconds an acknowledgement may take, unless `timeout()` says otherwise. */
  ackTimeout: number;
}

/** The options of a manager. Those of socket.io-client that are not here are accepted, and change nothing. */
export interface ManagerOptions {
  /** The server's path. Default `/socket.io/`. */
  path: string;
  /** Parameters of the URL. */
  // biome-ignore lint/suspicious/noExplicitAny: as the application likes
  query: { [key: string]: any };
  /** `websocket`, and `polling()` of `rejoin/polling`. The name `polling` alone stands for nothing; a list of nothing is an error. */
  // biome-ignore lint/suspicious/noExplicitAny: socket.io-client takes classes too
  transports: any[];
  /** HTTP headers of the handshake: in Node.js through the package `ws` only. */
  extraHeaders: { [header: string]: string };
  /** WebSocket subprotocols to offer. */
  protocols: string | string[];
  /** Whether to connect again by itself. Default true. */
  reconnection: boolean;
  /** How many attempts follow the first one. Default: no limit. */
  reconnectionAttempts: number;
  /** The upper end of the first delay, in milliseconds. Default 1000. */
  reconnectionDelay: number;
  /** The upper end of any delay, in milliseconds. Default 5000. */
  reconnectionDelayMax: number;
  /** Accepted for compatibility: a delay is always drawn from its whole range, at the upper end too. */
  randomizationFactor: number;
  /** How many milliseconds an attempt may take; `false`: no limit. Default 20000. */
  timeout: number | false;
  /** Whether sockets connect when they are made. Default true. */
  autoConnect: boolean;
  /** A connection of its own for this socket. Default false. */
  forceNew: boolean;
  /** Whether to share one connection among namespaces. Default true. */
  multiplex: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: options without effect
  [option: string]: any;
}

/** Why a socket is no longer connected. */
export type DisconnectReason =
  | 'io server disconnect' | 'io client disconnect' | 'ping timeout' | 'transport close' | 'transport error'
  | 'parse error';

export type DisconnectDescription = Error | { description: string; context?: unknown };

export interface ExtendedError extends Error {
  // biome-ignore lint/suspicious/noExplicitAny: the server's own
  data?: any;
}

export interface SocketReservedEvents {
  connect: () => void;
  connect_error: (error: ExtendedError) => void;
  disconnect: (reason: DisconnectReason, description?: DisconnectDescription) => void;
}

export interface ManagerReservedEvents {
  open: () => void;
  error: (error: Error) => void;
  ping: () => void;
  close: (reason: string, description?: DisconnectDescription) => void;
  reconnect_failed: () => void;
  reconnect_attempt: (attempt: number) => void;
  reconnect_error: (error: Error) => void;
  reconnect: (attempt: number) => void;
}
