import { cString } from './source';

/** What C's `isspace` accepts in the C locale. */
const SPACES = ' \t\n\v\f\r';
const LEADING_SPACE = new RegExp(`^[${SPACES}]+`);

// No two parts of these may match the same digits: texts may be megabytes long.
const DECIMAL = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SMALL_DECIMAL = /^[1-9]\d{0,14}$/;
/** A leading zero that no point follows: the runtime reads such a number with C's `strtoll`, base 0. */
const INTEGER_PREFIX = /^-?0(?!\.)/;
const HEX_OR_OCTAL = /^(-?)0(?:[xX]([0-9a-fA-F]+)|([0-7]*))$/;
const HEX_FLOAT = /^0x(?=\.?[0-9a-f])([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i;
const NAMED = /^(?:inf(?:inity)?|nan(?:\(\w*\))?)$/i;

/** 2^63-1 as a double: where `strtoll` stops counting. */
const SATURATION = 2 ** 63;
/** Beyond any exponent that a double can hold, so that sums of exponents stay finite. */
const EXPONENT_LIMIT = 100_000;

/**
 * The value of a number as written in source, or undefined when it is malformed: octal after a leading
 * zero (`0660`), hexadecimal (`0xff`), both saturating at 2^63-1, otherwise decimal.
 */
export function parseNumeral(text: string): number | undefined {
  if (SMALL_DECIMAL.test(text)) return Number(text);
  if (INTEGER_PREFIX.test(text)) return hexOrOctal(text);
  return DECIMAL.test(text) ? Number(text) : undefined;
}

/**
 * The number that a string converts to in `tonumber`, arithmetic and arguments of library functions, or
 * undefined. A leading zero means octal, after an optional minus but not after white space or a plus;
 * trailing white space is allowed and text after an embedded zero is ignored.
 * @param bytes the string, one byte per character (latin1)
 */
export function stringToNumber(bytes: string): number | undefined {
  if (SMALL_DECIMAL.test(bytes)) return Number(bytes);
  const text = withoutTrailingSpace(cString(bytes));
  return INTEGER_PREFIX.test(text) ? hexOrOctal(text) : floatingPoint(text.replace(LEADING_SPACE, ''));
}

/** Cuts off what C's `isspace` accepts, in one pass. */
export function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && SPACES.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

function hexOrOctal(text: string): number | undefined {
  const match = HEX_OR_OCTAL.exec(text);
  if (!match) return undefined;
  const [, sign, hex, octal] = match;
  const magnitude = hex === undefined ? parseInt(octal || '0', 8) : parseInt(hex, 16);
  const value = Math.min(magnitude, SATURATION);
  // An integer has no negative zero.
  return sign && value !== 0 ? -value : value;
}

/** C's `strtod` on a whole text: decimal, hexadecimal with fraction and exponent, `inf`, `nan`. */
function floatingPoint(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '');
  if (DECIMAL.test(digits)) return sign * Number(digits);
  const hex = HEX_FLOAT.exec(digits);
  if (hex) return sign * hexFloat(hex[1]!, hex[2] ?? '', Number(hex[3] ?? 0));
  if (!NAMED.test(digits)) return undefined;
  return /^i/i.test(digits) ? sign * Infinity : NaN;
}

function hexFloat(whole: string, fraction: string, exponent: number): number {
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  const wanted = Math.max(-EXPONENT_LIMIT, Math.min(exponent, EXPONENT_LIMIT)) - 4 * fraction.length;
  // In two steps, because the factor alone may be out of range where the product is not.
  const half = Math.trunc(wanted / 2);
  return mantissa === 0 ? 0 : mantissa * 2 ** half * 2 ** (wanted - half);
}

const DIGITS = 14;
const FIRST_EXPONENTIAL = 1e14;
const FIRST_POSITIONAL = 1e-4;

/** The text of a number: C's `%.14g`, but `nan` for any NaN and `inf` for both infinities. */
export function formatNumber(n: number): string {
  const magnitude = Math.abs(n);
  if (magnitude < FIRST_EXPONENTIAL) {
    if (Number.isInteger(n)) return n === 0 && Object.is(n, -0) ? '-0' : String(n);
    // The shortest text that denotes the number is also its rounding to 14 digits when it has no more.
    const shortest = String(magnitude);
    if (magnitude >= FIRST_POSITIONAL && shortest.length <= DIGITS + 1)
      return n < 0 ? `-${shortest}` : shortest;
  }
  if (Number.isNaN(n)) return 'nan';
  if (magnitude === Infinity) return 'inf';
  return (n < 0 ? '-' : '') + formatGeneral(magnitude);
}

function formatGeneral(magnitude: number): string {
  const [mantissa, exponentText] = roundToDigits(magnitude).split('e') as [string, string];
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  if (exponent < -4 || exponent >= DIGITS) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${withPoint(digits, 1)}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  return withPoint(digits.padEnd(exponent + 1, '0'), exponent + 1);
}

function withPoint(digits: string, at: number): string {
  return digits.length > at ? `${digits.slice(0, at)}.${digits.slice(at)}` : digits;
}

/** `d.ddddddddddddde±x` with exact ties rounded to even as in C, where JavaScript rounds them up. */
function roundToDigits(magnitude: number): string {
  const rounded = magnitude.toExponential(DIGITS - 1);
  if (!isTie(magnitude)) return rounded;
  const last = DIGITS;
  const digit = Number(rounded[last]);
  return digit % 2 === 0 ? rounded : `${rounded.slice(0, last)}${digit - 1}${rounded.slice(last + 1)}`;
}

function isTie(magnitude: number): boolean {
  const oneMore = magnitude.toExponential(DIGITS);
  if (oneMore[DIGITS + 1] !== '5' || Number(oneMore) !== magnitude) return false;
  return /^\d\.\d{13}50*e/.test(magnitude.toExponential(100));
}
