import { invalid } from './errors.js';

/** The bytes of what is binary, not copied; `undefined` for what is not. Throws for a buffer that was given away. */
export function bytesOf(value: unknown, field: string): Uint8Array | undefined {
  if (value instanceof Uint8Array) return attached(value, field);
  if (ArrayBuffer.isView(value)) return attached(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), field);
  if (value instanceof ArrayBuffer) {
    try {
      return new Uint8Array(value);
    } catch (cause) {
      throw invalid(field, 'its buffer is detached', cause);
    }
  }
  return undefined;
}

/** A view of a detached buffer looks like an empty one. */
function attached(view: Uint8Array, field: string): Uint8Array {
  if (view.byteLength === 0) {
    try {
      new Uint8Array(view.buffer);
    } catch (cause) {
      throw invalid(field, 'its buffer is detached', cause);
    }
  }
  return view;
}
