/** What a page calls `CloseEvent`, for platforms that have none. */
class ClosedEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(type: string, { code = 0, reason = '', wasClean = false }: CloseEventInit = {}) {
    super(type);
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}

export function closeEvent(init: CloseEventInit): CloseEvent {
  const { CloseEvent: Platform } = globalThis as { CloseEvent?: typeof CloseEvent };
  return Platform ? new Platform('close', init) : (new ClosedEvent('close', init) as CloseEvent);
}

// biome-ignore lint/suspicious/noExplicitAny: the properties type it
type Handler = (event: any) => unknown;

/** The properties `onopen`, `onmessage` and so on: a listener that is replaced, at the place of the first. */
export class Handlers {
  readonly #target: EventTarget;
  readonly #handlers = new Map<string, Handler>();
  readonly #added = new Set<string>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(name: string): Handler | null {
    return this.#handlers.get(name) ?? null;
  }

  set(name: string, handler: unknown): void {
    if (typeof handler !== 'function') {
      this.#handlers.delete(name);
      return;
    }
    this.#handlers.set(name, handler as Handler);
    if (this.#added.has(name)) return;
    this.#added.add(name);
    this.#target.addEventListener(name, (event) => this.#handlers.get(name)?.call(this.#target, event));
  }
}
