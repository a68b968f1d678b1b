import { catalogue, classKey } from '../catalogue';
import {
  callerOf,
  LuaFunction,
  LuaTable,
  LuaThread,
  LuaUserdata,
  toDisplay,
  type HostCall,
  type LuaValue,
  type LuaVM,
} from '../lua';
import { MomentumCrash, UnknownApi } from '../support/errors';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const KINDS = [
  [LuaTable, 'table'],
  [LuaFunction, 'function'],
  [LuaThread, 'thread'],
  [LuaUserdata, 'userdata'],
] as const;

/** Lua's name of a value's type, for objects of the product that of their class. */
export function typeOf(vm: LuaVM, value: LuaValue): string {
  if (value === undefined) return 'nil';
  if (typeof value !== 'object') return typeof value;
  const kind = KINDS.find(([type]) => value instanceof type);
  return kind ? kind[1] : (vm.classOf(value) ?? 'userdata');
}

const isClass = (name: string): boolean =>
  catalogue.methods(name).length > 0 ||
  catalogue.properties(name).length > 0 ||
  catalogue.fields(name).length > 0;

/** A cast to the object's own class gives the object; to any other, C would read its memory as something else. */
function cast({ vm, server }: Runtime, [object, given]: LuaValue[], call: HostCall): LuaValue {
  const name = toDisplay(text(given));
  const actual = typeOf(vm, object);
  if (classKey(actual) === classKey(name)) return object;
  const frames = callerOf(call.L);
  const message = `msys.cast of a ${actual} to ${name}: the object is none. In production its memory is read as if it were one, which takes the server down.`;
  if (server.report('WRONG_CAST', message, frames)) throw new MomentumCrash('WRONG_CAST', message, frames);
  return undefined;
}

function getClassMetaTable({ vm, server }: Runtime, [given]: LuaValue[], call: HostCall): LuaValue {
  const name = toDisplay(text(given));
  const known = vm.metatableNamed(name);
  if (known ?? isClass(name)) return known ?? vm.reserveMetatable(name);
  const nearest = catalogue.nearest(name, classNames());
  const message = `msys.getClassMetaTable: Momentum has no class ${name}${nearest ? `; did you mean ${nearest}?` : '.'}`;
  const frames = callerOf(call.L);
  if (server.report('UNKNOWN_API', message, frames)) throw new UnknownApi(name, nearest, message, frames);
  return undefined;
}

const classNames = () => catalogue.structs().map((name) => `msys.core:_${name}`);

/** Types and classes (4/lua/ref-msys-type, 4/lua/ref-msys-cast, 4/lua/ref-msys-get-class-meta-table). */
export const types: ApiTable = {
  'msys.type': ({ vm }, [value]) => typeOf(vm, value),
  'msys.cast': cast,
  'msys.getClassMetaTable': getClassMetaTable,
};
