/** `pcall` and `xpcall`. */
import { lapi, MULTIPLE, Status, T, TValue, type LuaState } from '../vm/fengari';
import { argCount, checkAny, pushBoolean, pushValue, setTop, vmOf, type Library } from './args';

/** Both ends of pcall and xpcall: directly, or after the call was suspended or failed. */
function finishProtected(L: LuaState, status: number, first: number): number {
  vmOf(L).rethrowFatal();
  L.overflowed = false;
  const slot = L.ci.funcOff + 1;
  if (status === (Status.ok as number) || status === (Status.yield as number)) {
    const count = L.top - slot - first;
    for (let i = L.top; i > slot + first; i--) L.stack[i] = L.stack[i - 1]!;
    L.stack[slot + first] = new TValue(T.boolean, true);
    L.top++;
    return count + 1;
  }
  const error = L.stack[L.top - 1]!;
  pushBoolean(L, false);
  return 1 + pushValue(L, error);
}

function pcall(L: LuaState): number {
  checkAny(L, 1);
  const status = lapi.lua_pcallk(L, argCount(L) - 1, MULTIPLE, 0, 0, finishProtected) as number;
  return finishProtected(L, status, 0);
}

function xpcall(L: LuaState): number {
  checkAny(L, 2);
  setTop(L, 2);
  // The handler stays below the function it watches.
  const base = L.ci.funcOff + 1;
  [L.stack[base], L.stack[base + 1]] = [L.stack[base + 1]!, L.stack[base]!];
  const status = lapi.lua_pcallk(L, 0, MULTIPLE, 1, 1, finishProtected) as number;
  return finishProtected(L, status, 1);
}

export const protectedCalls: Library = { pcall, xpcall };
