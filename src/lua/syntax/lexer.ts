import { LuaSyntaxError } from '../errors';
import { adviceFor } from './advice';
import { Char, isBlank, isDigit, isNamePart, isNameStart, isNewline } from './characters';
import { parseNumeral } from './numbers';
import { cString, type Source } from './source';
import { longBracketLevel, readLongBracket, readQuoted } from './strings';
import { RESERVED_WORDS, T, type Token } from './tokens';
import type { Position } from './tree';

/** Tokens of two characters, by both of them. `!=` is another spelling of `~=`. */
const PAIRS: ReadonlyMap<string, number> = new Map<string, number>([
  ['==', T.Equal],
  ['~=', T.NotEqual],
  ['!=', T.NotEqual],
  ['<=', T.LessEqual],
  ['>=', T.GreaterEqual],
  ['<<', T.ShiftLeft],
  ['>>', T.ShiftRight],
  ['^^', T.Xor],
]);
const PAIR_STARTS: ReadonlySet<number> = new Set([...PAIRS.keys()].map((pair) => pair.charCodeAt(0)));

/**
 * Splits source into tokens, one at a time, as Lua 5.1's lexer does: comments are skipped, and an error
 * is reported at the line that has been reached, which for an unfinished long string is the last one.
 */
export class Lexer {
  /** The line that has been reached, from 1; for a token that spans lines it is the last of them. */
  line = 1;
  /** Offset of the next unread byte. */
  offset: number;
  readonly text: string;
  private lineStart = 0;
  /** What the token being read amounts to, if it is a name or a string, or a number. */
  private tokenText = '';
  private tokenValue = 0;

  constructor(
    private readonly source: Source,
    offset = 0,
  ) {
    this.text = source.text;
    this.offset = offset;
  }

  next(): Token {
    this.skipBlanks();
    const from = this.offset;
    const start = this.position();
    this.tokenText = '';
    this.tokenValue = 0;
    const kind = this.scan();
    return {
      kind,
      start,
      end: this.position(),
      from,
      to: this.offset,
      text: this.tokenText,
      value: this.tokenValue,
    };
  }

  /** Steps over one end of line; two different characters in a row (`\r\n`) are one. */
  newline(): void {
    const first = this.text.charCodeAt(this.offset++);
    const second = this.text.charCodeAt(this.offset);
    if (isNewline(second) && second !== first) this.offset++;
    this.line++;
    this.lineStart = this.offset;
  }

  /**
   * @param near what the message names as the place, or undefined for none
   * @param offset where the caret goes, if it is on the line that has been reached
   */
  fail(message: string, near: string | undefined, offset: number, hints?: { openedAt?: number }): never {
    const column = Math.max(1, (offset >= this.lineStart ? offset : this.offset) - this.lineStart + 1);
    const at = { line: this.line, column };
    const advice = adviceFor({ message, text: this.text, offset, ...hints });
    throw new LuaSyntaxError(this.source, at, withNear(message, near), advice);
  }

  private position(): Position {
    return { line: this.line, column: this.offset - this.lineStart + 1 };
  }

  private skipBlanks(): void {
    const { text } = this;
    for (;;) {
      const c = text.charCodeAt(this.offset);
      if (isBlank(c)) this.offset++;
      else if (isNewline(c)) this.newline();
      else if (c === Char.Minus && text.charCodeAt(this.offset + 1) === Char.Minus) this.skipComment();
      else return;
    }
  }

  private skipComment(): void {
    this.offset += 2;
    const level = longBracketLevel(this.text, this.offset);
    if (level >= 0) {
      readLongBracket(this, level, 'comment');
      return;
    }
    while (this.offset < this.text.length && !isNewline(this.text.charCodeAt(this.offset))) this.offset++;
  }

  private scan(): number {
    const { text, offset } = this;
    if (offset >= text.length) return T.EndOfFile;
    const c = text.charCodeAt(offset);
    if (isNameStart(c)) return this.scanName();
    if (isDigit(c)) return this.scanNumeral();
    if (c === Char.DoubleQuote || c === Char.SingleQuote) {
      this.tokenText = readQuoted(this);
      return T.String;
    }
    if (c === Char.Dot) return this.scanDots();
    if (c === Char.OpenBracket) return this.scanBracket();
    const pair = PAIR_STARTS.has(c) ? PAIRS.get(text.slice(offset, offset + 2)) : undefined;
    this.offset += pair === undefined ? 1 : 2;
    return pair ?? c;
  }

  private scanName(): number {
    const { text, offset } = this;
    let end = offset + 1;
    while (isNamePart(text.charCodeAt(end))) end++;
    this.offset = end;
    const name = text.slice(offset, end);
    const word = RESERVED_WORDS.get(name);
    if (word !== undefined) return word;
    this.tokenText = name;
    return T.Name;
  }

  /** Takes everything that looks like part of a number, so that `3x` and `1..2` are malformed numbers. */
  private scanNumeral(): number {
    const { text, offset } = this;
    let end = offset + 1;
    while (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === Char.Dot) end++;
    if (text[end] === 'e' || text[end] === 'E') {
      end++;
      if (text[end] === '+' || text[end] === '-') end++;
    }
    while (isNamePart(text.charCodeAt(end))) end++;
    this.offset = end;
    const numeral = text.slice(offset, end);
    const value = parseNumeral(numeral);
    if (value === undefined) this.fail('malformed number', numeral, offset);
    this.tokenValue = value;
    return T.Number;
  }

  private scanDots(): number {
    const { text, offset } = this;
    if (isDigit(text.charCodeAt(offset + 1))) return this.scanNumeral();
    if (text.charCodeAt(offset + 1) !== Char.Dot) {
      this.offset++;
      return Char.Dot;
    }
    const three = text.charCodeAt(offset + 2) === Char.Dot;
    this.offset += three ? 3 : 2;
    return three ? T.Dots : T.Concat;
  }

  private scanBracket(): number {
    const level = longBracketLevel(this.text, this.offset);
    if (level >= 0) {
      this.tokenText = readLongBracket(this, level, 'string');
      return T.String;
    }
    if (level === -1) {
      this.offset++;
      return Char.OpenBracket;
    }
    return this.fail('invalid long string delimiter', `[${'='.repeat(-level - 1)}`, this.offset);
  }
}

/** Appends the place to a message; C ends the text of a token at an embedded zero. */
export function withNear(message: string, near: string | undefined): string {
  return near === undefined ? message : `${message} near '${cString(near)}'`;
}
