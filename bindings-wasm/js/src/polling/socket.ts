import type { Dial, SocketLike } from '../platform/types.js';
import { Failure, type Order, Session, refusal } from './core.js';
import { type Target, request } from './http.js';
import { PATIENCE, PollingSession, drop } from './session.js';

type Handler = ((event: unknown) => void) | null;
type Open = (dial: Dial) => SocketLike;

/** The largest payload without the option `maxMessageBytes`. */
const MAX_BYTES = 64 << 20;

/** What looks like a WebSocket to the driver: one attempt to connect by the transports that the core names. */
export class EngineSocket implements SocketLike {
  binaryType = 'arraybuffer';
  readyState = 0;
  onopen: Handler = null;
  onmessage: Handler = null;
  onclose: Handler = null;
  onerror: Handler = null;
  readonly #dial: Dial;
  readonly #open: Open;
  readonly #target: Target;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(event: unknown) => void>();
  #carrier: SocketLike | PollingSession | undefined;
  #paused = false;
  #ended = false;

  constructor(dial: Dial, open: Open, order: () => Promise<Order>, credentials: Target['credentials']) {
    this.#dial = dial;
    this.#open = open;
    this.#target = {
      url: pollingUrl(dial.url),
      headers: dial.headers,
      credentials,
      maxBytes: dial.maxMessageBytes ?? MAX_BYTES,
    };
    void this.#attempt(order);
  }

  get bufferedAmount(): number {
    return this.#carrier?.bufferedAmount ?? 0;
  }

  send(data: string | ArrayBufferView): void {
    this.#carrier?.send(data);
  }

  close(code?: number, reason?: string): void {
    if (this.#carrier) return this.#carrier.close(code, reason);
    this.terminate();
    this.onclose?.({ code: 1006, reason: '' });
  }

  terminate(): void {
    this.#ended = true;
    this.readyState = 3;
    this.#abort.abort();
    const carrier = this.#carrier;
    if (carrier instanceof PollingSession) carrier.terminate();
    else if (carrier) drop(carrier);
  }

  pause(): void {
    this.#paused = true;
    this.#carrier?.pause?.();
  }

  resume(): void {
    this.#paused = false;
    this.#carrier?.resume?.();
  }

  /** For those who look at what arrives. */
  addEventListener(_name: 'message', listener: (event: unknown) => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_name: 'message', listener: (event: unknown) => void): void {
    this.#listeners.delete(listener);
  }

  async #attempt(load: () => Promise<Order>): Promise<void> {
    let order: Order;
    try {
      order = await load();
    } catch {
      if (!this.#ended) this.#dial.failed('unsupported', 'the WebAssembly of rejoin/polling could not be loaded');
      return;
    }
    order.begin();
    while (!this.#ended) {
      try {
        await (order.polls() ? this.#poll(order) : this.#webSocket());
        return;
      } catch (failure) {
        if (this.#ended) return;
        const final = order.failed(failure as Failure);
        if (final) return this.#failed(final);
      }
    }
  }

  /** Open once the first packet is there: what answers the upgrade may be a box on the way that lets no frame through. */
  #webSocket(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let adopted = false;
      const fail = (failure: Failure) => {
        clearTimeout(timer);
        if (socket && !adopted) drop(socket);
        reject(failure);
      };
      const timer = setTimeout(() => fail(new Failure('connect_timeout', 'the WebSocket stays silent')), PATIENCE);
      const dial: Dial = {
        ...this.#dial,
        failed: (code, message) => (adopted ? this.#dial.failed(code, message) : fail(new Failure(code, message))),
        refused: (status, retryAfter) => fail(refusal(status, retryAfter, false)),
      };
      let socket: SocketLike | undefined;
      try {
        socket = this.#open(dial);
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        return fail(new Failure(code ?? 'network', message));
      }
      const opening = socket;
      opening.binaryType = 'arraybuffer';
      this.#abort.signal.addEventListener('abort', () => {
        if (!adopted) fail(new Failure('cancelled', 'the attempt was given up'));
      });
      opening.onclose = () => fail(new Failure('upgrade_refused', 'the WebSocket closed before the first packet'));
      opening.onmessage = (event: unknown) => {
        adopted = true;
        clearTimeout(timer);
        this.#opened(opening);
        opening.onmessage = this.#heard;
        opening.onclose = (closed: { code: number; reason: string }) => this.#closed(closed.code, closed.reason);
        this.#heard(event);
        resolve();
      };
    });
  }

  async #poll(order: Order): Promise<void> {
    const opening = new AbortController();
    const abort = () => opening.abort();
    this.#abort.signal.addEventListener('abort', abort);
    const timer = setTimeout(abort, PATIENCE);
    let body: string;
    try {
      body = await request(this.#target, undefined, undefined, opening.signal);
    } catch (failure) {
      throw opening.signal.aborted ? new Failure('connect_timeout', 'polling: the server stays silent') : failure;
    } finally {
      clearTimeout(timer);
      this.#abort.signal.removeEventListener('abort', abort);
    }
    if (this.#ended) return;
    const session = Session.open(body, order.mayUpgrade());
    this.#opened(
      new PollingSession(session, this.#target, {
        heard: (data) => this.#heard({ data }),
        closed: (code, reason) => this.#closed(code, reason),
        failed: (failure) => this.#failed(failure),
        upgraded: () => order.upgraded(),
        // What becomes of the probe is known by its events.
        webSocket: (sid) => this.#open({ ...this.#dial, url: `${this.#dial.url}&sid=${sid}`, failed: () => {}, refused: () => {} }),
      }),
    );
  }

  #opened(carrier: SocketLike | PollingSession): void {
    this.#carrier = carrier;
    if (this.#paused) carrier.pause?.();
    this.readyState = 1;
    this.onopen?.({});
  }

  readonly #heard = (event: unknown): void => {
    for (const listener of [...this.#listeners]) listener(event);
    this.onmessage?.(event);
  };

  #closed(code: number, reason: string): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  #failed(failure: Failure): void {
    if (this.#ended) return;
    this.readyState = 3;
    if (failure.status > 0 && failure.code !== 'transport_closed') this.#dial.refused(failure.status, failure.retryAfter);
    else this.#dial.failed(failure.code, failure.message);
  }
}

/** The URL of the requests, from that of a WebSocket to the same server. */
function pollingUrl(webSocket: string): string {
  const url = new URL(webSocket);
  url.protocol = url.protocol.replace('ws', 'http');
  url.searchParams.set('transport', 'polling');
  return url.href;
}
