import { byteLength } from '../memory.js';
import type { SocketLike } from '../platform/types.js';
import { Failure, Kind, Session, Step } from './core.js';
import { type Target, request } from './http.js';

/** How long the change to a WebSocket may take, and whatever opens a session. */
export const PATIENCE = 10_000;

/** What happens in a session. */
export interface Listener {
  heard(data: unknown): void;
  closed(code: number, reason: string): void;
  failed(failure: Failure): void;
  upgraded(): void;
  /** Opens a WebSocket for the session. */
  webSocket(sid: string): SocketLike;
}

/** A WebSocket to which the session may change. */
interface Probe {
  readonly socket: SocketLike;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** A session that polls, or that has changed to a WebSocket. What happens when is decided by the core. */
export class PollingSession {
  readonly #session: Session;
  readonly #target: Target;
  readonly #listener: Listener;
  readonly #abort = new AbortController();
  /** The bytes of each frame that was sent and has not left. */
  #sizes: number[] = [];
  #buffered = 0;
  #taken = 0;
  #probe: Probe | undefined;
  #upgraded: SocketLike | undefined;
  #scheduled = false;
  #paused = false;
  #closing = false;
  #ended = false;

  constructor(session: Session, target: Target, listener: Listener) {
    this.#session = session;
    this.#target = target;
    this.#listener = listener;
    this.#schedule();
  }

  get bufferedAmount(): number {
    return this.#buffered + (this.#upgraded?.bufferedAmount ?? 0);
  }

  send(data: string | ArrayBufferView): void {
    if (this.#upgraded) return this.#upgraded.send(data);
    const isText = typeof data === 'string';
    const size = isText ? byteLength(data) : data.byteLength;
    if (isText) this.#session.sendText(data);
    else this.#session.sendBinary(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#sizes.push(size);
    this.#buffered += size;
    this.#schedule();
  }

  close(code?: number, reason?: string): void {
    if (this.#upgraded) return this.#upgraded.close(code, reason);
    this.#dropProbe();
    this.#closing = true;
    this.#session.close();
    this.#schedule();
  }

  /** Nothing is told of it any more, and no request of it is under way. */
  terminate(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#abort.abort();
    this.#dropProbe();
    if (this.#upgraded) drop(this.#upgraded);
    this.#session.free();
  }

  /** The next request waits until what the last one brought was read: that is the backpressure. */
  pause(): void {
    this.#paused = true;
    this.#upgraded?.pause?.();
  }

  resume(): void {
    this.#paused = false;
    this.#upgraded?.resume?.();
    this.#schedule();
  }

  /** In a turn of its own, so that what is sent at once leaves in one request. */
  #schedule(): void {
    if (this.#scheduled || this.#upgraded) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#drive();
    });
  }

  #drive(): void {
    while (!this.#ended && !this.#upgraded) {
      if (!this.#paused) this.#deliver();
      if (this.#ended || !this.#act(this.#session.pollAction())) break;
    }
    if (this.#ended || this.#upgraded || !this.#closing || !this.#session.isFlushed()) return;
    this.terminate();
    this.#listener.closed(1005, '');
  }

  /** False: there was nothing to do. */
  #act(step: Step): boolean {
    const session = this.#session;
    if (step === Step.Get) void this.#request(undefined, (body) => session.handleGet(body));
    else if (step === Step.Post) void this.#request(session.text(), () => session.handlePost());
    else if (step === Step.Open) this.#startProbe();
    else if (step === Step.Upgrade) this.#upgrade();
    else return false;
    this.#countTaken();
    return true;
  }

  async #request(body: string | undefined, done: (body: string) => void): Promise<void> {
    try {
      const answer = await request(this.#target, this.#session.sid(), body, this.#abort.signal);
      if (this.#ended) return;
      done(answer);
      this.#drive();
    } catch (failure) {
      if (this.#ended) return;
      this.#deliver();
      this.terminate();
      this.#listener.failed(failure as Failure);
    }
  }

  #deliver(): void {
    while (!this.#ended) {
      const kind = this.#session.pollFrame();
      if (kind === Kind.None) return;
      this.#listener.heard(kind === Kind.Text ? this.#session.text() : this.#session.binary().buffer);
    }
  }

  #countTaken(): void {
    const count = this.#session.taken() - this.#taken;
    this.#taken += count;
    for (const size of this.#sizes.splice(0, count)) this.#buffered -= size;
  }

  #startProbe(): void {
    const session = this.#session;
    const failed = () => {
      this.#dropProbe();
      session.handleProbeFailed();
      this.#drive();
    };
    let socket: SocketLike;
    try {
      socket = this.#listener.webSocket(session.sid());
    } catch {
      return session.handleProbeFailed();
    }
    this.#probe = { socket, timer: setTimeout(failed, PATIENCE) };
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(session.handleProbeOpen());
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (session.handleProbeFrame(typeof data === 'string' ? data : undefined)) this.#drive();
      else failed();
    };
    socket.onclose = failed;
  }

  #dropProbe(): void {
    if (!this.#probe) return;
    clearTimeout(this.#probe.timer);
    drop(this.#probe.socket);
    this.#probe = undefined;
  }

  /** Polling has ended: what had arrived comes before what the WebSocket brings. */
  #upgrade(): void {
    const session = this.#session;
    const { socket, timer } = this.#probe as Probe;
    clearTimeout(timer);
    this.#probe = undefined;
    socket.onmessage = ({ data }: { data: unknown }) => this.#listener.heard(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => this.#listener.closed(code, reason);
    socket.send(session.text());
    this.#deliver();
    for (;;) {
      const kind = session.takeOutbound();
      if (kind === Kind.None) break;
      socket.send(kind === Kind.Text ? session.text() : session.binary());
    }
    this.#upgraded = socket;
    if (this.#paused) socket.pause?.();
    this.#listener.upgraded();
  }
}

/** Gives a socket up, whatever its state: no event of it arrives any more. */
export function drop(socket: SocketLike): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
  if (socket.terminate) socket.terminate();
  else socket.close();
}
