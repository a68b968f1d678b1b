/** Values of structured MIME header fields: a type or a disposition, and parameters (RFC 2045 §5.1, RFC 2231). */
import { decodeCharset } from './charset';

/** RFC 2231: characters that an extended value has only as %XX. */
const NEEDS_ESCAPE = /[^!#$&+\-.\w^`{|}~]/g;

export interface StructuredValue {
  /** What stands before the parameters, in lower case, without comments. */
  readonly value: string;
  /** Names in lower case, values as byte strings of UTF-8; the first of several with one name. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface MediaType {
  /** In lower case. */
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Whether the field says so; it is `text/plain` otherwise (RFC 2045 §5.2). */
  readonly isValid: boolean;
}

const BLANK = /[ \t\r\n]/;
/** RFC 2045: characters that a parameter's value has only in quotes. */
const NEEDS_QUOTES = /[^!#$%&'*+\-.\w^`{|}~]/;

/** Never fails: what cannot be read is left out. */
export function parseStructured(field: string): StructuredValue {
  const reader = new Reader(field);
  const value = reader.until(';').trim().toLowerCase();
  const raw = new Map<string, string>();
  while (reader.skip(';')) {
    const name = reader.until('=;').trim().toLowerCase();
    const text = reader.skip('=') ? reader.value() : '';
    if (name && !raw.has(name)) raw.set(name, text);
  }
  return { value, parameters: joinParameters(raw) };
}

/** `fallback` is the type of a part without the field. */
export function parseMediaType(field: string | undefined, fallback: string): MediaType {
  if (field === undefined) return { ...split(fallback), parameters: new Map(), isValid: true };
  const { value, parameters } = parseStructured(field);
  if (value === 'multipart') return { type: value, subtype: 'mixed', parameters, isValid: false };
  const isValid = /^[^\s/"<>@,:;\\[\]?=()]+\/[^\s/"<>@,:;\\[\]?=()]+$/.test(value);
  return { ...split(isValid ? value : 'text/plain'), parameters, isValid };
}

/** `text/plain; charset=utf-8`: values in quotes where they need them, those beyond ASCII as RFC 2231 has them. */
export function formatStructured(value: string, parameters: Iterable<readonly [string, string]>): string {
  const shown = Array.from(parameters, ([name, text]) => `; ${formatParameter(name, text)}`);
  return value + shown.join('');
}

function formatParameter(name: string, text: string): string {
  if (/[^\0-\x7f]/.test(text)) return `${name}*=utf-8''${text.replace(NEEDS_ESCAPE, escape)}`;
  const needsQuotes = text === '' || NEEDS_QUOTES.test(text);
  return `${name}=${needsQuotes ? `"${text.replace(/[\\"]/g, '\\$&')}"` : text}`;
}

const escape = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function split(value: string): { type: string; subtype: string } {
  const [type = '', subtype = ''] = value.split('/');
  return { type, subtype };
}

/** Goes through a field's value, over comments and quoted strings. */
class Reader {
  #at = 0;

  constructor(readonly field: string) {}

  /** What stands before one of `stops`, without comments. */
  until(stops: string): string {
    let text = '';
    for (; this.#at < this.field.length; this.#at++) {
      const character = this.field[this.#at]!;
      if (stops.includes(character)) break;
      if (character === '(') this.#skipComment();
      else text += character;
    }
    return text;
  }

  skip(character: string): boolean {
    if (this.field[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** A quoted string, or what stands before the next semicolon: file names with blanks are often not quoted. */
  value(): string {
    while (BLANK.test(this.field[this.#at] ?? '')) this.#at++;
    if (!this.skip('"')) return this.until(';').trim();
    const text = this.#quoted();
    this.until(';');
    return text;
  }

  #quoted(): string {
    let text = '';
    while (this.#at < this.field.length && !this.skip('"')) {
      if (this.field[this.#at] === '\\' && this.#at + 1 < this.field.length) this.#at++;
      text += this.field[this.#at++]!;
    }
    return text;
  }

  /** Stops at the closing bracket, or at the end when there is none. */
  #skipComment(): void {
    let depth = 0;
    for (; this.#at < this.field.length; this.#at++) {
      const character = this.field[this.#at];
      if (character === '\\') this.#at++;
      else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) return;
    }
  }
}

/** RFC 2231: `name*0`, `name*1*` … are pieces of one value, `name*` is one with a character set. */
function joinParameters(raw: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (![...raw.keys()].some((name) => name.includes('*'))) return raw;
  const joined = new Map([...raw].filter(([name]) => !name.includes('*')));
  const names = new Set(Array.from(raw.keys()).filter((name) => name.includes('*')));
  for (const base of new Set(Array.from(names, (name) => name.slice(0, name.indexOf('*'))))) {
    const whole = raw.get(`${base}*`);
    const value =
      whole === undefined ? joinPieces(raw, base) : decodeExtended([{ text: whole, isCoded: true }]);
    if (value !== undefined) joined.set(base, value);
  }
  return joined;
}

interface Piece {
  readonly text: string;
  /** Whether it has %XX, and as the first one a character set and a language. */
  readonly isCoded: boolean;
}

function joinPieces(raw: ReadonlyMap<string, string>, base: string): string | undefined {
  const pieces: Piece[] = [];
  for (;;) {
    const plain = raw.get(`${base}*${pieces.length}`);
    const coded = raw.get(`${base}*${pieces.length}*`);
    if (plain === undefined && coded === undefined) break;
    pieces.push({ text: coded ?? plain ?? '', isCoded: coded !== undefined });
  }
  return pieces.length > 0 ? decodeExtended(pieces) : undefined;
}

function decodeExtended([first, ...rest]: readonly Piece[]): string {
  const [, charset = '', text = first!.text] =
    /^([^']*)'[^']*'(.*)$/s.exec(first!.isCoded ? first!.text : '') ?? [];
  const bytes = [{ ...first!, text }, ...rest].map((piece) =>
    piece.isCoded ? unescape(piece.text) : piece.text,
  );
  const joined = bytes.join('');
  return charset ? (decodeCharset(Buffer.from(joined, 'latin1'), charset) ?? joined) : joined;
}

const unescape = (text: string): string =>
  text.replace(/%([\dA-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
