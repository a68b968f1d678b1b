/** The functions of 5.1's base library. */
import { allocate, COST } from '../vm/budget';
import { callNoYield } from '../vm/calls';
import { hashOf, ltable, stringValue, T, Table, textOf, TValue, Udata, type LuaState } from '../vm/fengari';
import { isTrue, rawEquals, toText, index } from '../vm/operations';
import { raise, typeName } from '../vm/raise';
import { where } from '../vm/stack';
import { metatableOf, rawGet, rawSet } from '../vm/tables';
import {
  argAt,
  argCount,
  badArgument,
  checkAny,
  checkInt,
  checkOption,
  checkString,
  checkTable,
  hasRoom,
  isString,
  libraryError,
  optInt,
  pushBoolean,
  pushNil,
  pushNumber,
  pushTable,
  pushText,
  pushValue,
  setTop,
  vmOf,
  type Library,
} from './args';
import { conversions } from './conversions';
import { environments, threadGlobals } from './environments';
import { loading } from './load';
import { protectedCalls } from './protected';
import { TextBuilder } from './text-builder';

const METATABLE = hashOf('__metatable');

function ipairsStep(L: LuaState): number {
  const i = checkInt(L, 2) + 1;
  const value = rawGet(checkTable(L, 1), new TValue(T.number, i));
  if (value.type === T.nil) return pushNil(L);
  pushNumber(L, i);
  return 1 + pushValue(L, value);
}

function next(L: LuaState): number {
  const table = checkTable(L, 1);
  setTop(L, 2);
  const key = L.top - 1;
  pushNil(L);
  if (ltable.luaH_next(L, table, key)) return 2;
  L.top = key;
  return pushNil(L);
}

const IPAIRS_STEP = new TValue(T.hostFunction, ipairsStep);
/** What `pairs` gives is a function of its own: not the global `next`. */
const NEXT = new TValue(T.hostFunction, (L: LuaState) => next(L));

function print(L: LuaState): number {
  const count = argCount(L);
  const tostring = index(L, new TValue(T.table, threadGlobals(L)), stringValue('tostring'));
  const f = new TValue(tostring.type, tostring.value);
  const line = new TextBuilder(L);
  try {
    for (let i = 1; i <= count; i++) {
      const func = L.top;
      pushValue(L, f);
      pushValue(L, argAt(L, i));
      callNoYield(L, func, 1);
      const text = toText(L.stack[func]!);
      L.top = func;
      if (text === undefined) libraryError(L, "'tostring' must return a string to 'print'");
      if (i > 1) line.add('\t');
      line.add(text);
    }
  } finally {
    line.close();
  }
  const text = line.finish();
  L.l_G.meter.give(L, COST.string + text.length);
  vmOf(L).options.print?.(text, L.context);
  return 0;
}

const GC_OPTIONS = [
  ...['collect', 'stop', 'restart', 'count', 'step', 'setpause', 'setstepmul', 'meminfo', 'meminfo:global'],
  ...['destroy', 'globaltrace', 'globaltraceonly', 'setglobaltrace', 'setglobaltracexref'],
];

/** Kilobytes in use: JavaScript does not tell what one state holds, so the process's heap stands in. */
function kilobytes(): number {
  return Math.floor(process.memoryUsage().heapUsed / 1024);
}

/** Bytes by kind of object; only the total can be told. */
function memoryUse(L: LuaState): Table {
  const table = new Table(L);
  rawSet(L, table, stringValue('total'), new TValue(T.number, process.memoryUsage().heapUsed));
  return table;
}

function collectgarbage(L: LuaState): number {
  const option = checkOption(L, 1, GC_OPTIONS, 'collect');
  optInt(L, 2, 0);
  if (option === 'count') return pushNumber(L, kilobytes());
  if (option === 'step') return pushBoolean(L, true);
  if (option.startsWith('meminfo')) return pushTable(L, memoryUse(L));
  if (option === 'setpause' || option === 'setstepmul') return pushNumber(L, 200);
  return pushNumber(L, 0);
}

export const base: Library = {
  ...conversions,
  ...environments,
  ...loading,
  ...protectedCalls,
  assert(L) {
    checkAny(L, 1);
    if (isTrue(argAt(L, 1))) return argCount(L);
    const message = argAt(L, 2).type === T.nil ? 'assertion failed!' : checkString(L, 2);
    return libraryError(L, message);
  },
  collectgarbage,
  error(L) {
    const level = optInt(L, 2, 1);
    const value = argAt(L, 1);
    const text = toText(value);
    if (text !== undefined && level > 0) return raise(L, stringValue(where(L, level) + text));
    return raise(L, new TValue(value.type, value.value));
  },
  gcinfo: (L) => pushNumber(L, kilobytes()),
  getmetatable(L) {
    const metatable = metatableOf(L, checkAny(L, 1));
    if (!metatable) return pushNil(L);
    const hidden = metatable.strong.get(METATABLE)?.value;
    return hidden ? pushValue(L, hidden) : pushTable(L, metatable);
  },
  ipairs(L) {
    const table = checkTable(L, 1);
    pushValue(L, IPAIRS_STEP);
    pushTable(L, table);
    pushNumber(L, 0);
    return 3;
  },
  newproxy(L) {
    const given = argAt(L, 1);
    allocate(L, COST.userdata + COST.table);
    const proxy = new Udata(L, 0);
    if (given.type === T.userdata && (given.value as Udata).metatable?.isProxy) {
      proxy.metatable = (given.value as Udata).metatable;
    } else if (given.type === T.boolean) {
      if (given.value === true) {
        proxy.metatable = new Table(L);
        proxy.metatable.isProxy = true;
      }
    } else if (given.type !== T.nil) {
      badArgument(L, 1, 'boolean or proxy expected');
    }
    return pushValue(L, new TValue(T.userdata, proxy));
  },
  next,
  pairs(L) {
    const table = checkTable(L, 1);
    pushValue(L, NEXT);
    pushTable(L, table);
    pushNil(L);
    return 3;
  },
  print,
  rawequal: (L) => pushBoolean(L, rawEquals(checkAny(L, 1), checkAny(L, 2))),
  rawget(L) {
    const table = checkTable(L, 1);
    return pushValue(L, rawGet(table, checkAny(L, 2)));
  },
  rawset(L) {
    const table = checkTable(L, 1);
    checkAny(L, 2);
    rawSet(L, table, argAt(L, 2), checkAny(L, 3));
    table.flags = 0;
    return pushTable(L, table);
  },
  select(L) {
    const count = argCount(L);
    const first = argAt(L, 1);
    if (isString(first) && textOf(first.value).startsWith('#')) return pushNumber(L, count - 1);
    let from = checkInt(L, 1);
    if (from < 0) from = count + from;
    else if (from > count) from = count;
    if (from < 1) badArgument(L, 1, 'index out of range');
    return count - from;
  },
  setmetatable(L) {
    const table = checkTable(L, 1);
    const metatable = argAt(L, 2);
    if (argCount(L) < 2 || (metatable.type !== T.nil && metatable.type !== T.table))
      badArgument(L, 2, 'nil or table expected');
    if (table.metatable?.strong.get(METATABLE)) libraryError(L, 'cannot change a protected metatable');
    table.metatable = metatable.type === T.nil ? null : (metatable.value as Table);
    return pushTable(L, table);
  },
  type: (L) => pushText(L, typeName(checkAny(L, 1))),
  unpack(L) {
    const table = checkTable(L, 1);
    const from = optInt(L, 2, 1);
    const to = argAt(L, 3).type === T.nil ? (ltable.luaH_getn(table) as number) : checkInt(L, 3);
    if (from > to) return 0;
    const count = to - from + 1;
    if (!hasRoom(L, count)) libraryError(L, 'too many results to unpack');
    for (let i = from; i <= to; i++) pushValue(L, rawGet(table, new TValue(T.number, i)));
    return count;
  },
};
