import type { Position } from './tree';

/** Kinds of tokens that are more than one character; a single character is its own code (below 256). */
const FIRST_KIND = 0x10000;

const WORDS = [
  'and',
  'break',
  'do',
  'else',
  'elseif',
  'end',
  'false',
  'for',
  'function',
  'if',
  'in',
  'local',
  'nil',
  'not',
  'or',
  'repeat',
  'return',
  'then',
  'true',
  'until',
  'while',
] as const;

export const T = {
  And: FIRST_KIND,
  Break: FIRST_KIND + 1,
  Do: FIRST_KIND + 2,
  Else: FIRST_KIND + 3,
  ElseIf: FIRST_KIND + 4,
  End: FIRST_KIND + 5,
  False: FIRST_KIND + 6,
  For: FIRST_KIND + 7,
  Function: FIRST_KIND + 8,
  If: FIRST_KIND + 9,
  In: FIRST_KIND + 10,
  Local: FIRST_KIND + 11,
  Nil: FIRST_KIND + 12,
  Not: FIRST_KIND + 13,
  Or: FIRST_KIND + 14,
  Repeat: FIRST_KIND + 15,
  Return: FIRST_KIND + 16,
  Then: FIRST_KIND + 17,
  True: FIRST_KIND + 18,
  Until: FIRST_KIND + 19,
  While: FIRST_KIND + 20,
  Concat: FIRST_KIND + 21,
  Dots: FIRST_KIND + 22,
  Equal: FIRST_KIND + 23,
  GreaterEqual: FIRST_KIND + 24,
  LessEqual: FIRST_KIND + 25,
  NotEqual: FIRST_KIND + 26,
  ShiftLeft: FIRST_KIND + 27,
  ShiftRight: FIRST_KIND + 28,
  Xor: FIRST_KIND + 29,
  Number: FIRST_KIND + 30,
  Name: FIRST_KIND + 31,
  String: FIRST_KIND + 32,
  EndOfFile: FIRST_KIND + 33,
} as const;

export interface Token {
  readonly kind: number;
  readonly start: Position;
  /** The character after its last. */
  readonly end: Position;
  /** Offsets of `start` and `end` in the source. */
  readonly from: number;
  readonly to: number;
  /** The name, or the bytes of the string. */
  readonly text: string;
  /** The value of a number, 0 for everything else. */
  readonly value: number;
}

export const RESERVED_WORDS: ReadonlyMap<string, number> = new Map(
  WORDS.map((word, index) => [word, FIRST_KIND + index]),
);

/**
 * What messages call the tokens. The real runtime lacks a comma in its table: it swaps the shifts, calls
 * a name `<string>` and the end of the file `(null)`. All of it is kept but the last, where 5.1's `<eof>` says more.
 */
const NAMES: ReadonlyMap<number, string> = new Map<number, string>([
  ...WORDS.map((word, index): [number, string] => [FIRST_KIND + index, word]),
  [T.Concat, '..'],
  [T.Dots, '...'],
  [T.Equal, '=='],
  [T.GreaterEqual, '>='],
  [T.LessEqual, '<='],
  [T.NotEqual, '~='],
  [T.ShiftLeft, '>>'],
  [T.ShiftRight, '<<'],
  [T.Xor, '^^'],
  [T.Name, '<string>'],
  [T.EndOfFile, '<eof>'],
]);

const FIRST_PRINTABLE = 32;
const DELETE = 127;

/** The name of a kind of token in messages: `end`, `(`, `char(1)`, `<eof>`. */
export function kindName(kind: number): string {
  const name = NAMES.get(kind);
  if (name !== undefined) return name;
  return kind < FIRST_PRINTABLE || kind === DELETE ? `char(${kind})` : String.fromCharCode(kind);
}
