/** The functions of 5.1's base library. */
import { Source } from '../syntax/source';
import { LuaSyntaxError } from '../errors';
import { compileCached } from '../compile/cache';
import { stringToNumber } from '../syntax/numbers';
import { callNoYield } from '../vm/calls';
import {
  hashOf,
  lapi,
  ltable,
  MULTIPLE,
  Status,
  stringValue,
  T,
  Table,
  textOf,
  TValue,
  Udata,
  type LClosure,
  type LuaState,
} from '../vm/fengari';
import { isTrue, rawEquals, toText, callMetamethod, index } from '../vm/operations';
import { raise, typeName } from '../vm/raise';
import { levelAt, where } from '../vm/stack';
import { metamethod, metatableOf, rawGet, rawSet } from '../vm/tables';
import {
  argAt,
  argCount,
  badArgument,
  checkAny,
  checkFunction,
  checkInteger,
  checkOption,
  checkString,
  checkTable,
  isString,
  libraryError,
  optInteger,
  optString,
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
import { isPrecompiled, undumpProto } from './dump';

const METATABLE = hashOf('__metatable');
const TOSTRING = hashOf('__tostring');

/** What `tostring` gives, metamethods included (5.1 passes on whatever `__tostring` returns). */
export function toStringValue(L: LuaState, value: TValue): TValue {
  const tm = metamethod(L, value, TOSTRING);
  if (tm) return callMetamethod(L, tm, value, NIL);
  const text = toText(value);
  if (text !== undefined) return stringValue(text);
  if (value.type === T.boolean) return stringValue(String(value.value));
  if (value.type === T.nil) return stringValue('nil');
  return stringValue(`${typeName(value)}: ${address(L, value)}`);
}
const NIL = Object.freeze(new TValue(T.nil, null));

const addresses = new WeakMap<object, number>();

function address(L: LuaState, value: TValue): string {
  const object = value.value as object;
  let number = addresses.get(object);
  if (number === undefined) addresses.set(object, (number = L.l_G.id_counter++));
  return `0x${(0x1000000 + number * 16).toString(16).padStart(14, '0')}`;
}

/** The function a `getfenv`/`setfenv` argument names: a function, or a level of the stack. */
function functionArgument(L: LuaState, defaultsToCaller: boolean): TValue {
  const given = argAt(L, 1);
  if ((given.type & 15) === (T.luaFunction & 15)) return given;
  const level = defaultsToCaller ? optInteger(L, 1, 1) : checkInteger(L, 1);
  if (level < 0) badArgument(L, 1, 'level must be non-negative');
  const found = levelAt(L, level);
  if (!found) badArgument(L, 1, 'invalid level');
  if (found.tail) libraryError(L, `no function environment for tail call at level ${level}`);
  return found.ci.func;
}

/** The globals of a thread: what `setfenv(0, t)` replaces. */
export function threadGlobals(L: LuaState): Table {
  return L.environment ?? vmOf(L).globals.table;
}

export function environmentOf(L: LuaState, f: TValue): Table {
  return f.type === T.luaFunction ? ((f.value as LClosure).upvals[0]!.value as Table) : threadGlobals(L);
}

function getfenv(L: LuaState): number {
  if (argAt(L, 1).type === T.number && argAt(L, 1).value === 0) return pushTable(L, threadGlobals(L));
  return pushTable(L, environmentOf(L, functionArgument(L, true)));
}

function setfenv(L: LuaState): number {
  const environment = checkTable(L, 2);
  const first = argAt(L, 1);
  if (first.type === T.number && first.value === 0) {
    L.environment = environment;
    return 0;
  }
  const f = functionArgument(L, false);
  if (f.type !== T.luaFunction) libraryError(L, "'setfenv' cannot change environment of given object");
  (f.value as LClosure).upvals[0]!.value = environment;
  return pushValue(L, f);
}

// Loading

/** Compiles and pushes a function, or nil and the message. */
export function pushChunk(L: LuaState, source: Source): number {
  try {
    const proto = isPrecompiled(source.text) ? undumpProto(source.text) : compileCached(source).proto;
    if (proto) return pushValue(L, vmOf(L).instantiate(proto, threadGlobals(L)));
    pushNil(L);
    return 1 + pushText(L, `${source.chunkName.replace(/^[@=]/, '')}: bad header in precompiled chunk`);
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    pushNil(L);
    return 1 + pushText(L, error.luaMessage);
  }
}

function load(L: LuaState): number {
  const reader = checkFunction(L, 1);
  const name = optString(L, 2) ?? '=(load)';
  let text = '';
  for (;;) {
    const func = L.top;
    pushValue(L, reader);
    callNoYield(L, func, 1);
    const piece = L.stack[func]!;
    L.top = func;
    if (piece.type === T.nil) break;
    const part = toText(piece);
    if (part === undefined) {
      pushNil(L);
      return 1 + pushText(L, 'reader function must return a string');
    }
    if (part === '') break;
    text += part;
  }
  return pushChunk(L, new Source(name, text));
}

// Protected calls

/** Both ends of pcall and xpcall: directly, or after the call was suspended or failed. */
function finishProtected(L: LuaState, status: number, first: number): number {
  vmOf(L).rethrowFatal();
  L.overflowed = false;
  const slot = L.ci.funcOff + 1;
  if (status === (Status.ok as number) || status === (Status.yield as number)) {
    const count = L.top - slot - first;
    for (let i = L.top; i > slot + first; i--) L.stack[i] = L.stack[i - 1]!;
    L.stack[slot + first] = new TValue(T.boolean, true);
    L.top++;
    return count + 1;
  }
  const error = L.stack[L.top - 1]!;
  pushBoolean(L, false);
  return 1 + pushValue(L, error);
}

function pcall(L: LuaState): number {
  checkAny(L, 1);
  const status = lapi.lua_pcallk(L, argCount(L) - 1, MULTIPLE, 0, 0, finishProtected) as number;
  return finishProtected(L, status, 0);
}

function xpcall(L: LuaState): number {
  checkAny(L, 2);
  setTop(L, 2);
  // The handler stays below the function it watches.
  const base = L.ci.funcOff + 1;
  [L.stack[base], L.stack[base + 1]] = [L.stack[base + 1]!, L.stack[base]!];
  const status = lapi.lua_pcallk(L, 0, MULTIPLE, 1, 1, finishProtected) as number;
  return finishProtected(L, status, 1);
}

function ipairsStep(L: LuaState): number {
  const i = checkInteger(L, 2) + 1;
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
const NEXT = new TValue(T.hostFunction, next);

function tonumber(L: LuaState): number {
  const base = optInteger(L, 2, 10);
  if (base === 10) {
    const value = checkAny(L, 1);
    const n = value.type === T.number ? (value.value as number) : isString(value) ? stringToNumber(textOf(value.value)) : undefined;
    return n === undefined ? pushNil(L) : pushNumber(L, n);
  }
  const text = checkString(L, 1);
  if (base < 2 || base > 36) badArgument(L, 2, 'base out of range');
  const n = stringToUnsigned(text, base);
  return n === undefined ? pushNil(L) : pushNumber(L, n);
}

/** C's strtoul with 64 bits: white space, a sign, `0x` for base 16; text after an embedded zero is ignored. */
function stringToUnsigned(text: string, base: number): number | undefined {
  const end = text.indexOf('\0');
  const match = /^[ \t-\r]*([-+]?)([^]*?)[ \t-\r]*$/.exec(end < 0 ? text : text.slice(0, end))!;
  let digits = match[2]!.toLowerCase();
  if (base === 16 && /^0x[0-9a-f]/.test(digits)) digits = digits.slice(2);
  if (digits === '') return undefined;
  let n = 0n;
  for (const c of digits) {
    const digit = /[0-9a-z]/.test(c) ? parseInt(c, 36) : base;
    if (digit >= base) return undefined;
    n = n * BigInt(base) + BigInt(digit);
  }
  const max = 2n ** 64n - 1n;
  if (n > max) return Number(max);
  return Number(BigInt.asUintN(64, match[1] === '-' ? -n : n));
}

function print(L: LuaState): number {
  const count = argCount(L);
  const tostring = index(L, new TValue(T.table, threadGlobals(L)), stringValue('tostring'));
  const f = new TValue(tostring.type, tostring.value);
  const parts: string[] = [];
  for (let i = 1; i <= count; i++) {
    const func = L.top;
    pushValue(L, f);
    pushValue(L, argAt(L, i));
    callNoYield(L, func, 1);
    const text = toText(L.stack[func]!);
    L.top = func;
    if (text === undefined) libraryError(L, "'tostring' must return a string to 'print'");
    parts.push(text);
  }
  vmOf(L).options.print?.(parts.join('\t'), L.context);
  return 0;
}

const GC_OPTIONS = ['collect', 'stop', 'restart', 'count', 'step', 'setpause', 'setstepmul', 'meminfo', 'meminfo:global'];

/** Kilobytes in use: JavaScript does not tell what one state holds, so the process's heap stands in. */
function kilobytes(): number {
  return Math.floor(process.memoryUsage().heapUsed / 1024);
}

function collectgarbage(L: LuaState): number {
  const option = checkOption(L, 1, GC_OPTIONS, 'collect');
  optInteger(L, 2, 0);
  if (option === 'count') return pushNumber(L, kilobytes());
  if (option === 'step') return pushBoolean(L, true);
  if (option.startsWith('meminfo')) return pushTable(L, new Table(L));
  if (option === 'setpause' || option === 'setstepmul') return pushNumber(L, 200);
  return pushNumber(L, 0);
}

export const base: Library = {
  assert(L) {
    checkAny(L, 1);
    if (isTrue(argAt(L, 1))) return argCount(L);
    const message = argAt(L, 2).type === T.nil ? 'assertion failed!' : checkString(L, 2);
    return libraryError(L, message);
  },
  collectgarbage,
  error(L) {
    const level = optInteger(L, 2, 1);
    const value = argAt(L, 1);
    if (isString(value) && level > 0) return raise(L, stringValue(where(L, level) + textOf(value.value)));
    return raise(L, new TValue(value.type, value.value));
  },
  gcinfo: (L) => pushNumber(L, kilobytes()),
  getfenv,
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
  load,
  loadstring(L) {
    const text = checkString(L, 1);
    return pushChunk(L, new Source(optString(L, 2) ?? text, text));
  },
  newproxy(L) {
    const given = argAt(L, 1);
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
  pcall,
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
    let from = checkInteger(L, 1);
    if (from < 0) from = count + from;
    else if (from > count) from = count;
    if (from < 1) badArgument(L, 1, 'index out of range');
    return count - from;
  },
  setfenv,
  setmetatable(L) {
    const table = checkTable(L, 1);
    const metatable = argAt(L, 2);
    if (argCount(L) < 2 || (metatable.type !== T.nil && metatable.type !== T.table))
      badArgument(L, 2, 'nil or table expected');
    if (table.metatable?.strong.get(METATABLE)) libraryError(L, 'cannot change a protected metatable');
    table.metatable = metatable.type === T.nil ? null : (metatable.value as Table);
    return pushTable(L, table);
  },
  tonumber,
  tostring(L) {
    const value = toStringValue(L, checkAny(L, 1));
    return pushValue(L, value);
  },
  type: (L) => pushText(L, typeName(checkAny(L, 1))),
  unpack(L) {
    const table = checkTable(L, 1);
    const from = optInteger(L, 2, 1);
    const to = argAt(L, 3).type === T.nil ? (ltable.luaH_getn(table) as number) : checkInteger(L, 3);
    if (from > to) return 0;
    const count = to - from + 1;
    if (count >= 8000 || !lapi.lua_checkstack(L, count)) libraryError(L, 'too many results to unpack');
    for (let i = from; i <= to; i++) pushValue(L, rawGet(table, new TValue(T.number, i)));
    return count;
  },
  xpcall,
};
