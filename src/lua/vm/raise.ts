import type { OperandName, Proto } from '../compile/proto';
import { chunkId } from '../syntax/source';
import {
  CallStatus,
  ldebug,
  stringValue,
  T,
  textOf,
  type CallInfo,
  type LuaState,
  type TValue,
} from './fengari';

const TYPE_NAMES = [
  'nil',
  'boolean',
  'userdata',
  'number',
  'string',
  'table',
  'function',
  'userdata',
  'thread',
];

/** The name `type()` gives to a value. */
export function typeName(value: TValue): string {
  return TYPE_NAMES[value.type & 15]!;
}

export function isLua(ci: CallInfo): boolean {
  return (ci.callstatus & CallStatus.lua) !== 0;
}

export function protoOf(ci: CallInfo): Proto {
  return ci.func.value.p as Proto;
}

/** `chunk:line:` of the instruction that a Lua frame is at. */
export function whereIn(ci: CallInfo): string {
  const proto = protoOf(ci);
  return `${chunkId(textOf(proto.source))}:${proto.lineinfo[ci.l_savedpc - 1]}:`;
}

/** Raises a value as a Lua error. */
export function raise(L: LuaState, value: TValue): never {
  L.stack[L.top++] = value;
  return ldebug.luaG_errormsg(L) as never;
}

/** Raises a message, with the position when Lua code itself failed. */
export function runError(L: LuaState, text: string): never {
  const { ci } = L;
  return raise(L, stringValue(isLua(ci) ? `${whereIn(ci)} ${text}` : text));
}

function describe(name: OperandName | undefined): string {
  return name ? `${name.kind} '${name.name}' ` : '';
}

/** `attempt to index local 'x' (a nil value)`. */
export function typeError(L: LuaState, value: TValue, action: string, name?: OperandName): never {
  const type = typeName(value);
  const subject = name ? `${describe(name)}(a ${type} value)` : `a ${type} value`;
  return runError(L, `attempt to ${action} ${subject}`);
}

/** The name of operand `index` of the instruction that the running Lua function is at. */
export function operandName(L: LuaState, index: number): OperandName | undefined {
  const { ci } = L;
  if (!isLua(ci)) return undefined;
  return protoOf(ci).operandNames.get(ci.l_savedpc - 1)?.[index];
}

export function orderError(L: LuaState, a: TValue, b: TValue): never {
  const [left, right] = [typeName(a), typeName(b)];
  return runError(
    L,
    left === right ? `attempt to compare two ${left} values` : `attempt to compare ${left} with ${right}`,
  );
}

export function isString(value: TValue): boolean {
  return (value.type & 15) === (T.string & 15);
}
