/** The memory of the core. A view of it ends when it grows, and is made anew when it is next looked at. */
let memory: WebAssembly.Memory | undefined;
let byteView = new Uint8Array(0);
let numberView = new Float64Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Up to this length a loop is faster than the platform's own coders. */
const SHORT = 48;

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
  if (text.length > 512) return encoder.encode(text).length;
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Half of a surrogate pair is two of its four bytes; alone it becomes U+FFFD, of three.
    if (unit > 127) length += unit > 2047 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}

/** What has an inbox: the core. */
interface Receiver {
  inbox(length: number): number;
}

/** Where the core reads the bytes that it is given. */
export class Inbox {
  readonly #core: Receiver;
  #address = 0;
  #capacity = 0;

  constructor(core: Receiver) {
    this.#core = core;
  }

  /** Puts a text there, and gives its length in bytes. */
  putText(text: string): number {
    const { length } = text;
    if (length > SHORT) return this.#encode(text);
    this.#reserve(length);
    const view = bytes();
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 127) return this.#encode(text);
      view[this.#address + index] = unit;
    }
    return length;
  }

  /** Puts bytes there, after `offset` others. */
  put(given: readonly Uint8Array[]): Uint32Array {
    const ends = new Uint32Array(given.length);
    let end = 0;
    for (const [index, part] of given.entries()) ends[index] = end += part.length;
    this.#reserve(end);
    given.forEach((part, index) => bytes().set(part, this.#address + (ends[index] as number) - part.length));
    return ends;
  }

  #encode(text: string): number {
    return this.put([encoder.encode(text)])[0] as number;
  }

  /** Room for a large message is given back by the next one. */
  #reserve(length: number): void {
    const wanted = Math.max(length, 1024);
    if (this.#capacity >= wanted && this.#capacity <= 65536) return;
    this.#capacity = wanted;
    this.#address = this.#core.inbox(wanted);
  }
}
