// The package's values as the fields of lines, and back.

export function state(changed) {
  switch (changed.name) {
    case 'connecting':
      return { state: changed.name, attempt: changed.attempt, phase: changed.phase };
    case 'connected':
      return { state: changed.name, resumed: changed.resumed };
    case 'waiting':
      return { state: changed.name, attempt: changed.attempt, retry_in_ms: changed.retryIn, reason: error(changed.cause) };
    case 'disconnected':
      return { state: changed.name, ...(changed.reason ? { reason: error(changed.reason) } : {}) };
    default:
      return { state: changed.name };
  }
}

export function error({ code, message, retryable, closeCode }) {
  return { code, message, retryable, ...(closeCode === undefined ? {} : { close_code: closeCode }) };
}

// What an operation failed with. Anything but an error of the package's is a fault, and shows.
export function failure(failed) {
  const { code = 'internal', message = String(failed), retryable = false } = failed ?? {};
  return { code, message, retryable };
}

// Binary values stand in the lines as `{"$base64":"…"}`.
export function encode(value) {
  if (value instanceof Uint8Array) {
    let binary = '';
    for (const byte of value) binary += String.fromCharCode(byte);
    return { $base64: btoa(binary) };
  }
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]));
}

export function decode(value, invalid) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => decode(item, invalid));
  if ('$base64' in value) {
    try {
      return Uint8Array.from(atob(value.$base64), (character) => character.charCodeAt(0));
    } catch {
      throw invalid('$base64', 'must be base64');
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item, invalid)]));
}
