import { invalid } from './errors.js';

/** The URL of a WebSocket, resolved against the page's where it is relative. */
export function webSocketUrl(given: string | URL, path?: string, query?: Readonly<Record<string, string>>): string {
  const url = parse(given);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw invalid('url', 'must begin with ws:, wss:, http: or https:');
  if (url.username || url.password) throw invalid('url', 'must not hold a user name or password');
  if (path !== undefined) url.pathname = path;
  else if (url.hash) throw invalid('url', 'must not have a fragment');
  url.hash = '';
  for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
  return url.href;
}

function parse(given: string | URL): URL {
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  try {
    return new URL(given, base);
  } catch (cause) {
    // The text is not repeated: it may hold a secret.
    throw invalid('url', base ? 'is not a URL' : 'is not an absolute URL', cause instanceof TypeError ? undefined : cause);
  }
}
