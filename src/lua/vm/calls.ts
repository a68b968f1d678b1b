/** Calling functions: frames, arguments and results on fengari's stack. */
import { Op } from '../compile/opcodes';
import type { Proto } from '../compile/proto';
import {
  CallInfo,
  CallStatus,
  hashOf,
  ldo,
  lvm,
  MULTIPLE,
  nilValue,
  Status,
  T,
  TValue,
  type HostFunction,
  type LuaState,
} from './fengari';
import { SUSPENDED } from './coroutines';
import { isLua, operandName, runError, typeError } from './raise';
import { metamethod } from './tables';

const CALL = hashOf('__call');
const HOST_STACK = 20;
/** How deep calls through host functions, metamethods and coroutines nest in all. */
export const MAX_HOST_CALLS = 200;
const MAX_CALLS = 16000;

export function set(stack: TValue[], slot: number, from: TValue): void {
  const to = stack[slot]!;
  to.type = from.type;
  to.value = from.value;
}

export function setNumber(stack: TValue[], slot: number, n: number): void {
  const to = stack[slot]!;
  to.type = T.number;
  to.value = n;
}

/** Makes sure that slots up to `to` exist; what they hold does not matter. */
export function fillSlots(stack: TValue[], from: number, to: number): void {
  for (let i = from; i < to; i++) if (stack[i] === undefined) stack[i] = new TValue(T.nil, null);
}

/** Puts `nil` into the slots from `from` up to `to`, making them where they do not exist. */
export function clearSlots(stack: TValue[], from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const slot = stack[i];
    if (slot === undefined) stack[i] = new TValue(T.nil, null);
    else {
      slot.type = T.nil;
      slot.value = null;
    }
  }
}

/** Gives the captured registers from `from` up to `to` to the functions that captured them. */
export function closeSlots(stack: TValue[], from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const old = stack[i];
    if (old !== undefined) stack[i] = new TValue(old.type, old.value);
  }
}

/**
 * Starts the call of the function at stack slot `func`, its arguments up to the top.
 * A host function runs at once (answers undefined); a Lua function's new frame is the answer.
 */
export function call(L: LuaState, func: number, wanted: number): CallInfo | undefined {
  const { stack } = L;
  const f = stack[func]!;
  if (f.type === T.luaFunction) return enter(L, func, f, wanted);
  if (f.type === T.hostFunction) {
    callHost(L, func, f, f.value as HostFunction, wanted);
    return undefined;
  }
  if (f.type === T.hostClosure) {
    callHost(L, func, f, f.value.f as HostFunction, wanted);
    return undefined;
  }
  const tm = metamethod(L, f, CALL);
  // `__call` does not chain: what it names has to be a function.
  if (!tm || (tm.type & 15) !== (T.luaFunction & 15)) return typeError(L, f, 'call', calleeName(L));
  if (L.stack_last - L.top <= 1) ldo.luaD_growstack(L, 1);
  for (let i = L.top; i > func; i--) stack[i] = new TValue(stack[i - 1]!.type, stack[i - 1]!.value);
  L.top++;
  stack[func] = new TValue(tm.type, tm.value);
  return call(L, func, wanted);
}

function calleeName(L: LuaState) {
  const { ci } = L;
  if (!isLua(ci)) return undefined;
  const op = ci.l_code[(ci.l_savedpc - 1) << 2];
  // An iterator and a metamethod that cannot be called have no name.
  return op === Op.Call || op === Op.TailCall ? operandName(L, 0) : undefined;
}

function enter(L: LuaState, func: number, f: TValue, wanted: number): CallInfo {
  const proto = f.value.p as Proto;
  const { stack } = L;
  const size = proto.maxstacksize;
  const given = L.top - func - 1;
  const fixed = proto.numparams;
  if (L.stack_last - L.top <= size + fixed) ldo.luaD_growstack(L, size + fixed);
  let base = func + 1;
  if (proto.is_vararg) {
    base = L.top;
    clearSlots(stack, base, base + fixed);
    for (let i = 0; i < fixed && i < given; i++) {
      set(stack, base + i, stack[func + 1 + i]!);
      set(stack, func + 1 + i, nilValue);
    }
  } else if (given < fixed) {
    clearSlots(stack, L.top, base + fixed);
  }
  const ci = extendCalls(L);
  const top = base + size;
  fillSlots(stack, base, top);
  ci.funcOff = func;
  ci.nresults = wanted;
  ci.func = f;
  ci.l_base = base;
  ci.top = top;
  L.top = top;
  ci.l_code = proto.code;
  ci.l_savedpc = 0;
  ci.callstatus = CallStatus.lua;
  return ci;
}

function callHost(L: LuaState, func: number, f: TValue, host: HostFunction, wanted: number): void {
  const { stack } = L;
  if (L.stack_last - L.top <= HOST_STACK) ldo.luaD_growstack(L, HOST_STACK);
  const ci = extendCalls(L);
  ci.funcOff = func;
  ci.nresults = wanted;
  ci.func = f;
  ci.top = L.top + HOST_STACK;
  ci.callstatus = 0;
  const count = host(L);
  if (count === SUSPENDED) return;
  const caller = ci.previous;
  L.ci = caller;
  moveResults(L, L.top - count, func, count, wanted);
  // fengari's functions remove the slots they used; those of the caller's registers have to be there.
  if (caller.callstatus & CallStatus.lua) fillSlots(stack, L.top, caller.top);
}

/** Moves results to where the caller wants them and lets the top point after them. */
export function moveResults(L: LuaState, from: number, to: number, count: number, wanted: number): void {
  const { stack } = L;
  const expected = wanted === MULTIPLE ? count : wanted;
  for (let i = 0; i < expected; i++) {
    if (i < count) {
      const source = stack[from + i]!;
      const slot = stack[to + i];
      if (slot === undefined) stack[to + i] = new TValue(source.type, source.value);
      else {
        slot.type = source.type;
        slot.value = source.value;
      }
    } else {
      clearSlots(stack, to + i, to + i + 1);
    }
  }
  L.top = to + expected;
}

/** Calls the function at slot `func` across a boundary of the host. */
function callThrough(L: LuaState, func: number, wanted: number): void {
  if (++L.nCcalls >= MAX_HOST_CALLS) hostStackOverflow(L);
  // Handlers of errors that fail themselves come through here without room for the next message.
  if (L.stack_last - L.top <= 2) ldo.luaD_growstack(L, 2);
  if (call(L, func, wanted)) lvm.luaV_execute(L);
  L.nCcalls--;
}

/** The same, where nothing inside may yield. */
export function callNoYield(L: LuaState, func: number, wanted: number): void {
  L.nny++;
  callThrough(L, func, wanted);
  L.nny--;
}

function hostStackOverflow(L: LuaState): void {
  if (L.nCcalls === MAX_HOST_CALLS) runError(L, 'C stack overflow');
  else if (L.nCcalls >= MAX_HOST_CALLS + (MAX_HOST_CALLS >> 3)) ldo.luaD_throw(L, Status.errorInError);
}

/**
 * The record of a new call, reused where an earlier call left one.
 * Lua calls nest 16000 deep in Momentum's runtime; a handler of the overflow gets a little more.
 */
export function extendCalls(L: LuaState): CallInfo {
  const { ci } = L;
  let next = ci.next;
  if (next === null) {
    next = new CallInfo();
    ci.next = next;
    next.previous = ci;
  }
  const depth = ci.depth + 1;
  if (depth >= MAX_CALLS) {
    if (!L.overflowed) {
      L.overflowed = true;
      runError(L, 'stack overflow');
    }
    if (depth > MAX_CALLS + 250) ldo.luaD_throw(L, Status.errorInError);
  }
  next.depth = depth;
  next.tailCalls = 0;
  next.c_k = null;
  L.ci = next;
  return next;
}

const lua_resume = ldo.lua_resume as (L: LuaState, from: LuaState | null, count: number) => number;

/** fengari's, which answers -1 when an exception of JavaScript's came after an error that a `pcall` had caught. */
function resumeThread(L: LuaState, from: LuaState | null, count: number): number {
  const status = lua_resume(L, from, count);
  return status >= 0 ? status : (L.status = Status.runtimeError);
}

// What fengari calls or offers comes this way, too.
Object.assign(ldo, { luaD_call: callThrough, luaD_callnoyield: callNoYield, lua_resume: resumeThread });
