/** Between values of scripts and JSON: the assignment rules of 4/lua/ref-json-encode. */
import { cString } from '../../syntax/source';
import { badArgument, libraryError } from '../../stdlib/args';
import {
  stringValue,
  T,
  textOf,
  TValue,
  type LuaState,
  type Table,
  type TString,
  type Udata,
} from '../../vm/fengari';
import { index, toText } from '../../vm/operations';
import { isString, typeName } from '../../vm/raise';
import { CLASS_NAME, jsonOf, live, wrap } from './userdata';
import { JsonArray, JsonObject, JsonScalar, toInt32, type JsonValue } from './value';

/**
 * What a script reads in `parent`: scalars as Lua values, objects and arrays as json objects of the parent's class,
 * null as nil.
 */
export function toLuaValue(L: LuaState, value: JsonValue | null | undefined, parent: TValue): TValue {
  if (!(value instanceof JsonScalar))
    return value ? wrap(L, value, (parent.value as Udata).metatable) : new TValue(T.nil, null);
  const held = value.value;
  if (typeof held === 'string') return stringValue(held);
  if (typeof held === 'boolean') return new TValue(T.boolean, held);
  return new TValue(T.number, typeof held === 'bigint' ? toInt32(held) : held);
}

/** Numbers as near to an integer as this are integers, where they fit 32 bits. */
const EPSILON = 1.5e-8;
const isInteger = (n: number) => n - Math.floor(n) < EPSILON && n <= 2 ** 31 - 1 && n >= -(2 ** 31);
const numberToJson = (n: number) => (isInteger(n) ? BigInt(Math.trunc(n)) : n);
const MAX_LEVELS = 200;

/** JSON for a value of a script, which is argument number `at` of the running function (nested ones lie above). */
export function toJson(L: LuaState, value: TValue, at: number, level = 0): JsonValue {
  if (isString(value)) return new JsonScalar(textOf(value.value as TString));
  switch (value.type) {
    case T.boolean:
      return new JsonScalar(value.value as boolean);
    case T.number:
      return new JsonScalar(numberToJson(value.value as number));
    case T.table:
      if (level > MAX_LEVELS)
        libraryError(
          L,
          'a table that contains itself cannot become JSON: production exhausts its stack and ends',
        );
      return tableToJson(L, value, at, level + 1);
    case T.userdata:
    case T.lightuserdata:
      return foreignOrJson(L, value, at);
    default:
      return libraryError(L, `cannot assign values of type ${typeName(value)}`);
  }
}

function foreignOrJson(L: LuaState, value: TValue, at: number): JsonValue {
  const json = jsonOf(value);
  return json ? live(L, json) : badArgument(L, at, `${CLASS_NAME} expected, got userdata`);
}

/** With a value at index 1 an array up to the first nil, otherwise an object of all its pairs. */
function tableToJson(L: LuaState, table: TValue, at: number, level: number): JsonValue {
  const itemAt = (i: number) => {
    const found = index(L, table, new TValue(T.number, i));
    return new TValue(found.type, found.value);
  };
  let item = itemAt(1);
  if (item.type === T.nil) return pairsToJson(L, table.value as Table, at, level);
  const array = new JsonArray();
  for (let i = 1; item.type !== T.nil; item = itemAt(++i)) array.items.push(toJson(L, item, at + 1, level));
  return array;
}

function pairsToJson(L: LuaState, table: Table, at: number, level: number): JsonObject {
  const object = new JsonObject();
  for (let entry = table.f; entry; entry = entry.n)
    object.set(keyText(L, entry.key), toJson(L, entry.value, at + 2, level));
  return object;
}

function keyText(L: LuaState, key: TValue): string {
  const text = toText(key);
  if (text !== undefined) return cString(text);
  return libraryError(
    L,
    `a key of type ${typeName(key)} cannot become a JSON key: production reads a null pointer and ends`,
  );
}
