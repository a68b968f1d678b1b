import type { BodyReader } from './body-reader';
import { GrowingBuffer } from './growing-buffer';

const LF = 0x0a;
const CR = 0x0d;
/** Octets of the longest command line that is read; RFC 5321 asks for 512, RFC 4954 for 12,288. */
export const LONGEST_LINE = 16_384;
/** Octets that wait for their turn before the client is asked to wait. */
const HIGH_WATER = 65_536;

/** A command line without its line end; one character per byte. */
export interface InputLine {
  readonly text: string;
  /** What is beyond the limit was thrown away. */
  readonly isTooLong: boolean;
}

/** What a client sends, as one reader takes it: line by line, or a message. */
export class Input {
  #chunks: Buffer[] = [];
  /** Read bytes of the first chunk. */
  #at = 0;
  #buffered = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  /** Called when a client that had to wait may go on. */
  onSpace: () => void = () => undefined;
  /** Called when the reader begins and ceases to wait. */
  onWaiting: (isWaiting: boolean) => void = () => undefined;

  /** Octets that came and were not read. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Nothing more is to be read. */
  get isOver(): boolean {
    return this.#ended && this.#buffered === 0;
  }

  /** Adds what came; false: the client should wait for `onSpace`. */
  push(chunk: Uint8Array): boolean {
    if (this.#ended || chunk.length === 0) return true;
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    this.#buffered += chunk.length;
    this.#wake?.();
    return this.#buffered < HIGH_WATER;
  }

  /** Nothing more comes; what did is still read. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The connection is gone: what was not read is lost. */
  abort(): void {
    this.discard();
    this.end();
  }

  /** Throws away what was not read. */
  discard(): void {
    const wasFull = this.#buffered >= HIGH_WATER;
    this.#chunks = [];
    this.#at = 0;
    this.#buffered = 0;
    if (wasFull) this.onSpace();
  }

  /** The next line, ended by LF or CRLF; undefined when the client has gone, also in the middle of one. */
  async line(): Promise<InputLine | undefined> {
    const kept = new GrowingBuffer();
    let length = 0;
    for (let chunk = await this.#next(); chunk; chunk = await this.#next()) {
      const end = chunk.indexOf(LF);
      const piece = end === -1 ? chunk : chunk.subarray(0, end);
      if (length + piece.length <= LONGEST_LINE) kept.add(piece);
      length += piece.length;
      this.#consume(end === -1 ? chunk.length : end + 1);
      if (end === -1) continue;
      const bytes = kept.take();
      const text = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
      return { text: text.toString('latin1'), isTooLong: length > LONGEST_LINE };
    }
    return undefined;
  }

  /** Reads until the message is complete; false when the client went away before. */
  async body(reader: BodyReader): Promise<boolean> {
    for (let chunk = await this.#next(); chunk; chunk = await this.#next()) {
      const end = reader.read(chunk);
      this.#consume(end === -1 ? chunk.length : end);
      if (end !== -1) return true;
    }
    return false;
  }

  /** What is left of the first chunk; undefined at the end. */
  async #next(): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#ended) return undefined;
      this.onWaiting(true);
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
      this.onWaiting(false);
    }
    return this.#chunks[0]!.subarray(this.#at);
  }

  #consume(length: number): void {
    const [first] = this.#chunks;
    // The connection may have gone since the chunk was handed out.
    if (!first) return;
    const wasFull = this.#buffered >= HIGH_WATER;
    this.#at += length;
    this.#buffered -= length;
    if (this.#at >= first.length) {
      this.#chunks.shift();
      this.#at = 0;
    }
    if (wasFull && this.#buffered < HIGH_WATER) this.onSpace();
  }
}
