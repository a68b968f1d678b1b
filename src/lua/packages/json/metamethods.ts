/** What scripts can do with json objects (4/lua/ref-json-decode, 4/lua/ref-json-encode). */
import {
  argAt,
  checkInteger,
  checkString,
  libraryError,
  pushNil,
  pushNumber,
  pushText,
  pushValue,
  type Library,
} from '../../stdlib/args';
import { cString } from '../../syntax/source';
import { stringValue, T, TValue, type LuaState } from '../../vm/fengari';
import { toNumber } from '../../vm/operations';
import { toJson, toLuaValue } from './convert';
import { printJson, TooDeep } from './print';
import { checkJson } from './userdata';
import { JsonArray, JsonObject, JsonScalar, type JsonValue } from './value';

/** Of an array that grows by assignment; C reserves memory up to the index. */
const MAX_ITEMS = 2 ** 26;
const ONE_BASED = 'lua array semantics are that index operations are 1-based';

function read(L: LuaState): number {
  const json = checkJson(L, 1);
  if (json instanceof JsonObject)
    return pushValue(L, toLuaValue(L, json.members.get(cString(checkString(L, 2))), argAt(L, 1)));
  if (!(json instanceof JsonArray)) return 0;
  const index = checkInteger(L, 2);
  if (index < 1) libraryError(L, `${ONE_BASED}; production reads memory in front of the array here`);
  return pushValue(L, toLuaValue(L, json.items[index - 1], argAt(L, 1)));
}

function write(L: LuaState): number {
  const json = checkJson(L, 1);
  if (json instanceof JsonArray) writeItem(L, json);
  else if (json instanceof JsonObject) writeMember(L, json);
  else libraryError(L, 'cannot assign to this type of json object');
  return 0;
}

function writeItem(L: LuaState, array: JsonArray): void {
  const index = Math.trunc(toNumber(argAt(L, 2)) ?? libraryError(L, 'json array index must be numeric'));
  if (!(index >= 1)) libraryError(L, ONE_BASED);
  if (index > MAX_ITEMS) libraryError(L, 'not enough memory');
  if (argAt(L, 3).type === T.nil) libraryError(L, 'cannot delete from json arrays');
  array.put(index - 1, toJson(L, argAt(L, 3), 3));
}

function writeMember(L: LuaState, object: JsonObject): void {
  const key = cString(checkString(L, 2));
  if (argAt(L, 3).type === T.nil) object.members.delete(key);
  else object.set(key, toJson(L, argAt(L, 3), 3));
}

function tostring(L: LuaState): number {
  const json = checkJson(L, 1);
  if (json instanceof JsonScalar && typeof json.value === 'string') return pushText(L, json.value);
  return pushText(L, textOfJson(L, json));
}

function textOfJson(L: LuaState, json: JsonValue): string {
  try {
    return printJson(json);
  } catch (error) {
    if (error instanceof TooDeep) libraryError(L, error.message);
    throw error;
  }
}

type Iterator = (L: LuaState) => number;

/** Ends at the first null. */
function itemsOf(array: JsonArray): Iterator {
  let index = 0;
  return (L) => {
    checkJson(L, 1);
    const item = array.items[index++];
    if (!item) return pushNil(L);
    pushNumber(L, index);
    return 1 + pushValue(L, toLuaValue(L, item, argAt(L, 1)));
  };
}

/** Knows the next member before the script sees the present one. */
function membersOf(object: JsonObject): Iterator {
  const keys = object.members.keys();
  let next = keys.next();
  return (L) => {
    checkJson(L, 1);
    if (next.done) return pushNil(L);
    const key = next.value;
    const member = object.members.get(key);
    if (member === undefined)
      return libraryError(
        L,
        `the member '${key}' was removed while the json object is traversed: production goes on with freed memory here`,
      );
    next = keys.next();
    pushValue(L, stringValue(key));
    return 1 + pushValue(L, toLuaValue(L, member, argAt(L, 1)));
  };
}

function iterate(L: LuaState): number {
  const json = checkJson(L, 1);
  const iterator =
    json instanceof JsonArray ? itemsOf(json) : json instanceof JsonObject ? membersOf(json) : () => 0;
  pushValue(L, new TValue(T.hostFunction, iterator));
  pushValue(L, argAt(L, 1));
  return 2 + pushNil(L);
}

function length(L: LuaState): number {
  const json = checkJson(L, 1);
  return pushNumber(L, json instanceof JsonArray ? json.items.length : 0);
}

export const metamethods: Library = {
  __index: read,
  __newindex: write,
  __tostring: tostring,
  __len: length,
  __iter: iterate,
  __gc: () => 0,
};
