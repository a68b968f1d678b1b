/** Arguments and results of library functions, with 5.1's complaints. */
import {
  hashOf,
  lapi,
  luaString,
  stringValue,
  T,
  Table,
  textOf,
  TValue,
  type HostFunction,
  type LuaState,
} from '../vm/fengari';
import { allocate, COST } from '../vm/budget';
import { argAt, argCount, argumentError } from '../vm/host';
import { toNumber, toText } from '../vm/operations';
import { isString, raise, typeName } from '../vm/raise';
import { where } from '../vm/stack';
import { addEntry } from '../vm/tables';
import type { LuaVM } from '../vm/state';

export { argAt, argCount, argumentError };

export type Library = Record<string, HostFunction>;

/** A table's keys and values, made once and put into the tables of any number of states. */
export type Prepared = readonly (readonly [hash: unknown, key: TValue, value: TValue])[];

export function prepare(contents: Record<string, HostFunction | number>): Prepared {
  return Object.entries(contents).map(([name, content]) => [
    hashOf(name),
    stringValue(name),
    new TValue(typeof content === 'number' ? T.number : T.hostFunction, content),
  ]);
}

/** Puts prepared contents into an empty table. */
export function fill(table: Table, entries: Prepared): Table {
  for (const [hash, key, value] of entries) addEntry(table, hash, key, value);
  return table;
}

export function vmOf(L: LuaState): LuaVM {
  return (L.l_G as unknown as { vm: LuaVM }).vm;
}

/** Raises `text` with the position of the Lua function that called (luaL_error). */
export function libraryError(L: LuaState, text: string): never {
  return raise(L, stringValue(where(L, 1) + text));
}

/** Raises an argument error and leaves through Lua's own way (`argumentError` leaves through the host's). */
export function badArgument(L: LuaState, at: number, problem: string): never {
  try {
    return argumentError(L, at, problem);
  } catch (error) {
    return libraryError(L, (error as Error).message);
  }
}

export function typeAt(L: LuaState, at: number): string {
  return at > argCount(L) ? 'no value' : typeName(argAt(L, at));
}

export function wrongType(L: LuaState, at: number, expected: string): never {
  return badArgument(L, at, `${expected} expected, got ${typeAt(L, at)}`);
}

export function checkAny(L: LuaState, at: number): TValue {
  if (at > argCount(L)) badArgument(L, at, 'value expected');
  return argAt(L, at);
}

export function checkTable(L: LuaState, at: number): Table {
  const value = argAt(L, at);
  return value.type === T.table ? (value.value as Table) : wrongType(L, at, 'table');
}

export function checkFunction(L: LuaState, at: number): TValue {
  const value = argAt(L, at);
  return (value.type & 15) === (T.luaFunction & 15) ? value : wrongType(L, at, 'function');
}

export function checkNumber(L: LuaState, at: number): number {
  return toNumber(argAt(L, at)) ?? wrongType(L, at, 'number');
}

/** C's conversion of a double to a signed 64-bit integer, as x86-64 does it (2^63 and beyond have no room). */
export function toInt64(n: number): number {
  return n > -(2 ** 63) && n < 2 ** 63 ? Math.trunc(n) + 0 : -(2 ** 63);
}

export function checkInteger(L: LuaState, at: number): number {
  return toInt64(checkNumber(L, at));
}

/** C's conversion to an `int` by way of a 64-bit integer: its low 32 bits. */
export function toInt(n: number): number {
  const integer = toInt64(n);
  return integer === (integer | 0) ? integer : Number(BigInt.asIntN(32, BigInt(integer)));
}

export function checkInt(L: LuaState, at: number): number {
  return toInt(checkNumber(L, at));
}

export function optInt(L: LuaState, at: number, otherwise: number): number {
  return argAt(L, at).type === T.nil ? otherwise : checkInt(L, at);
}

export function optInteger(L: LuaState, at: number, otherwise: number): number {
  return argAt(L, at).type === T.nil ? otherwise : checkInteger(L, at);
}

/** The bytes of a string or number, one per character. */
export function checkString(L: LuaState, at: number): string {
  return toText(argAt(L, at)) ?? wrongType(L, at, 'string');
}

export function optString(L: LuaState, at: number): string | undefined {
  return argAt(L, at).type === T.nil ? undefined : checkString(L, at);
}

export function checkOption(L: LuaState, at: number, options: readonly string[], otherwise?: string): string {
  const given = otherwise !== undefined ? (optString(L, at) ?? otherwise) : checkString(L, at);
  return options.includes(given) ? given : badArgument(L, at, `invalid option '${given}'`);
}

// Results: each pushes one value and answers how many it pushed.

export function pushValue(L: LuaState, value: TValue): 1 {
  L.stack[L.top++] = new TValue(value.type, value.value);
  return 1;
}

export function pushNumber(L: LuaState, n: number): 1 {
  L.stack[L.top++] = new TValue(T.number, n);
  return 1;
}

export function pushText(L: LuaState, text: string): 1 {
  allocate(L, COST.string + text.length);
  L.stack[L.top++] = new TValue(T.string, luaString(text));
  return 1;
}

export function pushBoolean(L: LuaState, truth: boolean): 1 {
  L.stack[L.top++] = new TValue(T.boolean, truth);
  return 1;
}

export function pushNil(L: LuaState): 1 {
  L.stack[L.top++] = new TValue(T.nil, null);
  return 1;
}

export function pushTable(L: LuaState, table: Table): 1 {
  L.stack[L.top++] = new TValue(T.table, table);
  return 1;
}

/** Counts a step of a loop whose length a script decides. */
export function spend(L: LuaState): void {
  const { meter } = L.l_G;
  if (--meter.left < 0) meter.spent(L);
}

const MAX_C_STACK = 8000;

/** Whether the running function may still push `count` values (5.1 gives a C function 8000 slots). */
export function hasRoom(L: LuaState, count: number): boolean {
  return argCount(L) + count <= MAX_C_STACK && Boolean(lapi.lua_checkstack(L, count));
}

/** Cuts the arguments to `count`, filling up with nil. */
export function setTop(L: LuaState, count: number): void {
  const top = L.ci.funcOff + 1 + count;
  while (L.top < top) pushNil(L);
  L.top = top;
}

export { isString, textOf, T, TValue };
