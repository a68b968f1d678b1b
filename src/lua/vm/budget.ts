/** What the scripts of one VM spend: steps, time and memory. */
import { LuaLimitError } from '../errors';
import type { LuaState } from './fengari';
import { excerptOf, framesOf, traceback } from './stack';

export interface LuaLimits {
  /** Steps that one entry into Lua may spend: calls, rounds of loops, steps of a search, KiB of text. */
  readonly instructions: number;
  /** Bytes of strings, tables, functions and coroutines that scripts may hold, as estimated by `COST`. */
  readonly memory: number;
  /** Milliseconds of real time that one entry may run without waiting. */
  readonly callMs: number;
}

export const DEFAULT_LIMITS: LuaLimits = {
  instructions: 200_000_000,
  memory: 256 * 2 ** 20,
  callMs: 10_000,
};

/** Bytes that V8 needs for Lua's objects, about; strings and stacks come on top by their length. */
export const COST = {
  string: 100,
  table: 480,
  entry: 180,
  closure: 200,
  upvalue: 40,
  userdata: 300,
  thread: 800,
  call: 200,
  slot: 48,
  /** Of a byte of source: its syntax tree and instructions, at most. */
  source: 100,
} as const;

/** What an entry into Lua has left. It outlives the waits of the entry. */
export interface Allowance {
  steps: number;
  /** Bytes handed over so far. */
  given: number;
}

/** How often the clock is looked at, in steps. */
const CHECK_EVERY = 20_000;
/** A wait costs as many steps: a script that only waits, for nothing, is an endless loop as well. */
const WAIT = 100;
const KIB = 1024;
const MIB = 2 ** 20;

export interface BudgetOwner {
  /** The host keeps what scripts give it. */
  readonly retains: boolean;
  /** Marks an error that no `pcall` may catch; the budget throws it. */
  abort(error: unknown): unknown;
  /** Bytes that the scripts hold now, by `COST`. */
  held(L: LuaState): number;
}

/**
 * Counts down; `spent` and `exhausted` are called below zero. The interpreter touches `left` and `room` itself.
 *
 * Memory is what is held, not what was ever allocated: allocations only say when it is time to measure again.
 * Between two measurements a quarter of the limit may be allocated beyond it. What the host does to tables on its
 * own (no error could leave that state) is counted, and fails at the script's next step.
 */
export class Budget {
  /** Steps until the limits are looked at. */
  left = CHECK_EVERY;
  /** Bytes that may be allocated until what is held is measured. */
  room: number;
  /** Bytes of texts that library functions are building: no value holds them yet. */
  building = 0;
  /** Bytes that scripts have handed to a host that keeps them. */
  private given = 0;
  private steps = 0;
  private deadline = Infinity;
  private depth = 0;

  constructor(
    readonly limits: LuaLimits,
    private readonly owner: BudgetOwner,
  ) {
    this.room = limits.memory;
  }

  /** What a new entry may spend. */
  allowance(): Allowance {
    return { steps: this.limits.instructions, given: 0 };
  }

  /** Runs an entry, or goes on with it after a wait. Entries nest; the outer one's limits go on afterwards. */
  run<Result>(allowance: Allowance, operation: () => Result): Result {
    const { left, steps, deadline, given } = this;
    this.given = allowance.given;
    this.deadline = Date.now() + this.limits.callMs;
    this.refill(allowance.steps);
    this.depth++;
    try {
      return operation();
    } finally {
      this.depth--;
      allowance.steps = this.steps + this.left - WAIT;
      allowance.given = this.given;
      Object.assign(this, { left, steps, deadline, given });
    }
  }

  /** Runs what may be part of an entry, or stands alone. */
  runWithin<Result>(operation: () => Result): Result {
    return this.depth > 0 ? operation() : this.run(this.allowance(), operation);
  }

  private refill(steps: number): void {
    this.left = Math.min(steps, CHECK_EVERY);
    this.steps = steps - this.left;
  }

  /** Looks at the clock, and ends an entry that has no steps left. */
  spent(L: LuaState): void {
    if (!L.errorJmp) return;
    if (Date.now() > this.deadline) {
      const { callMs } = this.limits;
      this.fail(L, 'callMs', `the script ran for more than ${callMs} ms without returning; ${BLOCKS}`);
    }
    const steps = this.steps + this.left;
    if (steps < 0) {
      const { instructions } = this.limits;
      const text = `the script made more than ${instructions} calls and loop rounds without returning; ${BLOCKS}`;
      this.fail(L, 'instructions', text);
    }
    this.refill(steps);
  }

  /** Measures what is held when `bytes` more are asked for, and ends the entry when that is too much. */
  exhausted(L: LuaState, bytes: number): void {
    if (!L.errorJmp) return;
    const { memory } = this.limits;
    const needed = bytes + this.building;
    const held = needed > memory ? 0 : this.owner.held(L);
    this.room = Math.max(memory - held - needed, memory / 4);
    if (held + needed <= memory) return;
    const what =
      needed > memory
        ? `the script asked for ${inMiB(needed)} at once`
        : `the script holds ${inMiB(held + needed)} of strings, tables and functions`;
    this.fail(L, 'memory', `not enough memory: ${what}; ${inMiB(memory)} are allowed. ${GROWS}`);
  }

  /** Counts what goes to a host that keeps it: unlike what scripts hold, it never becomes free. */
  give(L: LuaState, bytes: number): void {
    this.given += bytes;
    const { memory } = this.limits;
    if (!this.owner.retains || this.given <= memory) return;
    const what = `the script gave ${inMiB(this.given)} to product calls, print and files`;
    this.fail(L, 'memory', `not enough memory: ${what}; ${inMiB(memory)} are allowed. ${GROWS}`);
  }

  private fail(L: LuaState, option: keyof LuaLimits, text: string): never {
    const frames = framesOf(L);
    const at = frames.find(({ kind }) => kind !== 'host');
    const luaMessage = `${at ? `${at.file}:${at.line}: ` : ''}${text} Raise limits.${option} if this is intended.`;
    const details = { luaMessage, frames, traceback: traceback(L, luaMessage, 0), excerpt: excerptOf(L) };
    throw this.owner.abort(new LuaLimitError(luaMessage, details));
  }
}

const BLOCKS = 'on a real server it would block its thread (an endless loop?).';
const GROWS = 'On a real server it would take the memory of all (something that grows without end?).';

function inMiB(bytes: number): string {
  const mib = bytes / MIB;
  return `${mib < 10 ? mib.toFixed(2) : Math.round(mib)} MiB`;
}

/** Counts steps whose number a script decides. */
export function charge(L: LuaState, steps: number): void {
  const { meter } = L.l_G;
  meter.left -= steps;
  if (meter.left < 0) meter.spent(L);
}

/** Accounts for bytes that a script is about to take; long texts take time as well. */
export function allocate(L: LuaState, bytes: number): void {
  const { meter } = L.l_G;
  meter.room -= bytes;
  if (meter.room < 0) meter.exhausted(L, bytes);
  if (bytes > KIB) chargeText(L, bytes);
}

/** Counts the steps of going through a text of `length` bytes once. */
export function chargeText(L: LuaState, length: number): void {
  charge(L, Math.floor(length / KIB));
}
