import { libraryError, wrongType } from '../../stdlib/args';
import { perVM } from '../../stdlib/per-vm';
import { argAt } from '../../vm/host';
import { T, Table, TValue, Udata, type LuaState } from '../../vm/fengari';
import { JsonValue } from './value';

/** The product's name of the class, which complaints about arguments give. */
export const CLASS_NAME = 'libjson:json_object*';

/** The metatable of a VM's json objects; whoever knows the metamethods fills it. */
export const jsonMetatable = perVM((L) => new Table(L));

/** Userdata for a value. As in the product, each time another one. */
export function createUserdata(L: LuaState, json: JsonValue): TValue {
  const udata = new Udata(L, 0);
  udata.data = json;
  udata.metatable = jsonMetatable(L);
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
  if (json.references > 0) return json;
  return libraryError(L, 'this json object was released by json.free: production goes on with freed memory here');
}
