/** 5.1's table library: raw access, the length is `#`. */
import { allocate, charge } from '../vm/budget';
import { callNoYield } from '../vm/calls';
import { ltable, T, TValue, type LuaState, type Table } from '../vm/fengari';
import { MAX_STRING, toText } from '../vm/operations';
import { typeName } from '../vm/raise';
import { rawGet, rawSet } from '../vm/tables';
import {
  argAt,
  argCount,
  checkFunction,
  checkInt,
  checkTable,
  libraryError,
  optInt,
  optString,
  pushNumber,
  pushText,
  pushValue,
  spend,
  type Library,
} from './args';
import { sort } from './table-sort';

function lengthOf(table: Table): number {
  return ltable.luaH_getn(table) as number;
}

const key = (i: number) => new TValue(T.number, i);
const NIL = Object.freeze(new TValue(T.nil, null));

function concat(L: LuaState): number {
  const separator = optString(L, 2) ?? '';
  const table = checkTable(L, 1);
  const first = optInt(L, 3, 1);
  const last = argAt(L, 4).type === T.nil ? lengthOf(table) : checkInt(L, 4);
  const parts: string[] = [];
  let length = 0;
  charge(L, Math.min(Math.max(last - first, 0), table.strong.size));
  for (let i = first; i <= last; i++) {
    const value = rawGet(table, key(i));
    const text = toText(value);
    if (text === undefined)
      libraryError(L, `invalid value (${typeName(value)}) at index ${i} in table for 'concat'`);
    length += text.length + separator.length;
    parts.push(text);
  }
  allocate(L, length);
  if (length > MAX_STRING) libraryError(L, 'not enough memory');
  return pushText(L, parts.join(separator));
}

function insert(L: LuaState): number {
  const table = checkTable(L, 1);
  const end = lengthOf(table) + 1;
  const count = argCount(L);
  if (count !== 2 && count !== 3) libraryError(L, "wrong number of arguments to 'insert'");
  const at = count === 2 ? end : checkInt(L, 2);
  for (let i = Math.max(end, at); i > at; i--) {
    spend(L);
    rawSet(L, table, key(i), rawGet(table, key(i - 1)));
  }
  rawSet(L, table, key(at), argAt(L, count));
  return 0;
}

function remove(L: LuaState): number {
  const table = checkTable(L, 1);
  const end = lengthOf(table);
  const at = optInt(L, 2, end);
  if (at < 1 || at > end) return 0;
  pushValue(L, rawGet(table, key(at)));
  for (let i = at; i < end; i++) {
    spend(L);
    rawSet(L, table, key(i), rawGet(table, key(i + 1)));
  }
  rawSet(L, table, key(end), NIL);
  return 1;
}

/** Calls `f(key, value)`; true when it gave a result, which is on the stack then. */
function gaveResult(L: LuaState, f: TValue, at: TValue, value: TValue): boolean {
  spend(L);
  const func = L.top;
  pushValue(L, f);
  pushValue(L, at);
  pushValue(L, value);
  callNoYield(L, func, 1);
  if (L.stack[func]!.type !== T.nil) return true;
  L.top = func;
  return false;
}

function foreach(L: LuaState): number {
  const table = checkTable(L, 1);
  const f = checkFunction(L, 2);
  const cursor = L.top;
  pushValue(L, NIL);
  L.top++;
  for (;;) {
    L.stack[cursor + 1] = new TValue(T.nil, null);
    if (!ltable.luaH_next(L, table, cursor)) return 0;
    if (gaveResult(L, f, L.stack[cursor]!, L.stack[cursor + 1]!)) return 1;
  }
}

function foreachi(L: LuaState): number {
  const table = checkTable(L, 1);
  const length = lengthOf(table);
  const f = checkFunction(L, 2);
  for (let i = 1; i <= length; i++) if (gaveResult(L, f, key(i), rawGet(table, key(i)))) return 1;
  return 0;
}

function maxn(L: LuaState): number {
  let max = 0;
  for (let entry = checkTable(L, 1).f; entry; entry = entry.n) {
    spend(L);
    if (entry.key.type === T.number) max = Math.max(max, entry.key.value as number);
  }
  return pushNumber(L, max);
}

export const table: Library = {
  concat,
  foreach,
  foreachi,
  getn: (L) => pushNumber(L, lengthOf(checkTable(L, 1))),
  insert,
  maxn,
  remove,
  setn(L) {
    checkTable(L, 1);
    return libraryError(L, "'setn' is obsolete");
  },
  sort,
};
