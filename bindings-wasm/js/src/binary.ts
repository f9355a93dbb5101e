import { invalid } from './errors.js';

/** The bytes of what is binary, not copied; `undefined` for what is not. Throws for a buffer that was given away. */
export function bytesOf(value: unknown, field: string): Uint8Array | undefined {
  const isView = ArrayBuffer.isView(value);
  if (!isView && !(value instanceof ArrayBuffer)) return undefined;
  try {
    return isView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
  } catch (cause) {
    throw invalid(field, 'its buffer is detached', cause);
  }
}
