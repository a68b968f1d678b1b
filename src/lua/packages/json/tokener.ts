/**
 * Reads JSON as json-c 0.10 does. It takes more than JSON: comments, single quotes, a comma before a closing bracket,
 * literals in any case, text behind the value. It takes less, too: no `\f`, 32 levels, and a number or literal that
 * ends the text is not known to be complete.
 */
import { cString } from '../../syntax/source';
import { codeOf, describeCode, type JsonErrorName } from './errors';
import { JsonArray, JsonObject, JsonScalar, toInt64, type JsonValue } from './value';

/** Why and at which byte the tokener stopped. */
export class JsonStop extends Error {
  constructor(
    readonly code: number,
    readonly offset: number,
  ) {
    super(`${describeCode(code)} at offset ${offset}`);
  }
}

const MAX_DEPTH = 32;
const SPACE = ' \t\n\v\f\r';
const NUMBER_CHARACTERS = '0123456789.+-eE';
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
};
const REPLACEMENT = 0xfffd;
const isHighSurrogate = (code: number) => (code & 0xfc00) === 0xd800;
const isLowSurrogate = (code: number) => (code & 0xfc00) === 0xdc00;
const utf8 = (code: number) => Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1');

/** The first value of a text, or where its reading stopped. JSON's null is `null`, at the offset of its end. */
export function parseJson(text: string): { value: JsonValue | null; offset: number } | JsonStop {
  const tokener = new Tokener(text);
  try {
    return { value: tokener.run(), offset: tokener.at };
  } catch (stop) {
    if (stop instanceof JsonStop) return stop;
    throw stop;
  }
}

class Tokener {
  at = 0;

  constructor(private readonly text: string) {}

  run(): JsonValue | null {
    const value = this.value(0);
    this.skipBehind();
    return value;
  }

  /** The byte at hand; where the text ends, more would have to come. */
  private peek(): string {
    return this.text[this.at] ?? this.fail('CONTINUE');
  }

  /** A zero byte ends the text for C, whatever else was wrong with it. */
  private fail(name: JsonErrorName): never {
    throw new JsonStop(codeOf(this.text[this.at] === '\0' ? 'PARSE_EOF' : name), this.at);
  }

  /** Steps over a byte of something that a zero byte cannot be part of. */
  private step(): void {
    const isEnd = this.text[this.at++] === '\0';
    if (isEnd) throw new JsonStop(codeOf('PARSE_EOF'), this.at);
  }

  private skipSpace(): string {
    for (;;) {
      const byte = this.peek();
      if (byte === '/') this.comment();
      else if (!SPACE.includes(byte)) return byte;
      this.at++;
    }
  }

  /** Behind the value only a comment can still be wrong. */
  private skipBehind(): void {
    for (; this.at < this.text.length; this.at++) {
      const byte = this.peek();
      if (byte === '/') this.comment();
      else if (!SPACE.includes(byte)) return;
    }
  }

  /** Leaves the last byte of the comment at hand as space, as a line's end is. */
  private comment(): void {
    this.at++;
    const kind = this.peek();
    if (kind === '/') {
      while (this.peek() !== '\n') this.step();
    } else if (kind === '*') {
      this.at++;
      this.blockComment();
    } else {
      this.fail('PARSE_COMMENT');
    }
  }

  /** The byte after a star counts for nothing but the end, so that `**` + `/` is none. */
  private blockComment(): void {
    for (;;) {
      while (this.peek() !== '*') this.step();
      this.at++;
      if (this.peek() === '/') return;
      this.step();
    }
  }

  private value(depth: number): JsonValue | null {
    const byte = this.skipSpace();
    if (byte === '{') return this.object(depth);
    if (byte === '[') return this.array(depth);
    if (byte === '"' || byte === "'") return new JsonScalar(this.string(byte));
    if (/[-\d]/.test(byte)) return this.number();
    switch (byte.toLowerCase()) {
      case 't':
        return this.literal('true', 'PARSE_BOOLEAN', new JsonScalar(true));
      case 'f':
        return this.literal('false', 'PARSE_BOOLEAN', new JsonScalar(false));
      case 'n':
        return this.literal('null', 'PARSE_NULL', null);
      default:
        return this.fail('PARSE_UNEXPECTED');
    }
  }

  private nested(depth: number): JsonValue | null {
    if (depth >= MAX_DEPTH - 1) this.fail('DEPTH');
    return this.value(depth + 1);
  }

  private object(depth: number): JsonObject {
    const object = new JsonObject();
    for (let separator = '{'; separator !== '}';) {
      this.at++;
      const quote = this.skipSpace();
      if (quote === '}') break;
      if (quote !== '"' && quote !== "'") this.fail('PARSE_OBJECT_KEY_NAME');
      const key = this.string(quote);
      if (this.skipSpace() !== ':') this.fail('PARSE_OBJECT_KEY_SEP');
      this.at++;
      this.skipSpace();
      object.set(key, this.nested(depth));
      separator = this.skipSpace();
      if (separator !== ',' && separator !== '}') this.fail('PARSE_OBJECT_VALUE_SEP');
    }
    this.at++;
    return object;
  }

  private array(depth: number): JsonArray {
    const array = new JsonArray();
    for (let separator = '['; separator !== ']';) {
      this.at++;
      if (this.skipSpace() === ']') break;
      array.items.push(this.nested(depth));
      separator = this.skipSpace();
      if (separator !== ',' && separator !== ']') this.fail('PARSE_ARRAY');
    }
    this.at++;
    return array;
  }

  /** The byte that follows is looked at: only it shows that the literal is complete. */
  private literal<Value>(word: string, error: JsonErrorName, value: Value): Value {
    for (const letter of word) {
      if (this.peek().toLowerCase() !== letter) this.fail(error);
      this.at++;
    }
    this.peek();
    return value;
  }

  private number(): JsonScalar {
    const start = this.at;
    while (NUMBER_CHARACTERS.includes(this.peek())) this.at++;
    const text = this.text.slice(start, this.at);
    const isDouble = /[.eE]/.test(text);
    // C's scanf takes what makes a number and leaves the rest.
    const [number] = (isDouble ? /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/ : /^-?\d+/).exec(text) ?? [];
    if (number === undefined) return this.fail('PARSE_NUMBER');
    return new JsonScalar(isDouble ? Number(number) : toInt64(BigInt(number)));
  }

  /** C's string: it ends at a zero byte, which only `\u0000` can write. */
  private string(quote: string): string {
    this.at++;
    let bytes = '';
    for (let start = this.at; ;) {
      const byte = this.peek();
      if (byte === quote || byte === '\\') {
        bytes += this.text.slice(start, this.at++);
        if (byte === quote) return cString(bytes);
        bytes += this.escape();
        start = this.at;
      } else {
        this.step();
      }
    }
  }

  private escape(): string {
    const letter = this.peek();
    if (letter === 'u') {
      this.at++;
      return this.unicode();
    }
    const bytes = ESCAPES[letter] ?? this.fail('PARSE_STRING');
    this.at++;
    return bytes;
  }

  /** The digits after `\u`; half of a surrogate pair becomes U+FFFD. */
  private unicode(): string {
    const code = this.hexDigits();
    if (!isHighSurrogate(code)) return utf8(isLowSurrogate(code) ? REPLACEMENT : code);
    if (this.text.slice(this.at, this.at + 2) !== '\\u') return utf8(REPLACEMENT);
    this.at += 2;
    const start = this.at;
    const low = this.hexDigits();
    if (isLowSurrogate(low)) return utf8(((code & 0x3ff) << 10) + (low & 0x3ff) + 0x10000);
    this.at = start;
    return utf8(REPLACEMENT) + this.unicode();
  }

  private hexDigits(): number {
    for (const start = this.at; ;) {
      if (this.at === start + 4) return parseInt(this.text.slice(start, this.at), 16);
      if (!/[\da-fA-F]/.test(this.peek())) this.fail('PARSE_STRING');
      this.at++;
    }
  }
}
