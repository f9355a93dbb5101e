import { bytesOf } from '../binary.js';
import { invalid } from '../errors.js';

/** An array as JSON text, in which attachments stand as placeholders. */
export interface Encoded {
  readonly text: string;
  readonly attachments: readonly Uint8Array[];
}

const NONE: readonly never[] = [];

/** As deep as arguments may nest. */
const MAX_DEPTH = 128;

/** Throws `invalid_argument` for what JSON cannot say: cycles, BigInt. */
export function encodeArgs(args: readonly unknown[]): Encoded {
  try {
    // A function that looks at each value makes `stringify` several times slower.
    if (!hasBinary(args, 0)) return { text: JSON.stringify(args), attachments: NONE };
    const attachments: Uint8Array[] = [];
    const replace = function (this: Record<string, unknown>, key: string, value: unknown) {
      // What `toJSON` of a Buffer made of it is no longer binary. A copy: the application may change its buffer.
      const bytes = bytesOf(this[key], 'args')?.slice();
      return bytes ? { _placeholder: true, num: attachments.push(bytes) - 1 } : value;
    };
    return { text: JSON.stringify(args, replace), attachments };
  } catch (cause) {
    if (cause instanceof TypeError) throw invalid('args', `cannot be written as JSON: ${reason(cause)}`, cause);
    throw cause;
  }
}

function hasBinary(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  // A cycle never ends.
  if (depth > MAX_DEPTH) throw tooDeep(value);
  if (Array.isArray(value)) {
    for (const item of value) if (hasBinary(item, depth + 1)) return true;
    return false;
  }
  for (const key in value) if (hasBinary((value as Record<string, unknown>)[key], depth + 1)) return true;
  return false;
}

function reason(error: TypeError): string {
  return error.message.split('\n', 1)[0] ?? '';
}

/** What nests too deep, or is a cycle: then JSON says so. */
function tooDeep(value: object): unknown {
  JSON.stringify(value);
  return invalid('args', `must nest at most ${MAX_DEPTH} deep`);
}

/** Puts the attachments back to where their placeholders stand. */
export function decodeArgs(args: unknown[], attachments: readonly unknown[]): unknown[] {
  if (attachments.length === 0) return args;
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
