import type { TextPosition } from '../../support/excerpt';
import { ConfigSyntaxError } from './syntax-error';

export interface Token {
  /** A bare word, a quoted string, one of `= { } ( ) [ ]`, or the end of the text. */
  readonly kind: 'word' | 'string' | '=' | '{' | '}' | '(' | ')' | '[' | ']' | 'end';
  /** Of a string: without quotes, escapes resolved. */
  readonly text: string;
  /** Offsets in the text, the second behind the last character. */
  readonly start: number;
  readonly end: number;
}

const WORD = /[^ \t\n\v\f\r#"'=(){}[\]]+/y;
const BLANKS = /[ \t\n\v\f\r]+/y;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Splits a configuration text into tokens (4/conf-overview). Comments begin with `#` and end with the line, or stand
 * between `/*` and its counterpart. In both kinds of quotes a backslash escapes the quote and itself and is otherwise
 * an ordinary character, so that regular expressions survive.
 */
export class Lexer {
  #offset: number;
  #lineStarts: number[] | undefined;

  constructor(
    readonly text: string,
    readonly file: string,
  ) {
    this.#offset = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  }

  next(): Token {
    this.#skipBlanks();
    const start = this.#offset;
    const character = this.text[start];
    if (character === undefined) return { kind: 'end', text: '', start, end: start };
    if (character === '"' || character === "'") return this.#quoted(start, character);
    const word = this.#match(WORD);
    if (word !== undefined) return this.#word(start, word);
    this.#offset++;
    return { kind: character as Token['kind'], text: character, start, end: this.#offset };
  }

  /** Line and column of an offset. */
  positionAt(offset: number): TextPosition {
    const starts = (this.#lineStarts ??= lineStarts(this.text));
    let low = 0;
    for (let high = starts.length - 1; low < high;) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** Throws ConfigSyntaxError. */
  fail(reason: string, offset: number): never {
    throw new ConfigSyntaxError(reason, this.file, this.text, this.positionAt(offset));
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.text)?.[0];
  }

  #skipBlanks(): void {
    for (;;) {
      this.#offset += this.#match(BLANKS)?.length ?? 0;
      if (this.text[this.#offset] === '#') {
        const end = this.text.indexOf('\n', this.#offset);
        this.#offset = end < 0 ? this.text.length : end;
      } else if (this.text.startsWith('/*', this.#offset)) {
        const end = this.text.indexOf('*/', this.#offset + 2);
        if (end < 0) this.fail("this comment is never closed: '*/' is missing", this.#offset);
        this.#offset = end + 2;
      } else return;
    }
  }

  /** A comment may follow a word without a blank. */
  #word(start: number, matched: string): Token {
    const comment = matched.indexOf('/*');
    const text = comment > 0 ? matched.slice(0, comment) : matched;
    this.#offset = start + text.length;
    return { kind: 'word', text, start, end: this.#offset };
  }

  #quoted(start: number, quote: string): Token {
    let text = '';
    let from = start + 1;
    for (let i = from; i < this.text.length; i++) {
      const character = this.text[i];
      const next = this.text[i + 1];
      if (character === '\\' && (next === quote || next === '\\')) {
        text += this.text.slice(from, i);
        from = ++i;
      } else if (character === quote) {
        this.#offset = i + 1;
        return { kind: 'string', text: text + this.text.slice(from, i), start, end: this.#offset };
      }
    }
    return this.fail(`this quote is never closed: ${quote} is missing`, start);
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
