/** Measures what scripts hold: everything that can be reached from the roots, as a collection would find it. */
import { COST } from './budget';
import {
  T,
  TValue,
  type CallInfo,
  type HostFunction,
  type LClosure,
  type LuaState,
  type Table,
  type TString,
  type Udata,
} from './fengari';
import { isString } from './raise';
import { eachEntry } from './tables';

/** A Set cannot hold more; whoever allows so much memory gets an estimate that is too low. */
const MAX_SEEN = 2 ** 24 - 1;

const POINTER = 8;

/** Values that a host function keeps in JavaScript, where a traversal cannot see them. */
const keptBy = new WeakMap<HostFunction, TValue>();

/** Declares the value that a host function keeps. */
export function keep(f: HostFunction, value: TValue): HostFunction {
  keptBy.set(f, new TValue(value.type, value.value));
  return f;
}

/** Bytes that can be reached from `roots`, by `COST`. Stale stack slots are dropped on the way, as 5.1 does. */
export function heldBytes(roots: Iterable<TValue>): number {
  const seen = new Set<object>();
  const waiting: TValue[] = [];
  let bytes = 0;

  const visit = (value: TValue): void => {
    if (value.type === T.nil || value.type === T.boolean || value.type === T.number) return;
    const object = value.value as object;
    if (seen.has(object) || seen.size >= MAX_SEEN) return;
    seen.add(object);
    if (isString(value)) bytes += COST.string + (object as TString).tsslen();
    else waiting.push(value);
  };

  for (const root of roots) visit(root);
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    // In two steps, because visiting adds to the bytes as well.
    const own = VISITORS[value.type]?.(value, visit) ?? 0;
    bytes += own;
  }
  return bytes;
}

type Visit = (value: TValue) => void;

/** By type: visits what a value refers to, and answers its own size. */
const VISITORS: Readonly<Record<number, (value: TValue, visit: Visit) => number>> = {
  [T.table]: ({ value }, visit) => visitTable(value as Table, visit),
  [T.luaFunction]: ({ value }, visit) => {
    const { upvals } = value as LClosure;
    upvals.forEach(visit);
    return COST.closure + COST.upvalue * upvals.length;
  },
  [T.hostFunction]: ({ value }, visit) => {
    const kept = keptBy.get(value as HostFunction);
    if (kept) visit(kept);
    return 0;
  },
  [T.userdata]: ({ value }, visit) => {
    const { metatable, data } = value as Udata;
    visitMetatable(metatable, visit);
    const bytes = (data as { bytes?: unknown } | undefined)?.bytes;
    return COST.userdata + (bytes instanceof Uint8Array ? bytes.length : 0);
  },
  [T.thread]: ({ value }, visit) => visitThread(value as LuaState, visit),
};

function visitTable(table: Table, visit: Visit): number {
  visitMetatable(table.metatable, visit);
  const count = eachEntry(table, (key, value) => {
    visit(key);
    visit(value);
  });
  return COST.table + COST.entry * count;
}

function visitMetatable(metatable: Table | null, visit: Visit): void {
  if (metatable) visit(new TValue(T.table, metatable));
}

function visitThread(L: LuaState, visit: Visit): number {
  const { stack } = L;
  let used = L.top;
  let calls = 0;
  for (let ci: CallInfo | null = L.ci; ci; ci = ci.previous as CallInfo | null) {
    used = Math.max(used, ci.top);
    calls++;
  }
  let slots = 0;
  for (let i = 0; i < used; i++) {
    const slot = stack[i];
    if (!slot) continue;
    visit(slot);
    slots++;
  }
  // Not set to nil: a function may have captured the slot's value.
  for (let i = used; i < stack.length; i++) if (stack[i]) (stack as (TValue | undefined)[])[i] = undefined;
  if (L.environment) visit(new TValue(T.table, L.environment));
  return COST.thread + COST.call * calls + COST.slot * slots + POINTER * stack.length;
}
