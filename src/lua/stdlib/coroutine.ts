/** 5.1's coroutines: a yield cannot cross a host function, a metamethod or an iterator. */
import { MAX_HOST_CALLS } from '../vm/calls';
import { moveValues, resume as resumeThread, suspend } from '../vm/coroutines';
import { allocate, COST } from '../vm/budget';
import {
  lapi,
  ldo,
  lstate,
  Status,
  stringValue,
  T,
  TValue,
  type HostFunction,
  type LuaState,
} from '../vm/fengari';
import { keep } from '../vm/held';
import { reportProtected } from '../vm/host';
import { toText } from '../vm/operations';
import { isLua, raise } from '../vm/raise';
import { where } from '../vm/stack';
import {
  argAt,
  argCount,
  badArgument,
  libraryError,
  pushBoolean,
  pushNil,
  pushText,
  pushValue,
  vmOf,
  type Library,
} from './args';

const ACROSS = 'attempt to yield across metamethod/C-call boundary';

type State = 'running' | 'suspended' | 'normal' | 'dead';

function stateOf(L: LuaState, co: LuaState): State {
  if (L === co) return 'running';
  if (co.status === (Status.yield as number)) return 'suspended';
  if (co.status !== (Status.ok as number)) return 'dead';
  if (co.ci !== co.base_ci) return 'normal';
  return co.top - co.base_ci.funcOff - 1 === 0 ? 'dead' : 'suspended';
}

function threadArgument(L: LuaState): LuaState {
  const value = argAt(L, 1);
  return value.type === T.thread ? (value.value as LuaState) : wrongTypeOfThread(L);
}

function wrongTypeOfThread(L: LuaState): never {
  return libraryError(L, "bad argument #1 to 'resume' (coroutine expected)");
}

/** Pushes a new thread for the Lua function at argument 1. */
function create(L: LuaState): number {
  const f = argAt(L, 1);
  if (f.type !== T.luaFunction) badArgument(L, 1, 'Lua function expected');
  allocate(L, COST.thread * 2);
  const co = lstate.lua_newthread(L) as LuaState;
  co.context = L.context;
  co.environment = L.environment;
  pushValue(co, f);
  return 1;
}

/** Pushes what a resumed thread left: so many values on its stack, or an error. */
type Finish = (L: LuaState, co: LuaState, outcome: number | TValue) => number;

/** `coroutine.resume`: true and the values, or false and the error. */
const finishResume: Finish = (L, co, outcome) => {
  pushBoolean(L, typeof outcome === 'number');
  return 1 + (typeof outcome === 'number' ? moveFrom(L, co, outcome) : pushValue(L, outcome));
};

/** A function made by `coroutine.wrap`: the values; an error goes on, with the caller's position before a string. */
const finishWrap: Finish = (L, co, outcome) => {
  if (typeof outcome === 'number') return moveFrom(L, co, outcome);
  const text = toText(outcome);
  return raise(
    L,
    text === undefined ? new TValue(outcome.type, outcome.value) : stringValue(where(L, 1) + text),
  );
};

function moveFrom(L: LuaState, co: LuaState, count: number): number {
  if (!lapi.lua_checkstack(L, count + 1)) libraryError(L, 'too many results to resume');
  moveValues(co, L, count);
  return count;
}

interface Waiting {
  readonly co: LuaState;
  readonly finish: Finish;
}

/** Resumes a thread; a host call that takes time in it suspends the resumer as well. */
function resume(L: LuaState, co: LuaState, count: number, finish: Finish): number {
  const state = stateOf(L, co);
  if (state !== 'suspended') {
    return finish(L, co, stringValue(`cannot resume ${state} coroutine`));
  }
  if (L.nCcalls + 1 >= MAX_HOST_CALLS) return finish(L, co, stringValue('C stack overflow'));
  if (!lapi.lua_checkstack(co, count)) libraryError(L, 'too many arguments to resume');
  moveValues(L, co, count);
  return settle(L, { co, finish }, resumeThread(co, L, count));
}

function settle(L: LuaState, waiting: Waiting, status: number): number {
  const { co, finish } = waiting;
  const vm = vmOf(L);
  vm.rethrowFatal();
  if (status > Status.yield) return finish(L, co, co.stack[co.top - 1]!);
  if (status === (Status.yield as number) && vm.suspension) {
    if (L.nny > 0) {
      vm.suspension.promise.catch(() => undefined);
      vm.suspension = undefined;
      raise(L, stringValue(ACROSS));
    }
    reportProtected(L, vm.suspension);
    ldo.lua_yieldk(L, 0, waiting, continueWaiting);
  }
  return finish(
    L,
    co,
    co.top - (status === (Status.yield as number) ? co.ci.funcOff : co.base_ci.funcOff) - 1,
  );
}

function continueWaiting(L: LuaState, _status: number, waiting: Waiting): number {
  return settle(L, waiting, resumeThread(waiting.co, L, 0));
}

/** 5.1 yields only when every frame of the thread is a Lua function called by Lua code. */
function canYield(L: LuaState): boolean {
  if (L.isEntry || L === L.l_G.mainthread) return false;
  for (let ci = L.ci.previous; ci !== L.base_ci; ci = ci.previous) if (!isLua(ci)) return false;
  return L.nny === 0;
}

export const coroutine: Library = {
  create,
  resume: (L) => resume(L, threadArgument(L), argCount(L) - 1, finishResume),
  running(L) {
    if (L.isEntry || L === L.l_G.mainthread) return pushNil(L);
    return pushValue(L, new TValue(T.thread, L));
  },
  status(L) {
    const value = argAt(L, 1);
    if (value.type !== T.thread) libraryError(L, "bad argument #1 to 'status' (coroutine expected)");
    return pushText(L, stateOf(L, value.value as LuaState));
  },
  wrap(L) {
    create(L);
    const thread = L.stack[L.top - 1]!;
    const co = thread.value as LuaState;
    const next: HostFunction = (from) => resume(from, co, argCount(from), finishWrap);
    return pushValue(L, new TValue(T.hostFunction, keep(next, thread)));
  },
  yield(L) {
    if (!canYield(L)) raise(L, stringValue(ACROSS));
    return suspend(L, argCount(L));
  },
};
