/** C's `FILE`: a place in a file, and reading by lines, numbers and counts. Text is bytes, one per character. */
import type { LuaFile, OpenMode } from '../system';
import { stringToNumber } from '../syntax/numbers';
import { systemError } from './system-errors';

/** What one call of `fgets` reads at most. */
const LINE_BUFFER = 8191;
const BLOCK = 65536;
/** More than any number has characters. */
const NUMBER_WINDOW = 4096;
const NEWLINE = 10;
const MAX_OFFSET = 2 ** 63;

export type Access = Pick<OpenMode, 'read' | 'write'> & { readonly append?: boolean };
export type Origin = 'set' | 'cur' | 'end';

export class Stream {
  #position: number;

  constructor(
    readonly file: LuaFile,
    private readonly access: Access,
  ) {
    this.#position = access.append && !access.read ? file.size() : 0;
  }

  /** A line without its end, undefined at the end of the file. What follows a zero byte in a line is lost, as in 5.1. */
  readLine(): string | undefined {
    let line = '';
    for (;;) {
      const bytes = this.#peek(LINE_BUFFER);
      if (bytes.length === 0) return line === '' ? undefined : line;
      const newline = bytes.indexOf(NEWLINE);
      const taken = newline < 0 ? bytes : bytes.subarray(0, newline + 1);
      this.#position += taken.length;
      const zero = taken.indexOf(0);
      if (zero < 0 && newline >= 0) return line + taken.toString('latin1', 0, newline);
      line += taken.toString('latin1', 0, zero < 0 ? taken.length : zero);
    }
  }

  /** As many bytes as there are, up to `count` (infinite: all), undefined when there are none. */
  readCount(count: number): string | undefined {
    let text = '';
    while (text.length < count) {
      const bytes = this.#peek(Math.min(count - text.length, BLOCK));
      if (bytes.length === 0) return text === '' ? undefined : text;
      text += bytes.toString('latin1');
      this.#position += bytes.length;
    }
    return text;
  }

  atEnd(): boolean {
    return this.#peek(1).length === 0;
  }

  /** A number as C's `scanf` reads it; what cannot go on to be one is left, what looked like one is used up. */
  readNumber(): number | undefined {
    // C's scanf keeps quiet about the wrong direction.
    if (!this.access.read) return undefined;
    let window: string;
    do {
      window = this.#peek(NUMBER_WINDOW).toString('latin1');
      this.#position += /^[ \t-\r]*/.exec(window)![0].length;
    } while (window !== '' && /^[ \t-\r]*$/.test(window));
    const text = SCANNED.exec(this.#peek(NUMBER_WINDOW).toString('latin1'))![0];
    this.#position += text.length;
    const magnitude = text.replace(/^[+-]/, '');
    const incomplete = /^0x/i.test(magnitude) ? /p[+-]?$/i : /e[+-]?$/i;
    // Behind a plus, a leading zero does not make the number octal.
    const n = stringToNumber(`+${magnitude.replace(incomplete, '')}`);
    return n !== undefined && text.startsWith('-') ? -n : n;
  }

  write(text: string): void {
    if (text === '') return;
    if (!this.access.write) throw systemError('EBADF');
    if (this.access.append) this.#position = this.file.size();
    this.file.write(Buffer.from(text, 'latin1'), this.#position);
    this.#position += text.length;
  }

  /** Goes to a place and answers it, in bytes from the start. */
  seek(origin: Origin, offset: number): number {
    if (!this.file.isSeekable) throw systemError('ESPIPE');
    const from = origin === 'set' ? 0 : origin === 'cur' ? this.#position : this.file.size();
    const position = from + offset;
    if (position < 0 || position >= MAX_OFFSET) throw systemError('EINVAL');
    return (this.#position = position);
  }

  #peek(length: number): Buffer {
    if (!this.access.read) throw systemError('EBADF');
    const bytes = this.file.read(this.#position, length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** The longest text that could begin a number, as far as one character of look-ahead tells. */
const SCANNED =
  /^[+-]?(?:n(?:a[^]?|[^])?|i(?:n(?:f(?:inity)?|[^])?|[^])?|0x[\da-f]*\.?[\da-f]*(?:p[+-]?\d*)?|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d*)?|\.?)/i;
