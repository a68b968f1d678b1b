import { GrowingBuffer } from './growing-buffer';

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const CRLF_DOT = Buffer.from('\r\n.');

/** Where a chunk ended: within a line, after its CR, at the beginning of the next, after a dot there, after a CR then. */
type Place = 'line' | 'cr' | 'start' | 'dot' | 'dot-cr';

/**
 * Takes a message out of what follows DATA (RFC 5321, 4.5.2): a dot that begins a line is taken off, and only CRLF, dot,
 * CRLF ends it; lone CRs and LFs are bytes like others. What is beyond `limit` octets is read and thrown away.
 */
export class BodyReader {
  #place: Place = 'start';
  #size = 0;
  readonly #kept = new GrowingBuffer();

  constructor(private readonly limit = Infinity) {}

  /** Octets of the message so far. */
  get size(): number {
    return this.#size;
  }

  get isTooLarge(): boolean {
    return this.#size > this.limit;
  }

  /** The message, when it is complete. Empty when it was too large. */
  take(): Buffer {
    return this.#kept.take();
  }

  /** Reads a chunk; the index behind the end mark, or -1 when the message goes on. */
  read(chunk: Buffer): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#place === 'line') at = this.#line(chunk, at);
      else if (this.#step(chunk[at]!)) return at + 1;
      else if (this.#consumed) at++;
    }
    return -1;
  }

  /** Whether the byte that `#step` saw belongs to what came before it. */
  #consumed = false;

  /** One byte at the edge of a line; true for the end of the message. */
  #step(byte: number): boolean {
    this.#consumed = true;
    switch (this.#place) {
      case 'cr':
        if (byte === LF) return this.#go('start', LF);
        break;
      case 'start':
        if (byte === DOT) return this.#go('dot');
        break;
      case 'dot':
        if (byte === CR) return this.#go('dot-cr');
        break;
      default:
        if (byte === LF) return true;
        this.#keep(Buffer.of(CR));
    }
    this.#place = 'line';
    this.#consumed = false;
    return false;
  }

  #go(place: Place, byte?: number): false {
    this.#place = place;
    if (byte !== undefined) this.#keep(Buffer.of(byte));
    return false;
  }

  /** Keeps what is up to the next line that begins with a dot, or all; answers where to go on. */
  #line(chunk: Buffer, from: number): number {
    const found = chunk.indexOf(CRLF_DOT, from);
    if (found !== -1) {
      this.#keep(chunk.subarray(from, found + 2));
      this.#place = 'dot';
      return found + CRLF_DOT.length;
    }
    this.#keep(chunk.subarray(from));
    const last = chunk[chunk.length - 1];
    if (last === CR) this.#place = 'cr';
    else if (last === LF && chunk.length - from >= 2 && chunk[chunk.length - 2] === CR) this.#place = 'start';
    return chunk.length;
  }

  #keep(piece: Buffer): void {
    this.#size += piece.length;
    if (!this.isTooLarge) this.#kept.add(piece);
    else this.#kept.take();
  }
}
