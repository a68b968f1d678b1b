import { UsageError } from '../support/errors';

const MILLIS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g;
const WHOLE = /^\s*(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+$/;

/**
 * Milliseconds in a duration: a number is taken as milliseconds, a text is a sum of parts with the units
 * `ms`, `s`, `m`, `h` and `d`, such as `20m`, `1h30m`, `500ms`, `2d`, `1.5s`.
 *
 * Throws UsageError for anything else, and for negative or infinite amounts.
 */
export function durationMillis(amount: number | string): number {
  const millis = typeof amount === 'number' ? amount : parse(amount);
  if (Number.isFinite(millis) && millis >= 0) return millis;
  throw new UsageError(
    `${JSON.stringify(amount)} is not a duration: give milliseconds (a number, not negative) ` +
      `or a text of parts in ms, s, m, h, d, such as '20m' or '1h30m'`,
  );
}

function parse(text: string): number {
  if (!WHOLE.test(text)) return NaN;
  let millis = 0;
  for (const [, count, unit] of text.matchAll(PART)) {
    millis += Number(count) * MILLIS_PER_UNIT[unit!]!;
  }
  return millis;
}
