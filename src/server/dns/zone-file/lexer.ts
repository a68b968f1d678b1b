/** Splits a zone file (RFC 1035, 5.1) into entries of words. */
import { zoneFileError, type ZonePlace } from './error';

export interface ZoneWord extends ZonePlace {
  /** Quotes and escapes resolved. */
  readonly text: string;
  /** As written. */
  readonly raw: string;
}

/** What stands on a line, or on several when parentheses hold them together. */
export interface ZoneEntry {
  readonly words: readonly ZoneWord[];
  /** It begins with white space: its owner is the one before. */
  readonly isIndented: boolean;
}

const SPACE = /[ \t\r]/;
const END_OF_WORD = /[\s;()"]/;

/** The entries of a zone given as a byte string. Throws ZoneFileError. */
export function zoneEntries(text: string, file: string | undefined): ZoneEntry[] {
  return new ZoneLexer(text, file).entries();
}

class ZoneLexer {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private words: ZoneWord[] = [];
  private isIndented = false;
  private readonly open: ZonePlace[] = [];
  private readonly found: ZoneEntry[] = [];

  constructor(
    private readonly text: string,
    private readonly file: string | undefined,
  ) {}

  entries(): ZoneEntry[] {
    while (this.at < this.text.length) this.next(this.text[this.at]!);
    const unclosed = this.open.at(-1);
    if (unclosed) throw this.error('this parenthesis is not closed', unclosed);
    this.endEntry();
    return this.found;
  }

  private next(character: string): void {
    if (character === '\n') this.newLine();
    else if (character === ';') this.skipComment();
    else if (character === '(') this.open.push(this.skipOne());
    else if (character === ')') this.close();
    else if (SPACE.test(character)) this.skipSpace();
    else this.words.push(character === '"' ? this.quoted() : this.plain());
  }

  private newLine(): void {
    if (this.open.length === 0) this.endEntry();
    this.at++;
    this.line++;
    this.lineStart = this.at;
  }

  private endEntry(): void {
    if (this.words.length > 0) this.found.push({ words: this.words, isIndented: this.isIndented });
    this.words = [];
    this.isIndented = false;
  }

  private skipComment(): void {
    while (this.at < this.text.length && this.text[this.at] !== '\n') this.at++;
  }

  private skipSpace(): void {
    if (this.at === this.lineStart && this.open.length === 0) this.isIndented = true;
    this.at++;
  }

  private skipOne(): ZonePlace {
    const place = this.place();
    this.at++;
    return place;
  }

  private close(): void {
    if (!this.open.pop()) throw this.error('this parenthesis closes none', this.place());
    this.at++;
  }

  private plain(): ZoneWord {
    return this.word(() => END_OF_WORD.test(this.text[this.at]!));
  }

  private quoted(): ZoneWord {
    const start = this.place();
    const from = this.at;
    this.at++;
    const { text } = this.word(() => /["\n]/.test(this.text[this.at]!));
    if (this.text[this.at] !== '"') throw this.error('this string is not closed on its line', start);
    this.at++;
    return { ...start, text, raw: this.text.slice(from, this.at) };
  }

  private word(isEnd: () => boolean): ZoneWord {
    const place = this.place();
    const from = this.at;
    let text = '';
    while (this.at < this.text.length && !isEnd())
      text += this.text[this.at] === '\\' ? this.escape() : this.text[this.at++]!;
    return { ...place, text, raw: this.text.slice(from, this.at) };
  }

  /** `\X` stands for X, `\DDD` for the byte of that decimal number. */
  private escape(): string {
    const place = this.place();
    const [escape] = /^\\(?:\d{3}|[^\d\n])/.exec(this.text.slice(this.at, this.at + 4)) ?? [''];
    const byte = Number(escape.slice(1));
    if (escape === '' || (escape.length === 4 && byte > 255))
      throw this.error('an escape is a backslash and a character, or a byte as three digits', place);
    this.at += escape.length;
    return escape.length === 4 ? String.fromCharCode(byte) : escape[1]!;
  }

  private place(): ZonePlace {
    return { line: this.line, column: this.at - this.lineStart + 1 };
  }

  private error(reason: string, place: ZonePlace): Error {
    return zoneFileError(this.text, place, reason, this.file);
  }
}
