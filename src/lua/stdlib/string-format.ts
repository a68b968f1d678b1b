/** `string.format`: C's conversions, without `%a`, `%n` and length modifiers. */
import { allocate } from '../vm/budget';
import type { LuaState } from '../vm/fengari';
import { cString } from '../syntax/source';
import { checkNumber, checkString, libraryError, pushText, toInt64 } from './args';
import { TextBuilder } from './text-builder';
import {
  formatFloat,
  formatSigned,
  formatText,
  formatUnsigned,
  parseSpecification,
  type Specification,
} from './printf';

/** Literal text, or a conversion of the next argument. */
type Piece = string | { readonly letter: string; readonly spec: Specification } | { readonly error: string };

type Conversion = (L: LuaState, at: number, spec: Specification, letter: string) => string;

const signed: Conversion = (L, at, spec) => formatSigned(spec, checkNumber(L, at));
const unsigned: Conversion = (L, at, spec, letter) => formatUnsigned(spec, letter, checkNumber(L, at));
const float: Conversion = (L, at, spec, letter) => formatFloat(spec, letter, checkNumber(L, at));

/** `%c` writes through a C string as well: a zero byte is nothing. */
const character: Conversion = (L, at, spec) => {
  const byte = Number(BigInt.asUintN(8, BigInt(toInt64(checkNumber(L, at)))));
  const text = formatText({ ...spec, precision: undefined }, String.fromCharCode(byte));
  return cString(text);
};

const LONG = 100;
/** Longer formats are read piece by piece and not kept; longer texts are accounted for before they are quoted. */
const LARGE = 4096;

const text: Conversion = (L, at, spec) => {
  const given = checkString(L, at);
  // Long strings go past C's printf: neither the width nor an embedded zero counts.
  return spec.precision === undefined && given.length >= LONG ? given : formatText(spec, cString(given));
};

const QUOTED: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\\n', '\r': '\\r', '\0': '\\000' };

const quoted: Conversion = (L, at) => {
  const given = checkString(L, at);
  if (given.length > LARGE) allocate(L, given.length * 2);
  return `"${given.replace(/["\\\n\r\0]/g, (character) => QUOTED[character]!)}"`;
};

const CONVERSIONS: Record<string, Conversion | undefined> = Object.assign(Object.create(null) as object, {
  c: character,
  d: signed,
  i: signed,
  ...Object.fromEntries([...'ouxX'].map((letter) => [letter, unsigned])),
  ...Object.fromEntries([...'eEfgG'].map((letter) => [letter, float])),
  q: quoted,
  s: text,
});

/** Formats are few and used often. */
const parsed = new Map<string, readonly Piece[]>();
const MAX_PARSED = 500;

function piecesOf(format: string): Iterable<Piece> {
  if (format.length > LARGE) return parse(format);
  let pieces = parsed.get(format);
  if (!pieces) {
    pieces = [...parse(format)];
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(format, pieces);
  }
  return pieces;
}

function* parse(format: string): Generator<Piece> {
  const item = /%%|%([-+ #0]*)(\d{0,2}(?:\.\d{0,2})?)([^]?)/g;
  let done = 0;
  for (let found = item.exec(format); found; found = item.exec(format)) {
    yield format.slice(done, found.index);
    done = item.lastIndex;
    yield found[0] === '%%' ? '%' : conversion(found[1]!, found[2]!, found[3]!);
  }
  yield format.slice(done);
}

const MAX_FLAGS = 5;

function conversion(flags: string, size: string, letter: string): Piece {
  if (flags.length > MAX_FLAGS) return { error: 'invalid format (repeated flags)' };
  if (/\d/.test(letter)) return { error: 'invalid format (width or precision too long)' };
  if (CONVERSIONS[letter]) return { letter, spec: parseSpecification(flags + size) };
  return { error: `invalid option '%${cString(letter)}' to 'format'` };
}

export function format(L: LuaState): number {
  const result = new TextBuilder(L);
  let at = 1;
  try {
    for (const piece of piecesOf(checkString(L, 1))) {
      if (typeof piece === 'string') {
        result.add(piece);
        continue;
      }
      at++;
      if ('error' in piece) libraryError(L, piece.error);
      result.add(CONVERSIONS[piece.letter]!(L, at, piece.spec, piece.letter));
    }
  } finally {
    result.close();
  }
  return pushText(L, result.finish());
}
