import { bytesOf } from '../binary.js';
import { invalid } from '../errors.js';

/** Arguments as JSON text, in which attachments stand as placeholders. */
export interface EncodedArgs {
  readonly text: string;
  readonly attachments: Uint8Array[] | undefined;
}

/** As deep as the core lets arguments nest. */
const MAX_DEPTH = 128;

/** Throws `invalid_argument` for what JSON cannot say: cycles, BigInt. */
export function encodeArgs(args: readonly unknown[]): EncodedArgs {
  const attachments: Uint8Array[] = [];
  const replace = function (this: Record<string, unknown>, key: string, value: unknown) {
    // What `toJSON` of a Buffer made of it is no longer binary.
    const bytes = bytesOf(this[key], 'args');
    return bytes ? { _placeholder: true, num: attachments.push(bytes) - 1 } : value;
  };
  try {
    // A function that looks at each value makes `stringify` several times slower.
    const binary = args.some((arg) => hasBinary(arg, 1));
    const text = binary ? JSON.stringify(args, replace) : JSON.stringify(args);
    return { text, attachments: binary ? attachments : undefined };
  } catch (cause) {
    if (cause instanceof TypeError) throw invalid('args', `cannot be written as JSON: ${reason(cause)}`, cause);
    throw cause;
  }
}

function hasBinary(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  // What nests deeper is refused, and a cycle never ends.
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.some((item) => hasBinary(item, depth + 1));
  for (const key in value) if (hasBinary((value as Record<string, unknown>)[key], depth + 1)) return true;
  return false;
}

function reason(error: TypeError): string {
  return error.message.split('\n', 1)[0] ?? '';
}

/** Puts the attachments, the first of the payloads, back to where their placeholders stand. */
export function decodeArgs(args: unknown[], count: number, payloads: unknown[]): unknown[] {
  if (count === 0) return args;
  const attachments = payloads.splice(0, count);
  const restore = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(restore);
    const { _placeholder: is, num } = value as { _placeholder?: unknown; num?: unknown };
    if (is === true) return attachments[num as number];
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'object') define(value, key, restore(item));
    }
    return value;
  };
  return args.map(restore);
}

/** An assignment to `__proto__` would change the object's prototype. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
