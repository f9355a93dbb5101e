import { type ErrorCode, RejoinError } from './errors.js';
import { type Part, type Voice, bytes, numbers } from './memory.js';
import type { SocketLike } from './platform/types.js';
import type { Outcome, Receipt } from './receipt.js';
import { Call, Flag, Kind, Place, Text, type TextRecord } from './records.js';
import { decodeArgs } from './socketio/args.js';

/** What a message of a WebSocket holds. */
export type Data = string | ArrayBuffer;

/** What the core needs of a packet, its first units and then `tail`; and what stays here. */
export interface Outline {
  readonly units: number;
  readonly tail: string;
  readonly content: unknown;
}

/** How a core begins. */
export interface Start {
  readonly protocol: Call.Plain | Call.SocketIo;
  readonly seed: number;
  /** The settings, and what else belongs to the protocol. */
  readonly parts: readonly Part[];
}

/** The client that the driver works for. It never throws. */
export interface Host {
  /** What the core is to be, and with what. */
  start(): Start;
  /** Opens a socket, or throws what is wrong. */
  dial(token: string | undefined): SocketLike;
  /** What a packet says beyond what the core must see, if it is one of those of which that is little. */
  outline(data: string): Outline | undefined;
  message(data: Data): void;
  /** Hands over an event of which the core would only take the time. False if this is none, or may be none. */
  passOn(data: string): boolean;
  /** What an answer says, to an event of the namespace `/`, if this is one. */
  answer(data: string): readonly [id: number, content: unknown[]] | undefined;
  /** An event whose array was kept. `offset`: the core took its last item; `session`: that which wants an answer, or -1. */
  event(content: unknown[], offset: boolean, lane: number, session: number, id: number): void;
  /** Binary data as the application gets it. */
  binary(bytes: Uint8Array): unknown;
  /** What else happened. */
  told(record: TextRecord): void;
}

const NONE: readonly TextRecord[] = [];

/** Tells a client what its core says, in order. */
export class Delivery {
  /** The messages that have come to no end. */
  readonly receipts = new Map<number, Receipt>();
  /** What waits until all that happened before it was told. */
  readonly marks: (() => void)[] = [];
  readonly #voice: Voice;
  readonly #host: Host;
  /** What the core does not need of the messages that it was told of since the last delivery. */
  #content: unknown[] = [];
  /** The numbers of the records that are being delivered. */
  readonly #records: number[] = [];
  #ended = false;

  constructor(voice: Voice, host: Host) {
    this.#voice = voice;
    this.#host = host;
  }

  /** Keeps content until what the core makes of its message is told, and gives its slot. */
  keep(content: unknown): number {
    return this.#content.push(content) - 1;
  }

  /** Nothing more is told. */
  end(): void {
    this.#ended = true;
  }

  /** Tells the client what happened, in order. */
  deliver(): void {
    const voice = this.#voice;
    const count = voice.left(Place.Count);
    if (count === 0) return;
    const records = this.#records;
    const start = voice.left(Place.Numbers) / 8;
    const view = numbers();
    for (let index = 0; index < count; index += 1) records[index] = view[start + index] as number;
    const texts = voice.left(Place.Flags) & Flag.Texts ? voice.ask(Call.Texts) : NONE;
    // Listeners may call the core, which then has other things to tell.
    for (const record of texts) this.#copyAttachments(record);
    const content = this.#content;
    this.#content = [];
    voice.read();
    let text = 0;
    for (let at = 0; at < count && !this.#ended; ) {
      const first = records[at + 1] as number;
      switch (records[at] as Kind) {
        case Kind.Text:
          this.#told(texts[text++] as TextRecord);
          at += 1;
          break;
        case Kind.Mark:
          this.marks.shift()?.();
          at += 1;
          break;
        case Kind.Message:
          this.#host.message(content[first] as Data);
          at += 2;
          break;
        case Kind.Receipt:
          this.#finish(first, 'sent');
          at += 2;
          break;
        case Kind.Ack:
          this.answered(records[at + 2] as number, content[first] as unknown[]);
          at += 3;
          break;
        case Kind.Event:
          this.#event(content[first] as unknown[], records, at + 2);
          at += 6;
      }
    }
  }

  #event(content: unknown[], records: readonly number[], at: number): void {
    const [offset, lane, session, id] = [records[at], records[at + 1], records[at + 2], records[at + 3]] as number[];
    this.#host.event(content, offset === 1, lane as number, session as number, id as number);
  }

  /** Reads what an event or answer points to, and puts that into its arguments. */
  #copyAttachments(record: TextRecord): void {
    if (record[0] !== Text.Event && record[0] !== Text.Ack) return;
    const places = record.pop() as number[];
    const attachments: unknown[] = [];
    for (let index = 0; index < places.length; index += 2) {
      const [at, length] = places.slice(index, index + 2) as [number, number];
      attachments.push(this.#host.binary(bytes().slice(at, at + length)));
    }
    record.push(decodeArgs(record.pop(), attachments));
  }

  #told(record: TextRecord): void {
    if (record[0] === Text.Receipt) this.#unanswered(record);
    else if (record[0] === Text.Ack) this.answered(record[1], record[3]);
    else this.#host.told(record);
  }

  #unanswered([, id, outcome, hasCause, code, retryable, remedy]: TextRecord): void {
    const receipt = this.#finish(id, outcome, hasCause ? code : undefined);
    const message = `the event was not acknowledged: ${code}`;
    receipt?.answered?.(new RejoinError(code, message, { retryable: retryable === 1, remedy }));
  }

  #finish(id: number, outcome: Outcome, cause?: ErrorCode): Receipt | undefined {
    const receipt = this.receipts.get(id);
    receipt?.settle(outcome, cause);
    this.receipts.delete(id);
    return receipt;
  }

  /** An event is acknowledged by its answer. */
  answered(id: number, answer: unknown[]): void {
    this.#finish(id, 'acknowledged')?.answered?.(answer);
  }
}
