/** C's `printf` conversions of numbers and strings. */

/** What stands between `%` and the conversion letter. */
export interface Specification {
  readonly leftAligned: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternative: boolean;
  readonly zeros: boolean;
  readonly width: number;
  /** undefined when there is no `.`; a `.` alone is 0. */
  readonly precision: number | undefined;
}

/** Reads the flags, width and precision of a conversion (the text between `%` and the letter). */
export function parseSpecification(text: string): Specification {
  const [, flags, width, precision] = /^([-+ #0]*)(\d*)(?:\.(\d*))?$/.exec(text)!;
  return {
    leftAligned: flags!.includes('-'),
    plus: flags!.includes('+'),
    space: flags!.includes(' '),
    alternative: flags!.includes('#'),
    zeros: flags!.includes('0'),
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
  };
}

function pad(spec: Specification, text: string): string {
  return spec.leftAligned ? text.padEnd(spec.width) : text.padStart(spec.width);
}

function padNumber(spec: Specification, prefix: string, digits: string, mayUseZeros: boolean): string {
  if (!mayUseZeros || !spec.zeros || spec.leftAligned) return pad(spec, prefix + digits);
  return prefix + digits.padStart(spec.width - prefix.length, '0');
}

function signOf(spec: Specification, isNegative: boolean): string {
  if (isNegative) return '-';
  return spec.plus ? '+' : spec.space ? ' ' : '';
}

/** `%s`: the text up to its first zero byte, cut to the precision. */
export function formatText(spec: Specification, text: string): string {
  return pad(spec, text.slice(0, spec.precision ?? text.length));
}

// Integers

const TWO_63 = 2 ** 63;

/** x86-64's conversion of a double to a signed 64-bit integer. */
function toSigned(n: number): bigint {
  return n >= -TWO_63 && n < TWO_63 ? BigInt(Math.trunc(n)) : -(2n ** 63n);
}

/** x86-64's conversion to an unsigned one: from 2^63 on the excess is converted and the top bit flipped. */
function toUnsigned(n: number): bigint {
  return BigInt.asUintN(64, n >= TWO_63 ? toSigned(n - TWO_63) ^ (2n ** 63n) : toSigned(n));
}

function integer(spec: Specification, prefix: string, digits: string): string {
  const { precision } = spec;
  const shown = precision === 0 && digits === '0' ? '' : digits.padStart(precision ?? 1, '0');
  return padNumber(spec, prefix, shown, precision === undefined);
}

/** `%d` and `%i`. */
export function formatSigned(spec: Specification, n: number): string {
  const value = toSigned(n);
  const isNegative = value < 0n;
  return integer(spec, signOf(spec, isNegative), (isNegative ? -value : value).toString());
}

/** `%u`, `%o`, `%x` and `%X`. */
export function formatUnsigned(spec: Specification, letter: string, n: number): string {
  const value = toUnsigned(n);
  const digits = value.toString(letter === 'o' ? 8 : letter === 'u' ? 10 : 16);
  if (letter === 'u') return integer(spec, '', digits);
  if (letter === 'o') {
    const octal = spec.alternative && value !== 0n ? digits.padStart(spec.precision ?? 0, '0') : digits;
    return integer(spec, '', spec.alternative && !octal.startsWith('0') ? `0${octal}` : octal);
  }
  const text = integer(spec, spec.alternative && value !== 0n ? '0x' : '', digits);
  return letter === 'X' ? text.toUpperCase() : text;
}

// Floating point

/** `%e`, `%f`, `%g` and their capitals. */
export function formatFloat(spec: Specification, letter: string, n: number): string {
  const kind = letter.toLowerCase();
  const magnitude = Math.abs(n);
  const isNegative = n < 0 || Object.is(n, -0);
  const isFinite = Number.isFinite(n);
  const digits = isFinite ? FLOATS[kind]!(spec, magnitude) : Number.isNaN(n) ? 'nan' : 'inf';
  const text = padNumber(spec, signOf(spec, isNegative), digits, isFinite);
  return letter === kind ? text : text.toUpperCase();
}

const FLOATS: Record<string, (spec: Specification, magnitude: number) => string> = {
  e: (spec, magnitude) => {
    const { digits, exponent } = significant(magnitude, (spec.precision ?? 6) + 1);
    return withPoint(digits, 1, spec.alternative) + exponentText(exponent);
  },
  f: (spec, magnitude) => {
    const text = fixed(magnitude, spec.precision ?? 6);
    return spec.alternative && spec.precision === 0 ? `${text}.` : text;
  },
  g: (spec, magnitude) => {
    const precision = Math.max(spec.precision ?? 6, 1);
    const { digits, exponent } = significant(magnitude, precision);
    const shown = spec.alternative ? digits : digits.replace(/0+$/, '') || '0';
    if (exponent < -4 || exponent >= precision)
      return withPoint(shown, 1, spec.alternative) + exponentText(exponent);
    if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${shown}`;
    return withPoint(shown.padEnd(exponent + 1, '0'), exponent + 1, spec.alternative);
  },
};

function withPoint(digits: string, at: number, always: boolean): string {
  return digits.length > at || always ? `${digits.slice(0, at)}.${digits.slice(at)}` : digits;
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** `count` digits of a number, rounded, and the power of ten of the first. */
function significant(magnitude: number, count: number): { digits: string; exponent: number } {
  if (magnitude === 0) return { digits: '0'.repeat(count), exponent: 0 };
  const [mantissa, exponentPart] = magnitude.toExponential(count - 1).split('e') as [string, string];
  const exponent = Number(exponentPart);
  if (!mayBeTie(magnitude.toExponential(count), magnitude))
    return { digits: mantissa.replace('.', ''), exponent };
  const { digits, scale } = exactly(magnitude);
  const rounded = roundHalfEven(digits, digits.length - count);
  return { digits: rounded.slice(0, count), exponent: digits.length - 1 - scale + rounded.length - count };
}

/** A number with `places` digits after the point, rounded. */
function fixed(magnitude: number, places: number): string {
  const isShort = magnitude < 1e21;
  if (isShort && !mayBeTie(magnitude.toFixed(places + 1), magnitude)) return magnitude.toFixed(places);
  const { digits, scale } = exactly(magnitude);
  const excess = scale - places;
  const rounded = excess > 0 ? roundHalfEven(digits, excess) : digits + '0'.repeat(-excess);
  const padded = rounded.padStart(places + 1, '0');
  return places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

/** Whether a text with one digit more could be an exact half, which JavaScript rounds up and C to even. */
function mayBeTie(oneDigitMore: string, magnitude: number): boolean {
  return /5(?:e|$)/.test(oneDigitMore) && Number(oneDigitMore) === magnitude;
}

/** The decimal digits of a double, all of them; the last `scale` stand behind the point. */
function exactly(magnitude: number): { digits: string; scale: number } {
  let mantissa = magnitude;
  let exponent = 0;
  for (; !Number.isInteger(mantissa); exponent++) mantissa *= 2;
  return { digits: (BigInt(mantissa) * 5n ** BigInt(exponent)).toString(), scale: exponent };
}

/** Takes the last `count` digits away. */
function roundHalfEven(digits: string, count: number): string {
  if (count <= 0) return digits + '0'.repeat(-count);
  const kept = digits.slice(0, -count) || '0';
  const rest = digits.slice(-count).padStart(count, '0');
  const half = `5${'0'.repeat(count - 1)}`;
  const isOdd = Number(kept.at(-1)) % 2 === 1;
  const roundsUp = digits.length >= count && (rest > half || (rest === half && isOdd));
  return roundsUp ? (BigInt(kept) + 1n).toString() : kept;
}
