import { fill, prepare } from '../../stdlib/args';
import { perVM } from '../../stdlib/per-vm';
import { Table, type LuaState, type TValue } from '../../vm/fengari';
import { metamethods } from './metamethods';
import { wrap } from './userdata';
import type { JsonValue } from './value';

const METAMETHODS = prepare(metamethods);
const metatable = perVM((L) => fill(new Table(L), METAMETHODS));

/** What scripts see of a JSON value: the product's json object. */
export const jsonObject = (L: LuaState, json: JsonValue): TValue => wrap(L, json, metatable(L));
