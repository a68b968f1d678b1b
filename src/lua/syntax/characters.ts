/** Character classes of the C locale over bytes: what is not ASCII is neither letter nor space. */
const NAME_START = 1;
const DIGIT = 2;
const SPACE = 4;
const NEWLINE = 8;
const HEX = 16;

const CLASSES = new Uint8Array(256);
mark(NAME_START, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_');
mark(DIGIT, '0123456789');
mark(SPACE, ' \t\v\f');
mark(NEWLINE, '\n\r');
mark(HEX, '0123456789ABCDEFabcdef');

function mark(bit: number, characters: string): void {
  for (const character of characters) CLASSES[character.charCodeAt(0)]! |= bit;
}

const classOf = (code: number): number => CLASSES[code] ?? 0;

export const isNameStart = (code: number): boolean => (classOf(code) & NAME_START) !== 0;
export const isNamePart = (code: number): boolean => (classOf(code) & (NAME_START | DIGIT)) !== 0;
export const isDigit = (code: number): boolean => (classOf(code) & DIGIT) !== 0;
export const isHexDigit = (code: number): boolean => (classOf(code) & HEX) !== 0;
/** White space other than the ends of lines. */
export const isBlank = (code: number): boolean => (classOf(code) & SPACE) !== 0;
export const isNewline = (code: number): boolean => (classOf(code) & NEWLINE) !== 0;

export const Char = {
  DoubleQuote: 0x22,
  Hash: 0x23,
  SingleQuote: 0x27,
  OpenParen: 0x28,
  CloseParen: 0x29,
  Plus: 0x2b,
  Comma: 0x2c,
  Minus: 0x2d,
  Dot: 0x2e,
  Colon: 0x3a,
  Semicolon: 0x3b,
  Equals: 0x3d,
  OpenBracket: 0x5b,
  Backslash: 0x5c,
  CloseBracket: 0x5d,
  OpenBrace: 0x7b,
  CloseBrace: 0x7d,
} as const;

/** The code of an ASCII character. */
export const code = (character: string): number => character.charCodeAt(0);
