import type { Outline } from '../delivery.js';

/** The longest that all before the array of a packet may be, for the packet to be outlined. */
const MAX_HEAD = 64;
/** Longer strings are no offsets. */
const MAX_OFFSET = 64;

const MESSAGE = 52;
const EVENT = 50;
const ACK = 51;
const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const NINE = 57;

/**
 * The outline of an event or answer without attachments: all before its array, the name, and a last string that may be an
 * offset of recovery. The core needs no more of it. Nothing for all else, and what is not well-formed: the core judges it.
 */
export function outline(packet: string): Outline | undefined {
  const kind = packet.charCodeAt(1);
  if (packet.charCodeAt(0) !== MESSAGE || (kind !== EVENT && kind !== ACK)) return undefined;
  const at = packet.indexOf('[');
  if (at < 0 || at > MAX_HEAD) return undefined;
  const content = parse(packet.slice(at));
  if (!content) return undefined;
  if (kind === ACK) return { units: at, tail: '[]', content };
  const name = content[0];
  if (typeof name !== 'string') return undefined;
  const offset = isOffset(content) ? `,${JSON.stringify(content[content.length - 1])}` : '';
  // Most names stand in the packet as they are.
  const end = at + 2 + name.length;
  const isPlain = packet.charCodeAt(end) === QUOTE && packet.startsWith(name, at + 2);
  if (isPlain) return { units: end + 1, tail: `${offset}]`, content };
  return { units: at, tail: `[${JSON.stringify(name)}${offset}]`, content };
}

/** The namespace of an event that has no attachments and wants no answer. */
export function plainNamespace(packet: string): string | undefined {
  if (packet.charCodeAt(0) !== MESSAGE || packet.charCodeAt(1) !== EVENT) return undefined;
  const at = packet.indexOf('[');
  if (at === 2) return '/';
  return at <= MAX_HEAD && packet.charCodeAt(at - 1) === COMMA ? packet.slice(2, at - 1) : undefined;
}

/** An answer without attachments in the namespace `/`. */
export function plainAnswer(packet: string): [id: number, content: unknown[]] | undefined {
  if (packet.charCodeAt(0) !== MESSAGE || packet.charCodeAt(1) !== ACK) return undefined;
  let id = 0;
  let at = 2;
  for (let unit = packet.charCodeAt(at); unit >= ZERO && unit <= NINE; unit = packet.charCodeAt(at)) {
    id = id * 10 + unit - ZERO;
    at += 1;
  }
  const content = at > 2 && packet[at] === '[' && parse(packet.slice(at));
  return content ? [id, content] : undefined;
}

/** Whether the core must see the last item. */
export function isOffset(content: readonly unknown[]): boolean {
  const last = content.length > 1 ? content[content.length - 1] : undefined;
  return typeof last === 'string' && last.length <= MAX_OFFSET;
}

/** An array of JSON. */
export function parse(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
