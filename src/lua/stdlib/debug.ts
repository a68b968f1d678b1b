/** 5.1's debug library, without hooks. */
import type { LocalDescription } from '../compile/proto';
import { chunkId, cString } from '../syntax/source';
import { nilValue, stringValue, T, Table, TValue, textOf, type LClosure, type LuaState } from '../vm/fengari';
import { toNumber, toText } from '../vm/operations';
import { isLua, protoOf } from '../vm/raise';
import { currentLine, functionName, isFunction, levelAt, traceback, type Level } from '../vm/stack';
import { metatableOf, rawSet } from '../vm/tables';
import {
  argAt,
  argCount,
  badArgument,
  checkAny,
  checkFunction,
  checkInt,
  checkString,
  checkTable,
  libraryError,
  optString,
  pushBoolean,
  pushNil,
  pushNumber,
  pushTable,
  pushText,
  pushValue,
  toInt,
  type Library,
} from './args';
import { environmentOf, threadGlobals } from './environments';
import { notSimulated } from './not-simulated';

/** The thread that a function is asked about, and how many arguments naming it took. */
function threadArgument(L: LuaState): { of: LuaState; skip: 0 | 1 } {
  const first = argAt(L, 1);
  return first.type === T.thread ? { of: first.value as LuaState, skip: 1 } : { of: L, skip: 0 };
}

// getinfo

/** A function, and the level of the stack it runs at when it was found there. */
interface Subject {
  readonly of: LuaState;
  /** undefined for a call that a tail call replaced. */
  readonly f: TValue | undefined;
  readonly level: Level | undefined;
}

type Fields = Record<string, TValue>;

const numberValue = (n: number) => new TValue(T.number, n);
const textValue = (text: string) => stringValue(cString(text));

function describeSource({ f }: Subject): Fields {
  const proto = f?.type === T.luaFunction ? (f.value as LClosure).p : undefined;
  if (!proto) {
    const place = f ? '[C]' : '(tail call)';
    return {
      source: textValue(`=${place}`),
      short_src: textValue(place),
      linedefined: numberValue(-1),
      lastlinedefined: numberValue(-1),
      what: textValue(f ? 'C' : 'tail'),
    };
  }
  return {
    source: textValue(textOf(proto.source)),
    short_src: textValue(chunkId(textOf(proto.source))),
    linedefined: numberValue(proto.linedefined),
    lastlinedefined: numberValue(proto.lastlinedefined),
    what: textValue(proto.linedefined === 0 ? 'main' : 'Lua'),
  };
}

function describeName({ of, level }: Subject): Fields {
  const name = level && functionName(of, level);
  return { name: name ? textValue(name.name) : nilValue, namewhat: textValue(name?.kind ?? '') };
}

function upvalueCount({ f }: Subject): number {
  // The first one holds the environment, which is none of 5.1's upvalues.
  return f?.type === T.luaFunction ? (f.value as LClosure).upvals.length - 1 : 0;
}

function activeLines({ of, f }: Subject): TValue {
  if (f?.type !== T.luaFunction) return nilValue;
  const lines = new Table(of);
  for (const line of (f.value as LClosure).p.lineinfo)
    rawSet(of, lines, numberValue(line), new TValue(T.boolean, true));
  return new TValue(T.table, lines);
}

/** What each letter of the options asks for. */
const ASPECTS = new Map<string, (subject: Subject) => Fields>([
  ['S', describeSource],
  ['l', ({ level }) => ({ currentline: numberValue(level ? currentLine(level) : -1) })],
  ['u', (subject) => ({ nups: numberValue(upvalueCount(subject)) })],
  ['n', describeName],
  ['L', (subject) => ({ activelines: activeLines(subject) })],
  ['f', ({ f }) => ({ func: f ?? nilValue })],
]);

function getinfo(L: LuaState): number {
  const { of, skip } = threadArgument(L);
  const options = optString(L, skip + 2) ?? 'flnSu';
  const subject = subjectOf(L, of, skip + 1);
  if (!subject) return pushNil(L);
  const table = new Table(L);
  for (const option of options) {
    const aspect = ASPECTS.get(option) ?? badArgument(L, skip + 2, 'invalid option');
    for (const [name, value] of Object.entries(aspect(subject))) rawSet(L, table, stringValue(name), value);
  }
  return pushTable(L, table);
}

/** Undefined when there is no such level. */
function subjectOf(L: LuaState, of: LuaState, at: number): Subject | undefined {
  const given = argAt(L, at);
  const number = toNumber(given);
  if (number !== undefined) {
    const level = levelAt(of, toInt(number));
    return level && { of, f: level.tail ? undefined : level.ci.func, level };
  }
  if (!isFunction(given)) badArgument(L, at, 'function or level expected');
  return { of, f: given, level: undefined };
}

// Local variables

interface Local {
  readonly name: string;
  readonly slot: number;
}

/** The `n`-th variable of a level, in the order of declaration; then the temporaries in its registers. */
function localAt(of: LuaState, { ci, tail }: Level, n: number): Local | undefined {
  if (tail || n < 1) return undefined;
  const first = isLua(ci) ? ci.l_base : ci.funcOff + 1;
  const visible = isLua(ci) ? visibleLocals(protoOf(ci).locvars, ci.l_savedpc - 1) : [];
  const local = visible[n - 1];
  if (local) return { name: textOf(local.varname), slot: first + local.register };
  const end = ci === of.ci ? of.top : ci.next!.funcOff;
  return first + n <= end ? { name: '(*temporary)', slot: first + n - 1 } : undefined;
}

function visibleLocals(locals: readonly LocalDescription[], pc: number): LocalDescription[] {
  return locals.filter((local) => local.startpc <= pc && pc < local.endpc);
}

function localArgument(L: LuaState): { of: LuaState; skip: number; local: Local | undefined } {
  const { of, skip } = threadArgument(L);
  const level = levelAt(of, checkInt(L, skip + 1)) ?? badArgument(L, skip + 1, 'level out of range');
  return { of, skip, local: localAt(of, level, checkInt(L, skip + 2)) };
}

function getlocal(L: LuaState): number {
  const { of, local } = localArgument(L);
  if (!local) return pushNil(L);
  pushText(L, local.name);
  return 1 + pushValue(L, of.stack[local.slot]!);
}

function setlocal(L: LuaState): number {
  const { of, skip, local } = localArgument(L);
  const value = checkAny(L, skip + 3);
  if (!local) return pushNil(L);
  const slot = of.stack[local.slot]!;
  slot.type = value.type;
  slot.value = value.value;
  return pushText(L, local.name);
}

// Upvalues

function upvalueArgument(L: LuaState): { name: string; cell: TValue } | undefined {
  const n = checkInt(L, 2);
  const f = checkFunction(L, 1);
  if (f.type !== T.luaFunction || n < 1) return undefined;
  const { p, upvals } = f.value as LClosure;
  const cell = upvals[n];
  return cell && { name: textOf(p.upvalues[n].name), cell };
}

function getupvalue(L: LuaState): number {
  const upvalue = upvalueArgument(L);
  if (!upvalue) return 0;
  pushText(L, upvalue.name);
  return 1 + pushValue(L, upvalue.cell);
}

function setupvalue(L: LuaState): number {
  const value = checkAny(L, 3);
  const upvalue = upvalueArgument(L);
  if (!upvalue) return 0;
  upvalue.cell.type = value.type;
  upvalue.cell.value = value.value;
  return pushText(L, upvalue.name);
}

// Metatables and environments, without the protection of the base library's functions

function setmetatable(L: LuaState): number {
  const value = argAt(L, 1);
  const given = argAt(L, 2);
  if (argCount(L) < 2 || (given.type !== T.nil && given.type !== T.table))
    badArgument(L, 2, 'nil or table expected');
  const metatable = given.type === T.nil ? null : (given.value as Table);
  if (value.type === T.table || value.type === T.userdata) value.value.metatable = metatable;
  else L.l_G.mt[value.type & 15] = metatable;
  return pushBoolean(L, true);
}

function getfenv(L: LuaState): number {
  const value = checkAny(L, 1);
  if (isFunction(value)) return pushTable(L, environmentOf(L, value));
  if (value.type === T.thread) return pushTable(L, threadGlobals(value.value as LuaState));
  return value.type === T.userdata ? pushTable(L, threadGlobals(L)) : pushNil(L);
}

function setfenv(L: LuaState): number {
  const environment = checkTable(L, 2);
  const value = argAt(L, 1);
  if (value.type === T.luaFunction) (value.value as LClosure).upvals[0]!.value = environment;
  else if (value.type === T.thread) (value.value as LuaState).environment = environment;
  else libraryError(L, "'setfenv' cannot change environment of given object");
  return pushValue(L, value);
}

// Tracebacks

/** A message that is no string comes back as it is. */
function pushTraceback(L: LuaState): number {
  const { of, skip } = threadArgument(L);
  const given = toNumber(argAt(L, skip + 2));
  const level = given === undefined ? (of === L ? 1 : 0) : toInt(given);
  if (argCount(L) === skip) return pushText(L, traceback(of, undefined, level));
  const message = toText(argAt(L, skip + 1));
  if (message === undefined) return pushValue(L, argAt(L, skip + 1));
  return pushText(L, traceback(of, message, level));
}

// Hooks

const setHook = notSimulated('debug.sethook', (L) => checkString(L, threadArgument(L).skip + 2));

/** Turning hooks off is all that can be done: there are none. */
function sethook(L: LuaState): number {
  return argAt(L, threadArgument(L).skip + 1).type === T.nil ? 0 : setHook(L);
}

function gethook(L: LuaState): number {
  pushNil(L);
  pushText(L, '');
  return 2 + pushNumber(L, 0);
}

export const debug: Library = {
  debug: notSimulated('debug.debug'),
  getfenv,
  gethook,
  getinfo,
  getlocal,
  getmetatable(L) {
    const metatable = metatableOf(L, checkAny(L, 1));
    return metatable ? pushTable(L, metatable) : pushNil(L);
  },
  getregistry: (L) => pushValue(L, L.l_G.l_registry),
  getupvalue,
  setfenv,
  sethook,
  setlocal,
  setmetatable,
  setupvalue,
  traceback: pushTraceback,
};
