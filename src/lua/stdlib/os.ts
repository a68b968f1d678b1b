/** 5.1's os library, with `setenv`. Time, files and processes are the host's, the locale is C. */
import { type LuaState, stringValue, T, Table, TValue } from '../vm/fengari';
import { raiseHostError } from '../vm/host';
import { index, isTrue, toNumber } from '../vm/operations';
import { callerOf } from '../vm/stack';
import { rawSet } from '../vm/tables';
import { cString } from '../syntax/source';
import {
  argAt,
  checkNumber,
  checkOption,
  checkString,
  checkTable,
  libraryError,
  optInt,
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
import { calendarTime, formatTime, GMT, type CalendarTime } from './calendar';
import { filesOf } from './io';
import { notSimulated } from './not-simulated';
import { perVM } from './per-vm';
import { attempt, pushFailure } from './system-errors';
import { localTime, timeZone } from './time-zone';

const zone = perVM((L) => timeZone(vmOf(L).options.timezone));

function now(L: LuaState): number {
  return Math.floor(vmOf(L).options.now?.() ?? Date.now() / 1000);
}

/** Seconds of processor time. */
function clock(L: LuaState): number {
  return pushNumber(L, (vmOf(L).options.cpuTime ?? ownCpuTime)());
}

function ownCpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

// Dates

function date(L: LuaState): number {
  const given = cString(optString(L, 1) ?? '%c');
  const isUniversal = given.startsWith('!');
  const format = isUniversal ? given.slice(1) : given;
  const seconds = argAt(L, 2).type === T.nil ? now(L) : toInt64(checkNumber(L, 2));
  const at = calendarTime(seconds, isUniversal ? GMT : zone(L)(seconds));
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
  rawSet(L, table, stringValue('isdst'), new TValue(T.boolean, at.zone.isSummerTime));
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
  const local = {
    second: field(L, table, 'sec', 0),
    minute: field(L, table, 'min', 0),
    hour: field(L, table, 'hour', 12),
    day: field(L, table, 'day'),
    month: field(L, table, 'month'),
    year: field(L, table, 'year'),
  };
  const isdst = index(L, new TValue(T.table, table), stringValue('isdst'));
  const seconds = localTime(local, zone(L), isdst.type === T.nil ? undefined : isTrue(isdst));
  // C's mktime reports a failure with the same number.
  return seconds === -1 ? pushNil(L) : pushNumber(L, seconds);
}

function difftime(L: LuaState): number {
  const later = toInt64(checkNumber(L, 1));
  return pushNumber(L, later - (argAt(L, 2).type === T.nil ? 0 : toInt64(checkNumber(L, 2))));
}

// Environment

/** Environment variables: those of the process are none of a script's business. */
const environment = perVM((L) => vmOf(L).options.environment ?? new Map<string, string>());

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

// Processes and files

const refuseExecute = notSimulated('os.execute');
const refuseExit = notSimulated('os.exit');

/** `os.execute(command)`: what C's `system` answers, with the exit status in the second byte; 1 without a command. */
function execute(L: LuaState): number {
  const command = optString(L, 1);
  const { processes } = vmOf(L).options;
  if (!processes) return refuseExecute(L);
  if (command === undefined) return pushNumber(L, 1);
  const run = () => processes.run(cString(command), 'os.execute', () => callerOf(L));
  return host(L, () => pushNumber(L, run().status << 8));
}

function exit(L: LuaState): number {
  const status = optInt(L, 1, 0) & 0xff;
  const { processes } = vmOf(L).options;
  if (!processes) return refuseExit(L);
  return host(L, () => {
    processes.exit(status, () => callerOf(L));
    return 0;
  });
}

/** Runs an operation of the host's; what it throws leaves as a Lua error does, or past every pcall. */
function host(L: LuaState, operation: () => number): number {
  try {
    return operation();
  } catch (error) {
    return raiseHostError(L, error);
  }
}

function remove(L: LuaState): number {
  const name = cString(checkString(L, 1));
  return change(L, name, () => filesOf(L).remove(name));
}

function rename(L: LuaState): number {
  const from = cString(checkString(L, 1));
  const to = cString(checkString(L, 2));
  return change(L, from, () => filesOf(L).rename(from, to));
}

function change(L: LuaState, name: string, operation: () => void): number {
  return attempt(
    L,
    () => {
      operation();
      return pushBoolean(L, true);
    },
    (error) => pushFailure(L, error, name),
  );
}

function tmpname(L: LuaState): number {
  return attempt(
    L,
    () => pushText(L, filesOf(L).temporaryName()),
    () => libraryError(L, 'unable to generate a unique filename'),
  );
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
  execute,
  exit,
  getenv,
  remove,
  rename,
  setenv,
  setlocale,
  time,
  tmpname,
};
