import type { PollingOptions } from './index.js';
import { milliseconds } from '../retry-after.js';
import { Failure, refusal } from './core.js';

/** Where the requests go, and how. */
export interface Target {
  /** With the parameters of Engine.IO, but for the session's id. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: NonNullable<PollingOptions['credentials']>;
  readonly maxBytes: number;
}

/** Makes one request, a POST if there is a body to send, and gives the body of its answer. Throws a `Failure`. */
export async function request(
  { url, headers, credentials, maxBytes }: Target,
  sid: string | undefined,
  body: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const inSession = sid !== undefined;
  try {
    const response = await fetch(inSession ? `${url}&sid=${sid}` : url, {
      method: body === undefined ? 'GET' : 'POST',
      // As text, which needs no leave of a server on another origin.
      ...(body === undefined ? {} : { body }),
      headers,
      credentials,
      signal,
      cache: 'no-store',
      redirect: 'error',
    });
    if (response.status !== 200) {
      void response.body?.cancel().catch(() => {});
      throw refusal(response.status, milliseconds(response.headers.get('retry-after')), inSession);
    }
    if (!inSession && /html/i.test(response.headers.get('content-type') ?? '')) {
      void response.body?.cancel().catch(() => {});
      throw new Failure('captive_portal', 'a web page answered instead of the server');
    }
    return await read(response, maxBytes);
  } catch (error) {
    // A page is not told what was wrong.
    throw error instanceof Failure ? error : new Failure('network', 'polling: the request failed');
  }
}

async function read(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    bytes += value?.length ?? 0;
    if (bytes > maxBytes) {
      void reader?.cancel().catch(() => {});
      throw new Failure('too_big', 'the server sent a payload beyond maxMessageBytes');
    }
    try {
      text += decoder.decode(value, { stream: !done });
    } catch {
      throw new Failure('protocol', 'the server sent a payload that is not UTF-8');
    }
    if (done) return text;
  }
}
