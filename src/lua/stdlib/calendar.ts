/** The proleptic Gregorian calendar, and C's `strftime` in the C locale. */

/** The clock that a place goes by at some time. */
export interface Zone {
  /** Its abbreviation. */
  readonly name: string;
  /** Seconds east of Greenwich. */
  readonly offset: number;
  readonly isSummerTime: boolean;
}

export const GMT: Zone = { name: 'GMT', offset: 0, isSummerTime: false };

/** C's `struct tm`, with a full year and the month from 1. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** From 0 (Sunday). */
  readonly weekday: number;
  /** From 0. */
  readonly yearDay: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly zone: Zone;
}

const DAY = 86400;
const DAYS_PER_ERA = 146097;
const YEARS_PER_ERA = 400;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH = 719468;
const MAX_YEAR = 2 ** 31 + 1899;

/** Days since 1970-01-01 of a date; month and day may lie outside their ranges. */
export function daysOf(year: number, month: number, day: number): number {
  // Years begin in March here, so that the leap day is a year's last.
  const months = year * 12 + month - 3;
  const marchYear = Math.floor(months / 12);
  const marchMonth = months - marchYear * 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - 1 - EPOCH;
}

/** Seconds since 1970 of a date and time; every field may lie outside its range, as in C's `mktime`. */
export function secondsOf(
  at: Pick<CalendarTime, 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'>,
): number {
  return daysOf(at.year, at.month, at.day) * DAY + at.hour * 3600 + at.minute * 60 + at.second;
}

/** A time as a date, or undefined when its year does not fit C's `int`. */
export function calendarTime(time: number, zone = GMT): CalendarTime | undefined {
  const local = time + zone.offset;
  const days = Math.floor(local / DAY);
  const ofDay = local - days * DAY;
  const [year, month, day] = dateOf(days);
  if (Math.abs(year) > MAX_YEAR) return undefined;
  return {
    year,
    month,
    day,
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysOf(year, 1, 1),
    time,
    zone,
  };
}

function dateOf(days: number): [year: number, month: number, day: number] {
  const shifted = days + EPOCH;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const ofEra = shifted - era * DAYS_PER_ERA;
  const leaps = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36524) + Math.floor(ofEra / 146096);
  const yearOfEra = Math.floor((ofEra - leaps) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return [era * YEARS_PER_ERA + yearOfEra + (month <= 2 ? 1 : 0), month, day];
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const zeros = (n: number, width = 2): string =>
  n < 0 ? `-${zeros(-n, width - 1)}` : String(n).padStart(width, '0');
const spaces = (n: number) => String(n).padStart(2);
const hoursAndMinutes = (n: number) => zeros(Math.floor(n / 3600)) + zeros(Math.floor(n / 60) % 60);
const hour12 = (at: CalendarTime) => at.hour % 12 || 12;

/** The week of the year whose days before the first `firstWeekday` count as week 0. */
function weekOfYear(at: CalendarTime, firstWeekday: number): number {
  return Math.floor((at.yearDay + 7 - ((at.weekday + 7 - firstWeekday) % 7)) / 7);
}

/** ISO 8601's week and the year it belongs to: the one of its Thursday. */
function isoWeek(at: CalendarTime): { year: number; week: number } {
  const thursday = calendarTime(at.time + (3 - ((at.weekday + 6) % 7)) * DAY, at.zone)!;
  return { year: thursday.year, week: Math.floor(thursday.yearDay / 7) + 1 };
}

const century = (year: number) => ((year % 100) + 100) % 100;

const CONVERSIONS: Record<string, ((at: CalendarTime) => string) | undefined> = {
  a: (at) => WEEKDAYS[at.weekday]!.slice(0, 3),
  A: (at) => WEEKDAYS[at.weekday]!,
  b: (at) => MONTHS[at.month - 1]!.slice(0, 3),
  B: (at) => MONTHS[at.month - 1]!,
  c: (at) => formatTime('%a %b %e %H:%M:%S %Y', at),
  C: (at) => zeros(Math.floor(at.year / 100)),
  d: (at) => zeros(at.day),
  D: (at) => formatTime('%m/%d/%y', at),
  e: (at) => spaces(at.day),
  F: (at) => formatTime('%Y-%m-%d', at),
  g: (at) => zeros(century(isoWeek(at).year)),
  G: (at) => String(isoWeek(at).year),
  h: (at) => MONTHS[at.month - 1]!.slice(0, 3),
  H: (at) => zeros(at.hour),
  I: (at) => zeros(hour12(at)),
  j: (at) => zeros(at.yearDay + 1, 3),
  k: (at) => spaces(at.hour),
  l: (at) => spaces(hour12(at)),
  m: (at) => zeros(at.month),
  M: (at) => zeros(at.minute),
  n: () => '\n',
  p: (at) => (at.hour < 12 ? 'AM' : 'PM'),
  P: (at) => (at.hour < 12 ? 'am' : 'pm'),
  r: (at) => formatTime('%I:%M:%S %p', at),
  R: (at) => formatTime('%H:%M', at),
  s: (at) => String(at.time),
  S: (at) => zeros(at.second),
  t: () => '\t',
  T: (at) => formatTime('%H:%M:%S', at),
  u: (at) => String(at.weekday || 7),
  U: (at) => zeros(weekOfYear(at, 0)),
  V: (at) => zeros(isoWeek(at).week),
  w: (at) => String(at.weekday),
  W: (at) => zeros(weekOfYear(at, 1)),
  x: (at) => formatTime('%m/%d/%y', at),
  X: (at) => formatTime('%H:%M:%S', at),
  y: (at) => zeros(century(at.year)),
  Y: (at) => String(at.year),
  z: ({ zone }) => `${zone.offset < 0 ? '-' : '+'}${hoursAndMinutes(Math.abs(zone.offset))}`,
  Z: (at) => at.zone.name,
  '%': () => '%',
};

/** `strftime` of a time; a conversion that C does not know stays as it is. */
export function formatTime(format: string, at: CalendarTime): string {
  return format.replace(/%([^])/g, (text, letter: string) => CONVERSIONS[letter]?.(at) ?? text);
}
