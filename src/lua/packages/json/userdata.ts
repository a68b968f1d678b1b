import { libraryError, wrongType } from '../../stdlib/args';
import { argAt } from '../../vm/host';
import { T, TValue, Udata, type LuaState, type Table } from '../../vm/fengari';
import { JsonValue } from './value';

/** The product's name of the class, which complaints about arguments give. */
export const CLASS_NAME = 'libjson:json_object*';

export const RELEASED =
  'this json object was released by json.free: production goes on with freed memory here';

/** Userdata for a value. As in the product, each time another one. */
export function wrap(L: LuaState, json: JsonValue, metatable: Table | null): TValue {
  const udata = new Udata(L, 0);
  udata.data = json;
  udata.metatable = metatable;
  return new TValue(T.userdata, udata);
}

export function jsonOf(value: TValue): JsonValue | undefined {
  const data: unknown = value.type === T.userdata ? (value.value as Udata).data : undefined;
  return data instanceof JsonValue ? data : undefined;
}

export function checkJson(L: LuaState, at: number): JsonValue {
  return live(L, jsonOf(argAt(L, at)) ?? wrongType(L, at, CLASS_NAME));
}

export function live(L: LuaState, json: JsonValue): JsonValue {
  return json.references > 0 ? json : libraryError(L, RELEASED);
}
