import { Char, isDigit, isHexDigit, isNewline } from './characters';
import { kindName, T } from './tokens';

/** What the readers of strings need of the lexer: its text and its place in it. */
interface Reader {
  readonly text: string;
  readonly line: number;
  offset: number;
  newline(): void;
  fail(message: string, near: string | undefined, offset: number, hints?: { openedAt?: number }): never;
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);
const MAX_BYTE = 255;
const END_OF_FILE = kindName(T.EndOfFile);

/**
 * Reads a string in quotes, the reader being at the first of them.
 * @returns the bytes of the string
 */
export function readQuoted(reader: Reader): string {
  const { text } = reader;
  const start = reader.offset;
  const quote = text.charCodeAt(start);
  let value = '';
  let plainFrom = ++reader.offset;
  for (;;) {
    const c = text.charCodeAt(reader.offset);
    if (c === quote) break;
    if (c === Char.Backslash) {
      value += text.slice(plainFrom, reader.offset);
      value += readEscape(reader, () => String.fromCharCode(quote) + value);
      plainFrom = reader.offset;
    } else if (reader.offset >= text.length) {
      reader.fail('unfinished string', END_OF_FILE, reader.offset);
    } else if (isNewline(c)) {
      const read = value + text.slice(plainFrom, reader.offset);
      reader.fail('unfinished string', String.fromCharCode(quote) + read, start);
    } else reader.offset++;
  }
  value += text.slice(plainFrom, reader.offset++);
  return value;
}

/** @param readSoFar what an error shows: the opening quote and the bytes before the escape */
function readEscape(reader: Reader, readSoFar: () => string): string {
  const { text } = reader;
  const backslash = reader.offset++;
  // The end of the file is left to the caller, whose next step finds it.
  if (reader.offset >= text.length) return '';
  if (isNewline(text.charCodeAt(reader.offset))) {
    reader.newline();
    return '\n';
  }
  const fail = (message: string): never => reader.fail(message, readSoFar(), backslash);
  if (isDigit(text.charCodeAt(reader.offset))) return readDecimalEscape(reader, fail);
  const letter = text[reader.offset++]!;
  if (letter === 'x') return readHexEscape(reader, fail);
  if (letter === 'u') return readUnicodeEscape(reader, fail);
  return SIMPLE_ESCAPES.get(letter) ?? letter;
}

function readDecimalEscape(reader: Reader, fail: (message: string) => never): string {
  const from = reader.offset;
  while (reader.offset < from + 3 && isDigit(reader.text.charCodeAt(reader.offset))) reader.offset++;
  const byte = Number(reader.text.slice(from, reader.offset));
  return byte > MAX_BYTE ? fail('escape sequence too large') : String.fromCharCode(byte);
}

function readHexEscape(reader: Reader, fail: (message: string) => never): string {
  const digits = takeHexDigits(reader, 2);
  return digits.length < 2 ? fail('expected hex digit') : String.fromCharCode(parseInt(digits, 16));
}

function readUnicodeEscape(reader: Reader, fail: (message: string) => never): string {
  const digits = takeHexDigits(reader, 8);
  if (digits.length !== 4 && digits.length !== 6 && digits.length !== 8)
    return fail('expected either 4, 6 or 8 hex digits for unicode escape');
  return encodeUtf8(parseInt(digits, 16));
}

function takeHexDigits(reader: Reader, atMost: number): string {
  const from = reader.offset;
  while (reader.offset < from + atMost && isHexDigit(reader.text.charCodeAt(reader.offset))) reader.offset++;
  return reader.text.slice(from, reader.offset);
}

/** First code point that needs one more byte than the sequences before it, with the mark of its first byte. */
const UTF8_LENGTHS = [
  { beyond: 0x3ffffff, following: 5, mark: 0xfc },
  { beyond: 0x1fffff, following: 4, mark: 0xf8 },
  { beyond: 0xffff, following: 3, mark: 0xf0 },
  { beyond: 0x7ff, following: 2, mark: 0xe0 },
  { beyond: 0x7f, following: 1, mark: 0xc0 },
];
const LARGEST_CODE_POINT = 0x7fffffff;

/** UTF-8 as first defined: up to six bytes, surrogates included. */
function encodeUtf8(point: number): string {
  // The runtime keeps the code point in a signed integer: a negative one counts as a single byte.
  if (point > LARGEST_CODE_POINT) return String.fromCharCode(point & MAX_BYTE);
  const length = UTF8_LENGTHS.find(({ beyond }) => point > beyond);
  if (!length) return String.fromCharCode(point);
  let bytes = String.fromCharCode(length.mark | (point >>> (6 * length.following)));
  for (let shift = 6 * (length.following - 1); shift >= 0; shift -= 6)
    bytes += String.fromCharCode(0x80 | ((point >>> shift) & 0x3f));
  return bytes;
}

/**
 * The number of `=` in a long bracket that opens at an offset. Negative when none opens there: -1 without
 * any `=`, otherwise their number with the sign turned, less one.
 */
export function longBracketLevel(text: string, offset: number): number {
  if (text.charCodeAt(offset) !== Char.OpenBracket) return -1;
  const count = countEquals(text, offset + 1);
  return text.charCodeAt(offset + 1 + count) === Char.OpenBracket ? count : -count - 1;
}

/**
 * Reads `[[ ... ]]` of a level, the reader being at its first bracket.
 * @returns the bytes inside, without a first end of line, every other one turned into `\n`
 */
export function readLongBracket(reader: Reader, level: number, what: 'string' | 'comment'): string {
  const { text } = reader;
  const openedAt = reader.line;
  reader.offset += level + 2;
  if (isNewline(text.charCodeAt(reader.offset))) reader.newline();
  let value = '';
  let plainFrom = reader.offset;
  for (;;) {
    const c = text.charCodeAt(reader.offset);
    if (isNewline(c)) {
      value += `${text.slice(plainFrom, reader.offset)}\n`;
      reader.newline();
      plainFrom = reader.offset;
    } else if (c === Char.CloseBracket && closesLevel(text, reader.offset, level)) break;
    else if (reader.offset >= text.length)
      reader.fail(`unfinished long ${what}`, END_OF_FILE, reader.offset, { openedAt });
    else if (level === 0 && text.startsWith('[[', reader.offset))
      reader.fail('nesting of [[...]] is deprecated', '[', reader.offset);
    else reader.offset++;
  }
  value += text.slice(plainFrom, reader.offset);
  reader.offset += level + 2;
  return value;
}

function closesLevel(text: string, offset: number, level: number): boolean {
  const count = countEquals(text, offset + 1);
  return count === level && text.charCodeAt(offset + 1 + count) === Char.CloseBracket;
}

function countEquals(text: string, offset: number): number {
  let count = 0;
  while (text.charCodeAt(offset + count) === Char.Equals) count++;
  return count;
}
