import type { SocketLike } from '../platform/types.js';
import { Emitter } from './emitter.js';

interface EngineEvents {
  open: () => void;
  close: (reason: string) => void;
  ping: () => void;
}

type Message = { readonly data: unknown };
type Listens = SocketLike & {
  addEventListener?(name: 'message', listener: (event: Message) => void): void;
  removeEventListener?(name: 'message', listener: (event: Message) => void): void;
};

/** What socket.io-client documents of the connection below a manager. */
export class Engine extends Emitter<Record<never, never>, Record<never, never>, EngineEvents> {
  /** The id of the session; nothing while there is none. */
  id: string | undefined;
  readyState: 'opening' | 'open' | 'closed' = 'closed';
  readonly transport = { name: 'websocket' };
  readonly protocol = 4;
  #socket: Listens | undefined;
  readonly #wantsPings: () => boolean;

  /** @internal */
  constructor(wantsPings: () => boolean) {
    super();
    this.#wantsPings = wantsPings;
  }

  /** Closes the connection below, as a failing network would: the manager connects again. */
  close(): this {
    this.#socket?.close();
    return this;
  }

  /** @internal The manager opens another socket. */
  attach(socket: SocketLike): void {
    this.#socket = socket;
    this.readyState = 'opening';
    this.listen();
  }

  /** @internal */
  listen(): void {
    this.#socket?.addEventListener?.('message', this.#heard);
  }

  /** @internal */
  opened(): void {
    this.readyState = 'open';
    this.emitReserved('open');
  }

  /** @internal */
  detach(reason: string): void {
    const was = this.readyState;
    this.#socket?.removeEventListener?.('message', this.#heard);
    this.#socket = undefined;
    this.readyState = 'closed';
    this.id = undefined;
    if (was !== 'closed') this.emitReserved('close', reason);
  }

  readonly #heard = ({ data }: Message): void => {
    if (typeof data !== 'string') return;
    if (data[0] === '0') {
      this.id = sessionId(data.slice(1));
      // Each listener costs something for each message.
      if (!this.#wantsPings()) this.#socket?.removeEventListener?.('message', this.#heard);
    } else if (data === '2') this.emitReserved('ping');
  };
}

/** The core judges the packet; here only the id is of interest. */
function sessionId(open: string): string | undefined {
  try {
    return JSON.parse(open).sid;
  } catch {
    return undefined;
  }
}
