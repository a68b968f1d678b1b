/**
 * Yields and resumes of coroutines, without the exception that fengari unwinds with: a coroutine of 5.1 yields only
 * where every frame of it is a Lua function that Lua called, so that one return leaves them all.
 */
import { ldo, Status, TValue, type LuaState } from './fengari';

/** What a host function answers after `suspend`, in place of the number of its results. */
export const SUSPENDED = -1;

/** Ends the running of a thread; the `count` values on top of its stack are what its resumer gets. */
export function suspend(L: LuaState, count: number): typeof SUSPENDED {
  const { ci } = L;
  ci.extra = ci.funcOff;
  ci.funcOff = L.top - count - 1;
  ci.func = L.stack[ci.funcOff]!;
  L.stoppedAt = ci;
  // The interpreter, and fengari below it, see a thread that has nothing more to run.
  L.ci = L.base_ci;
  return SUSPENDED;
}

/** Runs a thread with the `count` values on top of its stack; answers its status. */
export function resume(co: LuaState, from: LuaState, count: number): number {
  const status = ldo.lua_resume(co, from, count) as number;
  const ci = co.stoppedAt;
  if (!ci) return status;
  co.stoppedAt = undefined;
  co.ci = ci;
  co.status = Status.yield;
  return Status.yield;
}

/** Takes `count` values from one thread's stack to another's. */
export function moveValues(from: LuaState, to: LuaState, count: number): void {
  from.top -= count;
  for (let i = 0; i < count; i++) {
    const { type, value } = from.stack[from.top + i]!;
    to.stack[to.top++] = new TValue(type, value);
  }
}
