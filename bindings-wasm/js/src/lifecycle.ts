/** What the platform says about the network and the page, each of which can be turned off. */
export interface LifecycleOptions {
  /** The events `online` and `offline`. */
  network?: boolean;
  /** The page becomes visible or hidden. */
  visibility?: boolean;
  /** The browser freezes the page and resumes it. */
  freeze?: boolean;
  /** The page goes into the back/forward cache and comes back. */
  page?: boolean;
}

/** What the operating system or the application knows about the network. */
export type NetworkHint = 'online' | 'offline' | 'woke' | 'foreground' | 'background';

export const HINTS: readonly NetworkHint[] = ['online', 'offline', 'woke', 'foreground', 'background'];

type Target = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;

/** Tells `hint` what happens to the page until the function that it returns is called. */
export function watch(options: LifecycleOptions | boolean, hint: (hint: NetworkHint) => void): () => void {
  if (!options) return () => {};
  const { network = true, visibility = true, freeze = true, page = true } = options === true ? {} : options;
  const undo: (() => void)[] = [];
  const listen = (target: Target | undefined, name: string, tell: (event: Event) => NetworkHint | undefined) => {
    if (typeof target?.addEventListener !== 'function') return;
    const listener = (event: Event) => {
      const told = tell(event);
      if (told) hint(told);
    };
    target.addEventListener(name, listener);
    undo.push(() => target.removeEventListener(name, listener));
  };
  const scope = globalThis as unknown as Target;
  const document = (globalThis as { document?: Document }).document;
  const persisted = (event: Event) => (event as PageTransitionEvent).persisted;

  if (network) {
    listen(scope, 'online', () => 'online');
    listen(scope, 'offline', () => 'offline');
  }
  if (visibility) {
    listen(document, 'visibilitychange', () =>
      document?.visibilityState === 'visible' ? 'foreground' : 'background',
    );
  }
  if (freeze) {
    listen(document, 'freeze', () => 'background');
    listen(document, 'resume', () => 'woke');
  }
  if (page) {
    listen(document && scope, 'pagehide', (event) => (persisted(event) ? 'background' : undefined));
    listen(document && scope, 'pageshow', (event) => (persisted(event) ? 'woke' : undefined));
  }
  return () => undo.splice(0).forEach((remove) => remove());
}
