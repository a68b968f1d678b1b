/**
 * The private copy of fengari, turned into a machine in which every number is a double and every
 * comparison, coercion and error text is Lua 5.1's.
 *
 * What stays fengari's: states, stacks, protected calls, coroutines, tables, the pattern matcher.
 * What is ours: the compiler, the instruction set, the interpreter and everything that a script can
 * tell apart from 5.3. The package is an npm alias, so that a fengari of the user's own stays as it is.
 *
 * Order matters: fengari's modules copy each other's functions while they load, so what they copy has
 * to be in place before.
 */
import { formatNumber, stringToNumber } from '../syntax/numbers';
import { border } from './border';

/* eslint-disable @typescript-eslint/no-require-imports -- the order of loading is the point */
const defs = require('fengari-momentum/src/defs.js');
defs.constant_types.LUA_TNUMINT = defs.constant_types.LUA_TNUMFLT;

// One of fengari's assertions does not hold where an exception of JavaScript's ends a thread (see `resumeThread`).
const llimits = require('fengari-momentum/src/llimits.js');
llimits.lua_assert = () => undefined;

const luaconf = require('fengari-momentum/src/luaconf.js');
luaconf.LUA_COMPAT_FLOATSTRING = true;
luaconf.lua_number2str = formatNumber;
luaconf.lua_numbertointeger = (n: number) => (Number.isFinite(n) ? n : false);

const lstring = require('fengari-momentum/src/lstring.js');
/** A table's key for a string: its bytes. (fengari's own key runs hex digits together, so that strings collide.) */
lstring.luaS_hashlongstr = (s: TString) => (s.hash ??= hashOf(bytesToText(s.realstring)));
// A string is kept as that key; its bytes are made when a function asks for them.
Object.defineProperty(lstring.TString.prototype, 'realstring', {
  get(this: TString) {
    return (this.bytes ??= textToBytes(this.hash!.slice(1)));
  },
  set(this: TString, bytes: Uint8Array | undefined) {
    this.bytes = bytes;
  },
});
lstring.TString.prototype.tsslen = function (this: TString) {
  return this.hash === null ? this.bytes!.length : this.hash.length - 1;
};

const lapi = require('fengari-momentum/src/lapi.js');
const lobject = require('fengari-momentum/src/lobject.js');
const ldebug = require('fengari-momentum/src/ldebug.js');
const ldo = require('fengari-momentum/src/ldo.js');
const lfunc = require('fengari-momentum/src/lfunc.js');
const lstate = require('fengari-momentum/src/lstate.js');
const ltable = require('fengari-momentum/src/ltable.js');
const ltm = require('fengari-momentum/src/ltm.js');
const lvm = require('fengari-momentum/src/lvm.js');
/* eslint-enable @typescript-eslint/no-require-imports */

ltable.luaH_getn = border;
ltable.Table.prototype.arraySize = 0;
lobject.TValue.prototype.ttisinteger = () => false;
lstate.CallInfo.prototype.depth = 0;
lstate.CallInfo.prototype.tailCalls = 0;
lobject.luaO_str2num = (bytes: Uint8Array, out: TValue) => {
  const n = stringToNumber(bytesToText(bytes));
  if (n === undefined) return 0;
  out.type = T.number;
  out.value = n;
  return bytes.length + 1;
};

/** Type tags of values, as fengari keeps them in `TValue.type`. */
export const T = {
  nil: 0,
  boolean: 1,
  lightuserdata: 2,
  number: 3,
  string: 20,
  table: 5,
  luaFunction: 6,
  hostFunction: 22,
  hostClosure: 38,
  userdata: 7,
  thread: 8,
} as const;

export interface TValue {
  type: number;
  value: any;
}

export interface TString {
  hash: string | null;
  bytes: Uint8Array | undefined;
  readonly realstring: Uint8Array;
  tsslen(): number;
}

export interface TableEntry {
  readonly key: TValue;
  readonly value: TValue;
  p: TableEntry | undefined;
  n: TableEntry | undefined;
}

export interface Table {
  readonly id: number;
  readonly strong: Map<unknown, TableEntry>;
  /** First and last entry, in the order of traversal. */
  f: TableEntry | undefined;
  l: TableEntry | undefined;
  /** Keys that were removed: a traversal may still stand at one. */
  readonly dead_strong: Map<unknown, TableEntry>;
  dead_weak: WeakMap<object, TableEntry> | undefined;
  metatable: Table | null;
  flags: number;
  /** Ours: how many values the constructor of the table listed. */
  arraySize: number;
  /** Ours: a metatable that `newproxy(true)` made. */
  isProxy?: boolean;
}

export interface LClosure {
  readonly id: number;
  p: any;
  upvals: TValue[];
}

export interface Udata {
  readonly id: number;
  metatable: Table | null;
  data: any;
}

export interface CallInfo {
  func: TValue;
  funcOff: number;
  top: number;
  previous: CallInfo;
  next: CallInfo | null;
  l_base: number;
  l_code: Int32Array;
  l_savedpc: number;
  c_k: unknown;
  c_ctx: unknown;
  nresults: number;
  callstatus: number;
  extra: number;
  /** Lua calls that ended in `return f()` and left no frame of their own. */
  tailCalls: number;
  depth: number;
}

export interface LuaState {
  readonly l_G: GlobalState;
  readonly base_ci: CallInfo;
  stack: TValue[];
  top: number;
  stack_last: number;
  ci: CallInfo;
  nny: number;
  nCcalls: number;
  status: number;
  errfunc: number;
  hookmask: number;
  /** Ours: the stack overflowed and is being unwound. */
  overflowed: boolean | undefined;
  /** Ours: what the entry into Lua was given (HostCall.context). */
  context: unknown;
  /** Ours: the thread is an entry of the host, not a coroutine of a script. */
  isEntry: boolean | undefined;
  errorJmp: unknown;
  /** Ours: the call in which `coroutine.yield` has just stopped the thread. */
  stoppedAt: CallInfo | undefined;
  /** Ours: the globals that `setfenv(0, t)` gave the thread. */
  environment: Table | undefined;
}

/** Counted down by whatever works for a script; below zero it asks (`Budget`). */
export interface Meter {
  /** Steps. */
  left: number;
  /** Bytes. */
  room: number;
  /** Bytes of texts that are being built. */
  building: number;
  spent(L: LuaState): void;
  exhausted(L: LuaState, bytes: number): void;
  give(L: LuaState, bytes: number): void;
}

export interface GlobalState {
  mainthread: LuaState;
  l_registry: TValue;
  mt: (Table | null | undefined)[];
  id_counter: number;
  atnativeerror: unknown;
  /** Ours: the VM; told of every exception of JavaScript's that reaches a protected call. */
  vm: { keepNativeError(error: Error): void } | undefined;
  /** Ours: counts what scripts spend. */
  meter: Meter;
}

/** A function of the host as fengari calls it: arguments on the stack, answers how many results it left there. */
export type HostFunction = (L: LuaState) => number;

export const TValue: new (type: number, value: unknown) => TValue = lobject.TValue;
export const TString: new (L: null, bytes: Uint8Array | undefined) => TString = lstring.TString;
export const LClosure: new (L: LuaState, upvalues: number) => LClosure = lobject.LClosure;
export const Table: new (L: LuaState) => Table = ltable.Table;
export const Udata: new (L: LuaState, size: number) => Udata = lobject.Udata;
export const CallInfo: new () => CallInfo = lstate.CallInfo;
export const nilValue: TValue = lobject.luaO_nilobject;

export const CallStatus = {
  lua: lstate.CIST_LUA as number,
  fresh: lstate.CIST_FRESH as number,
  /** A `pcall` that calls may suspend. */
  protected: lstate.CIST_YPCALL as number,
};
export const Status = { ok: 0, yield: 1, runtimeError: 2, errorInError: 6 } as const;
export const MULTIPLE = -1;
export const REGISTRY: number = defs.LUA_REGISTRYINDEX;

export { lapi, ldebug, ldo, lfunc, lstate, ltable, ltm, lvm };

export function bytesToText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function textToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The key under which a table keeps the string `text` (latin1). */
export function hashOf(text: string): string {
  return `|${text}`;
}

/** The text (latin1) of a Lua string. */
export function textOf(s: TString): string {
  return (s.hash ??= hashOf(bytesToText(s.realstring))).slice(1);
}

export function luaString(text: string): TString {
  const s = new TString(null, undefined);
  s.hash = hashOf(text);
  return s;
}

export function stringValue(text: string): TValue {
  return new TValue(T.string, luaString(text));
}
