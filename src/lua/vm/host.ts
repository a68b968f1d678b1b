/** Functions of the host that scripts call. */
import { LuaError } from '../errors';
import { COST } from './budget';
import {
  CallStatus,
  lapi,
  ldo,
  stringValue,
  T,
  TValue,
  type HostFunction,
  type LuaState,
  type Table,
  type TString,
} from './fengari';
import { raise } from './raise';
import { callerOf, functionName, levelAt, where } from './stack';
import type { LuaVM } from './state';
import { toHost, toLua, type LuaValue } from './values';

/** Several results; a single value may be returned as it is. */
export type HostResult = LuaValue | readonly LuaValue[];

export interface HostCall {
  readonly vm: LuaVM;
  readonly L: LuaState;
  /** What the entry into Lua that this call belongs to was given. */
  readonly context: unknown;
}

/** Answers a result or, for a call that takes time, a promise of one: the script waits for it. */
export type HostImplementation = (args: LuaValue[], call: HostCall) => HostResult | Promise<HostResult>;

/** What a call that waits left for the driver of its entry. */
export interface Suspension {
  readonly promise: Promise<unknown>;
  /** A `pcall` or `xpcall` around the call has been told of. */
  isReported?: boolean;
  outcome?: { value: HostResult } | { error: unknown };
}

/** Raised by the host as a Lua error: `value` is what `pcall` gets (a string gets the caller's position). */
export class LuaRaise extends Error {
  constructor(
    readonly value: LuaValue,
    /** 0: no position; 1: of the Lua function that called the host function. */
    readonly level: 0 | 1 = 1,
  ) {
    super(typeof value === 'string' ? value : 'Lua error');
  }
}

export function hostFunction(implementation: HostImplementation): HostFunction {
  return (L) => {
    const { vm } = L.l_G as unknown as { vm: LuaVM };
    let result: HostResult | Promise<HostResult>;
    if (vm.retains) giveArguments(L);
    try {
      result = implementation(argumentsOf(vm, L), { vm, L, context: L.context });
    } catch (error) {
      return raiseHostError(L, error);
    }
    return result instanceof Promise ? suspend(L, vm, result) : push(L, vm, result);
  };
}

function giveArguments(L: LuaState): void {
  let bytes: number = COST.string;
  for (let i = L.ci.funcOff + 1; i < L.top; i++) {
    const { type, value } = L.stack[i]!;
    if (type === T.string) bytes += (value as TString).tsslen();
    else if (type === T.table) bytes += COST.entry * (value as Table).strong.size;
  }
  L.l_G.meter.give(L, bytes);
}

export function argumentsOf(vm: LuaVM, L: LuaState): LuaValue[] {
  const args: LuaValue[] = [];
  for (let i = L.ci.funcOff + 1; i < L.top; i++) args.push(toHost(vm, L.stack[i]!));
  return args;
}

function push(L: LuaState, vm: LuaVM, result: HostResult): number {
  const results = Array.isArray(result)
    ? (result as readonly LuaValue[])
    : result === undefined
      ? []
      : [result];
  if (results.length > 15) lapi.lua_checkstack(L, results.length);
  for (const value of results) {
    const { type, value: held } = toLua(vm, value);
    L.stack[L.top++] = new TValue(type, held);
  }
  return results.length;
}

/** Turns what the host threw into a Lua error. What no `pcall` may catch goes on as it is. */
export function raiseHostError(L: LuaState, error: unknown): never {
  const { vm } = L.l_G as unknown as { vm: LuaVM };
  if (vm.isFatal(error)) throw vm.abort(error);
  if (error === L.errorJmp || isJump(error)) throw error;
  if (error instanceof LuaRaise) {
    if (typeof error.value !== 'string') raise(L, copy(toLua(vm, error.value)));
    raise(L, stringValue((error.level === 1 ? where(L, 1) : '') + error.value));
  }
  if (error instanceof LuaError) {
    // Raised by Lua that the host called back: it goes on as it was raised.
    vm.rememberCause(error.luaMessage, error);
    return raise(L, copy(toLua(vm, error.value as LuaValue)));
  }
  vm.options.onHostError?.(error, callerOf(L));
  const text = Buffer.from(error instanceof Error ? error.message : String(error), 'utf8').toString('latin1');
  const message = where(L, 1) + text;
  vm.rememberCause(message, error);
  return raise(L, stringValue(message));
}

/** fengari's own jumps (errors and yields on their way up) are plain objects with a status. */
function isJump(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'status' in error && 'previous' in error;
}

function copy(value: TValue): TValue {
  return new TValue(value.type, value.value);
}

/** Whether the script could wait here: no metamethod or function of the host is between it and its entry. */
export function canSuspend({ L }: HostCall): boolean {
  return L.nny === 0;
}

/** Lets the script wait in a host function, whose result is that of the promise. */
export function suspend(L: LuaState, vm: LuaVM, promise: Promise<HostResult>): number {
  if (L.nny > 0) {
    promise.catch(() => undefined);
    return raise(L, stringValue(`${where(L, 1)}attempt to yield across metamethod/C-call boundary`));
  }
  const suspension: Suspension = { promise };
  vm.suspension = suspension;
  reportProtected(L, suspension);
  ldo.lua_yieldk(L, 0, suspension, resumeHost);
  return 0;
}

/** Tells of a wait when a thread that it suspends is in a protected call; of several threads, the innermost one. */
export function reportProtected(L: LuaState, suspension: Suspension): void {
  if (suspension.isReported || !isProtected(L)) return;
  suspension.isReported = true;
  const { vm } = L.l_G as unknown as { vm: LuaVM };
  vm.options.onSuspendInProtectedCall?.(callerOf(L));
}

function isProtected(L: LuaState): boolean {
  for (let { ci } = L; ci !== L.base_ci; ci = ci.previous)
    if (ci.callstatus & CallStatus.protected) return true;
  return false;
}

function resumeHost(L: LuaState, _status: number, suspension: Suspension): number {
  const { vm } = L.l_G as unknown as { vm: LuaVM };
  const outcome = suspension.outcome!;
  if ('error' in outcome) return raiseHostError(L, outcome.error);
  return push(L, vm, outcome.value);
}

/** `bad argument #n to 'name' (problem)`, as C functions of 5.1 report it. */
export function argumentError(L: LuaState, argument: number, problem: string): never {
  const level = levelAt(L, 0);
  const name = level && functionName(L, level);
  let index = argument;
  if (name?.kind === 'method') {
    index--;
    if (index === 0) throw new LuaRaise(`calling '${name.name}' on bad self (${problem})`);
  }
  throw new LuaRaise(`bad argument #${index} to '${name?.name ?? '?'}' (${problem})`);
}

/** The argument at `at` (from 1) of the running host function, nil beyond the last. */
export function argAt(L: LuaState, at: number): TValue {
  const slot = L.ci.funcOff + at;
  return slot < L.top ? L.stack[slot]! : NONE;
}
const NONE = Object.freeze(new TValue(T.nil, null));

export function argCount(L: LuaState): number {
  return L.top - L.ci.funcOff - 1;
}
