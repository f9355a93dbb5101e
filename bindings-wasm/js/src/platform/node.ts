import bytes from '#wasm-bytes';
import { RejoinError } from '../errors.js';
import { milliseconds } from '../retry-after.js';
import type { Dial, SocketLike } from './types.js';
import { open as openPlain } from './open.js';

interface WsSocket extends SocketLike {
  on(event: string, listener: (...args: never[]) => void): void;
}

interface IncomingMessage {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  destroy(): void;
}

type WsConstructor = new (url: string, protocols: string[], options: object) => WsSocket;

let ws: WsConstructor | undefined;

export function wasm(): unknown {
  return bytes;
}

/** The package `ws` can do more than a WebSocket of the platform: headers, pings, and reasons why it failed. */
export async function prepare(): Promise<void> {
  try {
    ws ??= ((await import('ws')) as { WebSocket: unknown }).WebSocket as WsConstructor;
  } catch (error) {
    if ('WebSocket' in globalThis) return;
    throw new RejoinError('unsupported', 'this version of Node.js has no WebSocket: install the package `ws`', {
      cause: error,
    });
  }
}

export function open(dial: Dial): SocketLike {
  if (dial.WebSocket || !ws) return openPlain(dial);
  const { token } = dial;
  const socket = new ws(dial.url, [...dial.subprotocols], {
    headers: token === undefined ? dial.headers : { ...dial.headers, Authorization: `Bearer ${token}` },
    perMessageDeflate: dial.compression,
    ...(dial.maxMessageBytes === undefined ? {} : { maxPayload: dial.maxMessageBytes }),
  });
  // Without the event object that `ws` makes for each message.
  let hear: ((event: { data: unknown }) => void) | null = null;
  Object.defineProperty(socket, 'onmessage', { set: (given) => (hear = given) });
  socket.on('message', (data: Buffer, isBinary: boolean) => hear?.({ data: isBinary ? data : data.toString() }));
  socket.on('pong', (payload: Uint8Array) => dial.pong(payload));
  socket.on('upgrade', ({ socket: stream }: { socket: { cork(): void; uncork(): void } }) => {
    socket.cork = () => stream.cork();
    socket.uncork = () => stream.uncork();
  });
  socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
    response.destroy();
    dial.refused(response.statusCode, milliseconds(response.headers['retry-after']));
  });
  socket.onerror = (event: { error?: { code?: string } }) => {
    const name = event.error?.code ?? '';
    const code = ERRORS[name] ?? (name.startsWith('WS_ERR_') ? BROKEN : undefined);
    if (code) dial.failed(code[0], code[1]);
  };
  return socket;
}

const ERRORS: Readonly<Record<string, readonly [code: string, message: string]>> = {
  ECONNREFUSED: ['refused', 'the host refused the connection'],
  ECONNRESET: ['network', 'the connection was reset'],
  ENOTFOUND: ['dns', 'the host name could not be resolved'],
  EAI_AGAIN: ['dns', 'the host name could not be resolved'],
  CERT_HAS_EXPIRED: ['tls_expired', "the server's certificate is expired"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls_untrusted', "the server's certificate is not trusted"],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls_untrusted', "the server's certificate is not trusted"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls_untrusted', "the server's certificate is not trusted"],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls_untrusted', "the server's certificate is for another host"],
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: ['too_big', 'the server sent a message beyond maxMessageBytes'],
};

/** Whatever else `ws` finds wrong with what arrived. */
const BROKEN = ['protocol', 'the server sent what is no WebSocket frame'] as const;
