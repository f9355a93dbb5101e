/** What `Retry-After` asks for in milliseconds: seconds or an HTTP date. Negative where it says neither. */
export function milliseconds(retryAfter: string | null | undefined): number {
  const text = retryAfter ?? '';
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return delay >= 0 ? delay : -1;
}
