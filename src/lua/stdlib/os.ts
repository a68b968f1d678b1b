/** 5.1's os library, with `setenv`. Time is the host's, the time zone UTC, the locale C. */
import { type LuaState, stringValue, T, Table, TValue } from '../vm/fengari';
import { index, isTrue, toNumber } from '../vm/operations';
import { rawSet } from '../vm/tables';
import { cString } from '../syntax/source';
import {
  argAt,
  checkNumber,
  checkOption,
  checkString,
  checkTable,
  libraryError,
  optInteger,
  optString,
  pushBoolean,
  pushNil,
  pushNumber,
  pushTable,
  pushText,
  toInt,
  toInt64,
  vmOf,
  type Library,
} from './args';
import { calendarTime, formatTime, secondsOf, type CalendarTime } from './calendar';
import { notSimulated } from './not-simulated';
import { perVM } from './per-vm';

function now(L: LuaState): number {
  return Math.floor(vmOf(L).options.now?.() ?? Date.now() / 1000);
}

/** Seconds of processor time. */
function clock(L: LuaState): number {
  const { user, system } = process.cpuUsage();
  return pushNumber(L, (user + system) / 1e6);
}

// Dates

function date(L: LuaState): number {
  const given = cString(optString(L, 1) ?? '%c');
  const isUniversal = given.startsWith('!');
  const format = isUniversal ? given.slice(1) : given;
  const seconds = argAt(L, 2).type === T.nil ? now(L) : toInt64(checkNumber(L, 2));
  const at = calendarTime(seconds, isUniversal ? 'GMT' : 'UTC');
  if (!at) return pushNil(L);
  if (format === '*t') return pushTable(L, dateTable(L, at));
  return pushText(L, formatTime(format, at));
}

function dateTable(L: LuaState, at: CalendarTime): Table {
  const table = new Table(L);
  const fields = {
    sec: at.second,
    min: at.minute,
    hour: at.hour,
    day: at.day,
    month: at.month,
    year: at.year,
    wday: at.weekday + 1,
    yday: at.yearDay + 1,
  };
  for (const [name, n] of Object.entries(fields))
    rawSet(L, table, stringValue(name), new TValue(T.number, n));
  rawSet(L, table, stringValue('isdst'), new TValue(T.boolean, false));
  return table;
}

function field(L: LuaState, table: Table, name: string, otherwise?: number): number {
  const n = toNumber(index(L, new TValue(T.table, table), stringValue(name)));
  if (n !== undefined) return toInt(n);
  return otherwise ?? libraryError(L, `field '${name}' missing in date table`);
}

function time(L: LuaState): number {
  if (argAt(L, 1).type === T.nil) return pushNumber(L, now(L));
  const table = checkTable(L, 1);
  const standard = secondsOf({
    second: field(L, table, 'sec', 0),
    minute: field(L, table, 'min', 0),
    hour: field(L, table, 'hour', 12),
    day: field(L, table, 'day'),
    month: field(L, table, 'month'),
    year: field(L, table, 'year'),
  });
  // UTC has no summer time; C's mktime takes an hour off what claims to be in it.
  const isSummerTime = isTrue(index(L, new TValue(T.table, table), stringValue('isdst')));
  const seconds = standard - (isSummerTime ? 3600 : 0);
  // C's mktime reports a failure with the same number.
  return seconds === -1 ? pushNil(L) : pushNumber(L, seconds);
}

function difftime(L: LuaState): number {
  const later = toInt64(checkNumber(L, 1));
  return pushNumber(L, later - (argAt(L, 2).type === T.nil ? 0 : toInt64(checkNumber(L, 2))));
}

// Environment

/** A VM's environment variables: the host's own are none of a script's business. */
const environment = perVM(() => new Map<string, string>());

const EINVAL = 22;

function setenv(L: LuaState): number {
  const name = cString(checkString(L, 1));
  const value = optString(L, 2);
  const mayReplace = argAt(L, 3).type === T.nil || isTrue(argAt(L, 3));
  if (name === '' || name.includes('=')) {
    pushNil(L);
    pushText(L, `${name}: Invalid argument`);
    return 2 + pushNumber(L, EINVAL);
  }
  const variables = environment(L);
  if (value === undefined) variables.delete(name);
  else if (mayReplace || !variables.has(name)) variables.set(name, cString(value));
  return pushBoolean(L, true);
}

function getenv(L: LuaState): number {
  const value = environment(L).get(cString(checkString(L, 1)));
  return value === undefined ? pushNil(L) : pushText(L, value);
}

const CATEGORIES = ['all', 'collate', 'ctype', 'monetary', 'numeric', 'time'];
const LOCALES = new Set(['', 'C', 'POSIX']);

/** Only the C locale exists. */
function setlocale(L: LuaState): number {
  const wanted = optString(L, 1);
  checkOption(L, 2, CATEGORIES, 'all');
  return wanted === undefined || LOCALES.has(wanted) ? pushText(L, 'C') : pushNil(L);
}

export const os: Library = {
  clock,
  date,
  difftime,
  execute: notSimulated('os.execute', (L) => optString(L, 1)),
  exit: notSimulated('os.exit', (L) => optInteger(L, 1, 0)),
  getenv,
  remove: notSimulated('os.remove', (L) => checkString(L, 1)),
  rename: notSimulated('os.rename', (L) => [checkString(L, 1), checkString(L, 2)]),
  setenv,
  setlocale,
  time,
  tmpname: notSimulated('os.tmpname'),
};
