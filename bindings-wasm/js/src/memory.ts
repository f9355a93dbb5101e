import type { Core } from './core.js';
import { Call, Place, type TextRecord } from './records.js';

/** What a call is about, beside numbers. */
export type Part = string | Uint8Array;

/** The memory of the core. A view of it ends when it grows, and is made anew when it is next looked at. */
let memory: WebAssembly.Memory | undefined;
let byteView = new Uint8Array(0);
let numberView = new Float64Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Up to this length a loop is faster than the platform's own coders. */
const SHORT = 48;

const BEYOND_ASCII = /[\u0080-\uffff]/;

export function attach(loaded: WebAssembly.Memory): void {
  memory = loaded;
}

export function bytes(): Uint8Array<ArrayBuffer> {
  if (byteView.length === 0 && memory) byteView = new Uint8Array(memory.buffer as ArrayBuffer);
  return byteView;
}

export function numbers(): Float64Array {
  if (numberView.length === 0 && memory) numberView = new Float64Array(memory.buffer);
  return numberView;
}

/** The text at an address. */
export function textAt(address: number, length: number): string {
  const view = bytes();
  if (length > SHORT) return decoder.decode(view.subarray(address, address + length));
  let text = '';
  for (let index = address; index < address + length; index += 1) {
    const byte = view[index] as number;
    if (byte > 127) return decoder.decode(view.subarray(address, address + length));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The length of a text in UTF-8. */
export function byteLength(text: string): number {
  return BEYOND_ASCII.test(text) ? encoder.encode(text).length : text.length;
}

/** What the core leaves when it is called. */
export class Voice {
  readonly #core: Core;
  readonly #at: number;

  constructor(core: Core) {
    this.#core = core;
    this.#at = core.left() / 8;
  }

  /** The number that the last call has left in that place. */
  left(place: Place): number {
    return numbers()[this.#at + place] as number;
  }

  /** All records were read: the core forgets them with the next call. */
  read(): void {
    const view = numbers();
    view[this.#at + Place.Read] = 1;
    view[this.#at + Place.Count] = 0;
  }

  /** What the last call has said. */
  get said(): unknown {
    return JSON.parse(textAt(this.left(Place.Said), this.left(Place.SaidLength)));
  }

  /** What the core says when it is asked so. */
  ask(call: Call): TextRecord[] {
    this.#core.call(call, 0, 0, 0, 0, 0);
    return this.said as TextRecord[];
  }
}

/** Where the core reads the bytes that it is given. */
export class Inbox {
  readonly #core: Core;
  #address = 0;
  #capacity = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Puts the first units of a text there, and a tail; gives their length in bytes. */
  putText(text: string, units = text.length, tail = ''): number {
    const length = units + tail.length;
    this.#reserve(SHORT);
    const view = bytes();
    let all = 0;
    for (let index = 0; index < length && length <= SHORT; index += 1) {
      const unit = index < units ? text.charCodeAt(index) : tail.charCodeAt(index - units);
      view[this.#address + index] = unit;
      all |= unit;
    }
    return length <= SHORT && all <= 127 ? length : this.putBytes(encoder.encode(text.slice(0, units) + tail));
  }

  /** Puts bytes there, and gives their length. */
  putBytes(given: Uint8Array): number {
    this.#reserve(given.length);
    bytes().set(given, this.#address);
    return given.length;
  }

  /** Puts parts there, after the length of each, and gives their number. */
  putParts(parts: readonly Part[]): number {
    const encoded = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
    const lengths = Uint32Array.from(encoded, (part) => part.length);
    let at = lengths.byteLength;
    this.#reserve(encoded.reduce((total, part) => total + part.length, at));
    bytes().set(new Uint8Array(lengths.buffer), this.#address);
    for (const part of encoded) {
      bytes().set(part, this.#address + at);
      at += part.length;
    }
    return parts.length;
  }

  /** Room for a large message is given back by the next one. */
  #reserve(length: number): void {
    const wanted = Math.max(length, 1024);
    if (this.#capacity >= wanted && this.#capacity <= 65536) return;
    this.#capacity = wanted;
    this.#address = this.#core.call(Call.Inbox, wanted, 0, 0, 0, 0);
  }
}
