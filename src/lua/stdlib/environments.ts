/** Environments of functions and threads: `getfenv` and `setfenv`. */
import { T, type Table, type TValue, type LClosure, type LuaState } from '../vm/fengari';
import { levelAt } from '../vm/stack';
import {
  argAt,
  badArgument,
  checkInt,
  checkTable,
  libraryError,
  optInt,
  pushTable,
  pushValue,
  vmOf,
  type Library,
} from './args';

/** The function a `getfenv`/`setfenv` argument names: a function, or a level of the stack. */
function functionArgument(L: LuaState, defaultsToCaller: boolean): TValue {
  const given = argAt(L, 1);
  if ((given.type & 15) === (T.luaFunction & 15)) return given;
  const level = defaultsToCaller ? optInt(L, 1, 1) : checkInt(L, 1);
  if (level < 0) badArgument(L, 1, 'level must be non-negative');
  const found = levelAt(L, level);
  if (!found) badArgument(L, 1, 'invalid level');
  if (found.tail) libraryError(L, `no function environment for tail call at level ${level}`);
  return found.ci.func;
}

/** The globals of a thread: what `setfenv(0, t)` replaces. */
export function threadGlobals(L: LuaState): Table {
  return L.environment ?? vmOf(L).globals.table;
}

export function environmentOf(L: LuaState, f: TValue): Table {
  return f.type === T.luaFunction ? ((f.value as LClosure).upvals[0]!.value as Table) : threadGlobals(L);
}

function getfenv(L: LuaState): number {
  if (argAt(L, 1).type === T.number && argAt(L, 1).value === 0) return pushTable(L, threadGlobals(L));
  return pushTable(L, environmentOf(L, functionArgument(L, true)));
}

function setfenv(L: LuaState): number {
  const environment = checkTable(L, 2);
  const first = argAt(L, 1);
  if (first.type === T.number && first.value === 0) {
    L.environment = environment;
    return 0;
  }
  const f = functionArgument(L, false);
  if (f.type !== T.luaFunction) libraryError(L, "'setfenv' cannot change environment of given object");
  (f.value as LClosure).upvals[0]!.value = environment;
  return pushValue(L, f);
}

export const environments: Library = { getfenv, setfenv };
