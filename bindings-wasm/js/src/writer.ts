import type { Core } from './core.js';
import type { Link } from './link.js';
import { type Voice, bytes, textAt } from './memory.js';
import type { Receipt } from './receipt.js';
import { Call, Place, Transmitted } from './records.js';

/** Writes the frames that a core leaves, with what was kept of them. */
export class Writer {
  readonly #core: Core;
  readonly #voice: Voice;
  /** The messages by their numbers. */
  readonly #receipts: ReadonlyMap<number, Receipt>;

  constructor(core: Core, voice: Voice, receipts: ReadonlyMap<number, Receipt>) {
    this.#core = core;
    this.#voice = voice;
    this.#receipts = receipts;
  }

  /** Writes the frame that is left, and those that follow, while the socket can take more. False if it fails. */
  write(link: Link, now: number): boolean {
    const { socket } = link;
    let { room } = link;
    let written = true;
    socket.cork?.();
    try {
      do {
        room -= this.#writeFrame(link);
        if (room <= 0) break;
        this.#core.call(Call.Transmit, 0, 0, 0, 0, now);
      } while (this.#voice.left(Place.Kind) !== Transmitted.Nothing);
    } catch {
      written = false;
    }
    socket.uncork?.();
    return written;
  }

  /** Gives the size of the frame. */
  #writeFrame(link: Link): number {
    const voice = this.#voice;
    const kind = voice.left(Place.Kind);
    const at = voice.left(Place.Frame);
    const length = voice.left(Place.Length);
    if (kind === Transmitted.Ping) link.ping(bytes().slice(at, at + length));
    if (kind !== Transmitted.Text && kind !== Transmitted.Binary) return 0;
    const receipt = this.#receipts.get(voice.left(Place.Message));
    const outgoing = receipt?.outgoing;
    if (!outgoing) {
      const isText = kind === Transmitted.Text;
      link.write(isText ? textAt(at, length) : bytes().slice(at, at + length), length, undefined);
      return length;
    }
    const index = voice.left(Place.Index);
    const content = index === 0 ? outgoing.content : (outgoing.attachments[index - 1] as Uint8Array);
    const size = typeof content === 'string' ? length + outgoing.headBytes : content.length;
    const whole = length === 0 ? content : textAt(at, length) + content;
    link.write(whole, size, index === outgoing.attachments.length ? receipt : undefined);
    return size;
  }
}
