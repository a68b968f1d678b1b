/** Time zones by their IANA names, from the data that JavaScript has. */
import { GMT, secondsOf, type Zone } from './calendar';

export type ZoneAt = (time: number) => Zone;

const UTC: Zone = { ...GMT, name: 'UTC' };
const QUARTER = 7_889_400;
/** Farther away no date of JavaScript's goes; a zone there is what it is at the border. */
const MAX_TIME = 8.64e12;

/** What a zone is at any time, in seconds since 1970. Throws RangeError for a name that is none. */
export function timeZone(name: string | undefined): ZoneAt {
  if (name === undefined || name === 'UTC') return () => UTC;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', ...FIELDS });
  // American English abbreviates America's zones, British English Europe's.
  const names = ['en-US', 'en-GB'].map(
    (locale) => new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: 'short' }),
  );
  const offsetAt = (time: number) => offsetOf(format, Math.max(-MAX_TIME, Math.min(time, MAX_TIME)));
  return (time) => {
    const offset = offsetAt(time);
    // Winter is longer than a quarter: one of these lies in it.
    const around = [-2, -1, 1, 2].map((quarters) => offsetAt(time + quarters * QUARTER));
    const isSummerTime = offset > Math.min(...around);
    return { offset, isSummerTime, name: abbreviationOf(names, time) ?? numeric(offset) };
  };
}

const FIELDS = {
  era: 'short',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;

function offsetOf(format: Intl.DateTimeFormat, time: number): number {
  const parts = Object.fromEntries(format.formatToParts(time * 1000).map(({ type, value }) => [type, value]));
  const field = (name: string) => Number(parts[name]);
  const year = parts.era === 'BC' ? 1 - field('year') : field('year');
  const local = { year, month: field('month'), day: field('day') };
  return (
    secondsOf({ ...local, hour: field('hour'), minute: field('minute'), second: field('second') }) - time
  );
}

function abbreviationOf(formats: readonly Intl.DateTimeFormat[], time: number): string | undefined {
  const at = Math.max(-MAX_TIME, Math.min(time, MAX_TIME)) * 1000;
  return formats
    .map((format) => format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value)
    .find((name) => name !== undefined && /^[A-Z]{3,5}$/.test(name));
}

/** `+0530`, and `+05` for whole hours: the names of zones without a name of their own. */
function numeric(offset: number): string {
  const minutes = Math.abs(Math.round(offset / 60));
  const pad = (n: number) => String(n).padStart(2, '0');
  const rest = minutes % 60 ? pad(minutes % 60) : '';
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${rest}`;
}

/**
 * Seconds since 1970 of a local date and time, as C's `mktime` finds them. `isSummerTime` says which clock the time
 * is of; undefined asks for the one that is in use then.
 */
export function localTime(
  at: Parameters<typeof secondsOf>[0],
  zoneAt: ZoneAt,
  isSummerTime: boolean | undefined,
): number {
  const local = secondsOf(at);
  const before = zoneAt(local - zoneAt(local).offset);
  const time = local - before.offset;
  if (isSummerTime === undefined || zoneAt(time).isSummerTime === isSummerTime) return time;
  return isSummerTime ? time - 3600 : time + 3600;
}
