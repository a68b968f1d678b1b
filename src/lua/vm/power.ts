/**
 * C's `pow`. JavaScript's own differs in the last bit for one result in fifteen, which `%.14g` shows now and then;
 * for small whole exponents the product is carried in two doubles instead, and rounded once.
 */
const MAX_EXPONENT = 64;
/** Within these bounds no part of the computation overflows or becomes denormal. */
const LARGEST = 1e280;
const SMALLEST = 1e-250;

/** `a` to the power `b`; JavaScript alone says that 1 to an infinite or undefined power is NaN. */
export function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1;
  const plain = a ** b;
  const isWhole = Number.isInteger(b) && Math.abs(b) <= MAX_EXPONENT;
  return isWhole && isModerate(a) && isModerate(plain) ? wholePower(a, b) : plain;
}

function isModerate(n: number): boolean {
  const magnitude = Math.abs(n);
  return magnitude < LARGEST && magnitude > SMALLEST;
}

/** A number as the sum of two doubles, the second far smaller. */
type Pair = readonly [high: number, low: number];

function wholePower(a: number, b: number): number {
  let result: Pair = [1, 0];
  let square: Pair = [a, 0];
  for (let bits = Math.abs(b); bits > 0; bits >>= 1) {
    if (bits & 1) result = multiply(result, square);
    if (bits > 1) square = multiply(square, square);
  }
  if (b >= 0) return result[0];
  const quotient = 1 / result[0];
  const [high, low] = multiply([quotient, 0], result);
  return quotient + (1 - high - low) * quotient;
}

/** Dekker's product: exact in its leading part, with the smaller parts added. */
function multiply([a, aLow]: Pair, [b, bLow]: Pair): Pair {
  const product = a * b;
  const a1 = upperHalf(a);
  const a2 = a - a1;
  const b1 = upperHalf(b);
  const b2 = b - b1;
  const error = a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2 + (a * bLow + aLow * b);
  const high = product + error;
  return [high, error - (high - product)];
}

/** The upper 26 bits of a double's mantissa (Veltkamp). */
function upperHalf(n: number): number {
  const shifted = 134217729 * n;
  return shifted - (shifted - n);
}
