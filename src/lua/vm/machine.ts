/**
 * Puts our interpreter and 5.1's rules under fengari's API, once, and proves that every patch took.
 * Import this module instead of `execute` to be sure that it has happened.
 */
import { execute, finishInterrupted } from './execute';
import { allocate, COST } from './budget';
import { extendCalls } from './calls';
import {
  bytesToText,
  lapi,
  ldebug,
  lstate,
  ldo,
  lvm,
  stringValue,
  T,
  textOf,
  textToBytes,
  TValue,
  type LuaState,
} from './fengari';
import {
  concat,
  equals,
  index,
  length,
  lessEqual,
  lessThan,
  rawEquals,
  setIndex,
  toNumber,
} from './operations';
import { isLua, protoOf, raise, runError, typeError } from './raise';
import { currentLine, functionName, levelAt, type Level } from './stack';
import { chunkId } from '../syntax/source';

function copy(L: LuaState, slot: number, from: TValue): void {
  L.stack[slot]!.type = from.type;
  L.stack[slot]!.value = from.value;
}

/** C's conversion of a number argument to an integer: the fraction goes. */
function toInteger(value: TValue): number | false {
  const n = toNumber(value);
  if (n === undefined) return false;
  return Number.isFinite(n) ? Math.trunc(n) : -(2 ** 63);
}

Object.assign(lvm, {
  luaV_execute: execute,
  luaV_finishOp: finishInterrupted,
  luaV_gettable: (L: LuaState, t: TValue, key: TValue, slot: number) => copy(L, slot, index(L, t, key)),
  settable: setIndex,
  luaV_lessthan: (L: LuaState, a: TValue, b: TValue) => (lessThan(L, a, b) ? 1 : 0),
  luaV_lessequal: (L: LuaState, a: TValue, b: TValue) => (lessEqual(L, a, b) ? 1 : 0),
  luaV_equalobj: (L: LuaState | null, a: TValue, b: TValue) =>
    (L ? equals(L, a, b) : rawEquals(a, b)) ? 1 : 0,
  luaV_objlen: (L: LuaState, out: TValue, value: TValue) => Object.assign(out, length(L, value)),
  luaV_concat: (L: LuaState, count: number) => {
    const first = L.top - count;
    const result = concat(L, first, L.top - 1);
    L.stack[first] = new TValue(result.type, result.value);
    L.top = first + 1;
  },
  tonumber: (value: TValue) => toNumber(value) ?? false,
  tointeger: toInteger,
});

const growStack = ldo.luaD_growstack as (L: LuaState, slots: number) => void;
/** A stack grows to twice its size. */
ldo.luaD_growstack = (L: LuaState, slots: number) => {
  allocate(L, COST.slot * L.stack.length);
  growStack(L, slots);
};

/** fengari formats messages with `%s` (bytes) and `%d`. */
function format(text: Uint8Array, args: readonly unknown[]): string {
  let next = 0;
  return bytesToText(text).replace(/%([sd%])/g, (_, kind: string) => {
    if (kind === '%') return '%';
    const arg = args[next++];
    return arg instanceof Uint8Array ? bytesToText(arg) : String(arg);
  });
}

Object.assign(ldebug, {
  luaG_runerror: (L: LuaState, text: Uint8Array, ...args: unknown[]) =>
    runError(L, format(text, args).replace(/^JS stack/, 'C stack')),
  luaG_typeerror: (L: LuaState, value: TValue, action: Uint8Array) =>
    typeError(L, value, bytesToText(action)),
  lua_getstack: (L: LuaState, level: number, ar: { level?: Level }) => {
    ar.level = levelAt(L, level);
    return ar.level ? 1 : 0;
  },
  lua_getinfo: getInfo,
});

/** What fengari's library functions ask of a level: `n`, `S`, `l`, `f`. */
function getInfo(
  L: LuaState,
  what: string | Uint8Array,
  ar: Record<string, unknown> & { level: Level },
): number {
  const name = functionName(L, ar.level);
  const lua = isLua(ar.level.ci) && !ar.level.tail;
  ar.name = name ? textToBytes(name.name) : null;
  ar.namewhat = textToBytes(name?.kind ?? '');
  ar.currentline = currentLine(ar.level);
  ar.short_src = textToBytes(lua ? chunkId(textOf(protoOf(ar.level.ci).source)) : '[C]');
  if ((typeof what === 'string' ? what : bytesToText(what)).includes('f')) {
    L.stack[L.top++] = new TValue(ar.level.ci.func.type, ar.level.ci.func.value);
  }
  return 1;
}

/**
 * fengari hands an exception of JavaScript's that passes a protected call to a handler of the state. Nothing of
 * the kind is for scripts: the VM keeps it (`keepNativeError`) and the jump goes on up to the entry.
 */
const pushFunction = lapi.lua_pushcfunction as (L: LuaState, f: unknown) => void;
const pushLight = lapi.lua_pushlightuserdata as (L: LuaState, object: unknown) => void;
lapi.lua_pushcfunction = (L: LuaState, f: unknown) => {
  if (f !== L.l_G.atnativeerror) pushFunction(L, f);
};
lapi.lua_pushlightuserdata = (L: LuaState, object: unknown) => {
  if (!(object instanceof Error)) {
    pushLight(L, object);
    return;
  }
  L.l_G.vm?.keepNativeError(object);
  throw object;
};

lstate.luaE_extendCI = extendCalls;
lapi.lua_tointegerx = lapi.lua_tointeger = (L: LuaState, at: number) => toInteger(argument(L, at));

/** The value at a stack position of the running host function (from 1), nil beyond the arguments. */
function argument(L: LuaState, at: number): TValue {
  const slot = at > 0 ? L.ci.funcOff + at : L.top + at;
  return slot < L.top ? L.stack[slot]! : new TValue(T.nil, null);
}

(function selfTest(): void {
  const L = lstate.lua_newstate() as LuaState;
  const check = (what: string, holds: boolean) => {
    if (!holds) throw new Error(`momentum-sim: fengari could not be adapted (${what}); is it version 0.1.5?`);
  };
  lapi.lua_pushinteger(L, 7);
  check('numbers', L.stack[L.top - 1]!.type === T.number);
  lapi.lua_pushnumber(L, 1.7e12);
  check('number format', bytesToText(lapi.lua_tolstring(L, -1)) === '1700000000000');
  ldo.luaD_rawrunprotected(L, () => raise(L, stringValue('thrown')), null);
  const caught = textOf(L.stack[L.top - 1]!.value);
  check('errors', caught === 'thrown');
})();

export { lapi, ldebug, ldo, lstate, lvm };
