/** An exception as the platform throws it. */
export function exception(name: 'SyntaxError' | 'InvalidStateError' | 'InvalidAccessError', message: string): DOMException {
  return new DOMException(message, name);
}

/** The URL of a WebSocket, as its constructor reads it. */
export function socketUrl(given: string | URL): string {
  const page = (globalThis as { location?: { href: string } }).location?.href;
  let url: URL;
  try {
    url = new URL(given, page);
  } catch {
    throw exception('SyntaxError', 'The URL is invalid.');
  }
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw exception('SyntaxError', "The URL's scheme must be ws, wss, http or https.");
  }
  if (url.hash !== '') throw exception('SyntaxError', 'The URL must not have a fragment.');
  return url.href;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The subprotocols, as the constructor reads them: tokens, each of them once. */
export function subprotocols(given: string | readonly string[] | undefined): string[] {
  const list = (given === undefined ? [] : [given].flat()).map(String);
  const seen = new Set<string>();
  for (const protocol of list) {
    if (!TOKEN.test(protocol)) throw exception('SyntaxError', `The subprotocol '${protocol}' is invalid.`);
    if (seen.has(protocol.toLowerCase())) throw exception('SyntaxError', `The subprotocol '${protocol}' is there twice.`);
    seen.add(protocol.toLowerCase());
  }
  return list;
}

/** Throws what `close` throws for a code or reason that an application may not use. */
export function checkClose(code: number | undefined, reason: string | undefined): void {
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw exception('InvalidAccessError', `The close code must be 1000 or from 3000 to 4999, ${code} is neither.`);
  }
  if (reason !== undefined && new TextEncoder().encode(reason).length > 123) {
    throw exception('SyntaxError', 'The close reason must not be greater than 123 UTF-8 bytes.');
  }
}
