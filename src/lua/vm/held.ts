/** Finds and measures what scripts hold: everything that can be reached from roots, as a collection would find it. */
import type { Proto } from '../compile/proto';
import { COST } from './budget';
import {
  stringValue,
  T,
  textOf,
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
import { eachEntry, rawGet } from './tables';

/** A Set cannot hold more; whoever allows so much memory gets an estimate that is too low. */
const MAX_SEEN = 2 ** 24 - 1;

const POINTER = 8;

/** Values that host functions and objects keep in JavaScript, where a traversal cannot see them. */
const keptBy = new WeakMap<HostFunction | Udata, TValue>();

/** Declares the value that a host function or userdata keeps. */
export function keep<Keeper extends HostFunction | Udata>(keeper: Keeper, value: TValue): Keeper {
  keptBy.set(keeper, new TValue(value.type, value.value));
  return keeper;
}

/** Bytes that can be reached from `roots`, by `COST`. Stale stack slots are dropped on the way, as 5.1 does. */
export function heldBytes(roots: Iterable<TValue>): number {
  const survey = new Survey();
  for (const root of roots) survey.visit(root);
  return survey.finish();
}

/** Whether a collection would find a value: can it be reached from `roots` without a weak reference? */
export function isHeld(roots: Iterable<TValue>, value: TValue): boolean {
  const survey = new Survey(false);
  for (const root of roots) survey.visit(root);
  survey.finish();
  return survey.met(value.value as object);
}

class Survey {
  bytes = 0;
  readonly #seen = new Set<object>();
  readonly #waiting: TValue[] = [];

  constructor(
    /** Weak references count like others: what they refer to takes its room until the next collection. */
    readonly followsWeak = true,
  ) {}

  met(object: object): boolean {
    return this.#seen.has(object);
  }

  /** Whether an object is met for the first time. */
  isNew(object: object): boolean {
    if (this.#seen.has(object) || this.#seen.size >= MAX_SEEN) return false;
    this.#seen.add(object);
    return true;
  }

  visit(value: TValue): void {
    if (value.type === T.nil || value.type === T.boolean || value.type === T.number) return;
    if (!this.isNew(value.value as object)) return;
    if (isString(value)) this.bytes += COST.string + (value.value as TString).tsslen();
    else this.#waiting.push(value);
  }

  visitTable(table: Table | null): void {
    if (table) this.visit(new TValue(T.table, table));
  }

  visitKept(keeper: HostFunction | Udata): void {
    const kept = keptBy.get(keeper);
    if (kept) this.visit(kept);
  }

  finish(): number {
    for (let value = this.#waiting.pop(); value; value = this.#waiting.pop())
      VISITORS[value.type]?.(value, this);
    return this.bytes;
  }
}

/** By type: adds a value's own size, and visits what it refers to. */
const VISITORS: Readonly<Record<number, (value: TValue, survey: Survey) => void>> = {
  [T.table]: ({ value }, survey) => {
    const table = value as Table;
    survey.visitTable(table.metatable);
    const weak = survey.followsWeak ? '' : weakMode(table);
    const count = eachEntry(table, (key, held) => {
      if (!weak.includes('k')) survey.visit(key);
      if (!weak.includes('v')) survey.visit(held);
    });
    survey.bytes += COST.table + COST.entry * count;
  },
  [T.luaFunction]: ({ value }, survey) => {
    const { p, upvals } = value as LClosure;
    for (const upvalue of upvals) survey.visit(upvalue);
    survey.bytes += COST.closure + COST.upvalue * upvals.length;
    // What files hold is the program; what scripts compile is theirs.
    const { origin } = p as Proto;
    if (origin.path === undefined && survey.isNew(origin)) survey.bytes += COST.source * origin.text.length;
  },
  [T.hostFunction]: ({ value }, survey) => {
    survey.visitKept(value as HostFunction);
  },
  [T.userdata]: ({ value }, survey) => {
    const { metatable, data } = value as Udata;
    survey.visitTable(metatable);
    survey.visitKept(value as Udata);
    const bytes = (data as { bytes?: unknown } | undefined)?.bytes;
    survey.bytes += COST.userdata + (bytes instanceof Uint8Array ? bytes.length : 0);
  },
  [T.thread]: ({ value }, survey) => {
    visitThread(value as LuaState, survey);
  },
};

const MODE = stringValue('__mode');

/** `k` and `v` for keys and values that do not keep what they refer to. */
function weakMode({ metatable }: Table): string {
  const mode = metatable ? rawGet(metatable, MODE) : undefined;
  return mode && isString(mode) ? textOf(mode.value as TString) : '';
}

function visitThread(L: LuaState, survey: Survey): void {
  const { stack } = L;
  let used = L.top;
  for (let ci: CallInfo | null = L.ci; ci; ci = ci.previous as CallInfo | null) {
    used = Math.max(used, ci.top);
    survey.bytes += COST.call;
  }
  for (let i = 0; i < used; i++) {
    const slot = stack[i];
    if (!slot) continue;
    survey.visit(slot);
    survey.bytes += COST.slot;
  }
  // Not set to nil: a function may have captured the slot's value.
  for (let i = used; i < stack.length; i++) if (stack[i]) (stack as (TValue | undefined)[])[i] = undefined;
  if (L.environment) survey.visitTable(L.environment);
  survey.bytes += COST.thread + POINTER * stack.length;
}
