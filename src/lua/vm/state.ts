import type { LuaFrame } from '../../support/frames';
import { LuaError, LuaLimitError } from '../errors';
import type { Proto } from '../compile/proto';
import { openLibraries } from '../stdlib';
import type { Source } from '../syntax/source';
import type { LuaFile, LuaFiles, LuaProcesses } from '../system';
import { compileCached } from '../compile/cache';
import { Budget, DEFAULT_LIMITS, type Allowance, type LuaLimits } from './budget';
import { fillClassMetatable, type UserdataClass } from './classes';
import {
  LClosure,
  ldo,
  lstate,
  ltable,
  Status,
  stringValue,
  T,
  Table,
  TValue,
  Udata,
  type LuaState,
} from './fengari';
import { heldBytes, isHeld, keep } from './held';
import type { HostImplementation, Suspension } from './host';
import { hostFunction } from './host';
import './machine';
import { excerptOf, framesOf, traceback } from './stack';
import { describeValue, LuaFunction, LuaTable, toHost, toLua, type LuaValue } from './values';

export type { LuaLimits } from './budget';

export interface LuaOptions {
  readonly limits?: Partial<LuaLimits>;
  /** Receives what `print` prints (bytes, no newline), and the context of the entry it happened in. */
  readonly print?: (text: string, context: unknown) => void;
  /** Errors of the host that no `pcall` may catch. */
  readonly isFatal?: (error: unknown) => boolean;
  /** Seconds since 1970 for `os.time` and `os.date`. */
  readonly now?: () => number;
  /** The IANA name of the time zone of local times; UTC. */
  readonly timezone?: string;
  /** Numbers from 0 (included) to 1 (excluded) for `math.random`, until a script calls `math.randomseed`. */
  readonly random?: () => number;
  /** Finds the source of a module for `require`; undefined when there is none. */
  readonly findModule?: (name: string) => ModuleSearch;
  /** Receives what `io.write` and the standard streams' `write` write (bytes). */
  readonly write?: (text: string, stream: 'stdout' | 'stderr') => void;
  /** Standard input; empty when left out. */
  readonly stdin?: LuaFile;
  /** The files that scripts find; without it there is none, and no directory. */
  readonly files?: LuaFiles;
  /** What `os.execute`, `io.popen` and `os.exit` do; without it they are not simulated. */
  readonly processes?: LuaProcesses;
  /** Environment variables by name (bytes), which scripts change; empty when left out. */
  readonly environment?: Map<string, string>;
  /** Seconds of processor time for `os.clock`. */
  readonly cpuTime?: () => number;
  /** The host keeps what scripts give to its functions, to `print` and to files: it counts as memory of the entry. */
  readonly retains?: boolean;
  /** Told of a host call that waits inside `pcall` or `xpcall`, with the Lua frames of its caller. */
  readonly onSuspendInProtectedCall?: (frames: readonly LuaFrame[]) => void;
  /** Told of the end of each entry, with its context. */
  readonly onEntryEnd?: (context: unknown) => void;
  /** The thread of the operating system that an entry runs on, by its context; undefined is the main one. */
  readonly osThread?: (context: unknown) => object | undefined;
  /** What an entry belongs to whose `_TLS` lasts longer than the entry; undefined: it has one of its own. */
  readonly session?: (context: unknown) => object | undefined;
  /** Whether the entry with one context waits for that with another to end. */
  readonly waitsFor?: (context: unknown, other: unknown) => boolean;
  /** Told of an exception of JavaScript's that a host function threw, before it becomes an error of the script. */
  readonly onHostError?: (error: unknown, frames: readonly LuaFrame[]) => void;
}

/** A module's source or a ready loader, or the places where it was looked for (one line each, as 5.1 lists them). */
export type ModuleSearch = { source: Source } | { loader: LuaFunction } | { tried: string[] };

/** One Lua state: globals, loaded modules, classes. Nothing in it is shared with another. */
export class LuaVM {
  readonly main: LuaState;
  readonly globals: LuaTable;
  readonly limits: LuaLimits;
  /** Set by a host call that waits, taken by whoever drives the entry. */
  suspension: Suspension | undefined;
  /** Called when an entry has ended. */
  readonly entryLeft = new Set<() => void>();
  /** What library modules keep for this VM, each under a key of its own. */
  readonly libraryData = new Map<object, unknown>();
  private fatal: unknown;
  private cause: { message: string; error: unknown } | undefined;
  private readonly classes = new WeakMap<object, TValue>();
  private readonly metatables = new Map<UserdataClass, LuaTable>();
  /** Metatables that were asked for before their class was used. */
  private readonly reserved = new Map<string, LuaTable>();
  private readonly functions = new WeakMap<TValue, LuaFunction>();
  private readonly budget: Budget;
  /** Entries that run or wait. */
  private readonly entries = new Set<LuaState>();
  /** What the host keeps for scripts. */
  private readonly retained = new Set<TValue>();

  constructor(readonly options: LuaOptions = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.main = lstate.lua_newstate() as LuaState;
    const g = this.main.l_G as LuaState['l_G'] & { vm: LuaVM };
    g.vm = this;
    g.meter = this.budget = new Budget(this.limits, this);
    g.atnativeerror = nativeErrorMark;
    const registry = g.l_registry.value as Table;
    this.globals = new LuaTable(this, (ltable.luaH_getint(registry, 2) as TValue).value as Table);
    openLibraries(this);
  }

  // Loading and running

  /** Compiles a chunk (cached by content) into a function. Throws LuaSyntaxError. */
  load(source: Source): LuaFunction {
    return this.functionFor(this.instantiate(compileCached(source).proto, this.globals.table));
  }

  instantiate(proto: Proto, environment: Table): TValue {
    const closure = new LClosure(this.main, proto.upvalues.length);
    closure.p = proto;
    closure.upvals[0] = new TValue(T.table, environment);
    for (let i = 1; i < proto.upvalues.length; i++) closure.upvals[i] = new TValue(T.nil, null);
    return new TValue(T.luaFunction, closure);
  }

  /**
   * Calls a function as an entry of its own: a coroutine that waits where a host call takes time.
   * Rejects with LuaError, or with the host's own error when that may not be caught.
   */
  async call(f: LuaFunction, args: readonly LuaValue[] = [], context?: unknown): Promise<LuaValue[]> {
    const L = this.entry(f, args, context);
    const allowance = this.budget.allowance();
    try {
      let status = this.resume(L, args.length, allowance);
      while (status === (Status.yield as number)) {
        const suspension = this.suspension!;
        this.suspension = undefined;
        try {
          suspension.outcome = { value: (await suspension.promise) as LuaValue };
        } catch (error) {
          suspension.outcome = { error };
        }
        status = this.resume(L, 0, allowance);
      }
      return this.results(L);
    } finally {
      this.leave(L);
    }
  }

  /** The same without waiting: a host call that takes time is an error. */
  callSync(f: LuaFunction, args: readonly LuaValue[] = [], context?: unknown): LuaValue[] {
    const L = this.entry(f, args, context);
    try {
      if (this.resume(L, args.length, this.budget.allowance()) === (Status.yield as number)) {
        this.suspension?.promise.catch(() => undefined);
        this.suspension = undefined;
        throw new Error('a call that takes time cannot be waited for here');
      }
      return this.results(L);
    } finally {
      this.leave(L);
    }
  }

  /** Runs an operation that may call metamethods; a Lua error becomes a LuaError. */
  protect(operation: () => TValue): TValue {
    const L = this.main;
    const { top, ci } = L;
    let result: TValue | undefined;
    const run = () => ldo.luaD_rawrunprotected(L, () => (result = operation()), null) as number;
    const status = this.budget.runWithin(run);
    if (status === 0) return result!;
    const error = this.errorFrom(L, status);
    L.ci = ci;
    L.top = top;
    throw error;
  }

  /** A thread that is about to call a function. */
  private entry(f: LuaFunction, args: readonly LuaValue[], context: unknown): LuaState {
    const L = lstate.lua_newthread(this.main) as LuaState;
    // What stays above the top of a stack would keep the thread, and what it held, from being collected.
    this.main.stack[--this.main.top] = new TValue(T.nil, null);
    L.context = context;
    L.isEntry = true;
    push(L, f.slot);
    for (const arg of args) push(L, toLua(this, arg));
    this.entries.add(L);
    return L;
  }

  private leave(L: LuaState): void {
    this.entries.delete(L);
    for (const listener of this.entryLeft) listener();
    this.options.onEntryEnd?.(L.context);
  }

  private resume(L: LuaState, args: number, allowance: Allowance): number {
    const status = this.budget.run(allowance, () => ldo.lua_resume(L, null, args) as number);
    if (status > Status.yield) throw this.errorFrom(L, status);
    return status;
  }

  private results(L: LuaState): LuaValue[] {
    const results: LuaValue[] = [];
    for (let i = L.base_ci.funcOff + 1; i < L.top; i++) results.push(toHost(this, L.stack[i]!));
    return results;
  }

  // Errors

  /** What goes up to JavaScript when a protected run ended with `status`. */
  private errorFrom(L: LuaState, status: number): unknown {
    const fatal = this.takeFatal();
    if (fatal !== undefined)
      return fatal instanceof RangeError ? this.describeError(L, exhaustion(fatal)) : fatal;
    const value = L.stack[L.top - 1]!;
    return this.describeError(L, status === (Status.errorInError as number) ? inHandler() : value);
  }

  private describeError(L: LuaState, value: TValue): LuaError {
    const luaMessage = describeValue(value, this);
    const cause = this.cause?.message === luaMessage ? this.cause.error : undefined;
    const details = {
      luaMessage,
      frames: framesOf(L),
      traceback: traceback(L, luaMessage, 0),
      excerpt: excerptOf(L),
    };
    return new LuaError(toHost(this, value), details, cause);
  }

  isFatal(error: unknown): boolean {
    return error instanceof LuaLimitError || (this.options.isFatal?.(error) ?? false);
  }

  /** Marks an error that unwinds everything up to the entry; the caller throws it. */
  abort(error: unknown): unknown {
    this.fatal = error;
    return error;
  }

  /** Keeps an exception of JavaScript's that reached a protected call. */
  keepNativeError(error: Error): void {
    this.fatal ??= error;
  }

  /** For protected calls: what may not be caught goes on. */
  rethrowFatal(): void {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever it was that the host threw
    if (this.fatal !== undefined) throw this.fatal;
  }

  private takeFatal(): unknown {
    const { fatal } = this;
    this.fatal = undefined;
    return fatal;
  }

  rememberCause(message: string, error: unknown): void {
    this.cause = { message, error };
  }

  get retains(): boolean {
    return this.options.retains ?? false;
  }

  /** Bytes that scripts hold, about. */
  held(L: LuaState): number {
    return heldBytes(this.roots(L));
  }

  /** Whether an entry with this context runs or waits. */
  isRunning(context: unknown): boolean {
    for (const entry of this.entries) if (entry.context === context) return true;
    return false;
  }

  /** Whether scripts can still reach an object of the host; if not, a collection takes it. */
  holds(object: object): boolean {
    return isHeld(this.roots(this.main), this.userdataFor(object));
  }

  /** Declares that the host keeps a value for scripts, until the function that this answers is called. */
  retain(value: LuaFunction | LuaTable): () => void {
    const { type, value: kept } = toLua(this, value);
    const root = new TValue(type, kept);
    this.retained.add(root);
    return () => this.retained.delete(root);
  }

  /** Drops the `_TLS` of a session (the option `session`). */
  endSession(session: object): void {
    this.libraryData.delete(session);
  }

  /** Declares that an object of the host keeps a function: who holds the one holds the other. */
  attach(object: object, f: LuaFunction): void {
    keep(this.userdataFor(object).value as Udata, f.slot);
  }

  private roots(L: LuaState): TValue[] {
    const { l_registry, mt } = L.l_G;
    const threads = [this.main, L, ...this.entries].map((thread) => new TValue(T.thread, thread));
    const tables = [...mt, ...this.libraryData.values()].filter((data) => data instanceof Table);
    return [l_registry, ...threads, ...tables.map((table) => new TValue(T.table, table)), ...this.retained];
  }

  // Making values

  newTable(): LuaTable {
    return new LuaTable(this, new Table(this.main));
  }

  /** A function of the host as a Lua value. */
  hostFunction(implementation: HostImplementation): LuaFunction {
    return this.functionFor(new TValue(T.hostFunction, hostFunction(implementation)));
  }

  functionFor(slot: TValue): LuaFunction {
    let handle = this.functions.get(slot);
    if (!handle) this.functions.set(slot, (handle = new LuaFunction(this, slot)));
    return handle;
  }

  /** Declares what class of userdata a host object is; the same object is always the same userdata. */
  bind<O extends object>(object: O, cls: UserdataClass<O>): O {
    if (!this.classes.has(object)) {
      const udata = new Udata(this.main, 0);
      udata.data.object = object;
      udata.data.className = cls.name;
      udata.metatable = this.metatableOf(cls).table;
      this.classes.set(object, new TValue(T.userdata, udata));
    }
    return object;
  }

  metatableOf(cls: UserdataClass): LuaTable {
    let metatable = this.metatables.get(cls);
    if (!metatable) {
      metatable = this.reserved.get(cls.name) ?? this.newTable();
      this.reserved.delete(cls.name);
      this.metatables.set(cls, metatable);
      fillClassMetatable(this, cls, metatable);
    }
    return metatable;
  }

  /** The metatable of a class by its name, undefined when it has not been used. */
  metatableNamed(name: string): LuaTable | undefined {
    for (const [cls, metatable] of this.metatables) if (cls.name === name) return metatable;
    return this.reserved.get(name);
  }

  /** The metatable that a class of this name will have: what scripts put into it are members. */
  reserveMetatable(name: string): LuaTable {
    const metatable = this.newTable();
    this.reserved.set(name, metatable);
    return metatable;
  }

  userdataFor(object: object): TValue {
    const value = this.classes.get(object);
    if (!value) throw new TypeError(`an object of the host has no Lua class: ${object.constructor.name}`);
    return value;
  }

  /** The class name of a bound object (`msys.core:_domain_record`), undefined for other values. */
  classOf(object: object): string | undefined {
    return (this.classes.get(object)?.value as Udata | undefined)?.data.className as string | undefined;
  }
}

function push(L: LuaState, value: TValue): void {
  L.stack[L.top++] = new TValue(value.type, value.value);
}

/**
 * Has fengari pass exceptions of JavaScript's on to `keepNativeError`; never called. (One for all states: V8 keeps
 * a function that is stored in a state, and with it the state, until the next full collection.)
 */
const nativeErrorMark = () => 0;
/** What Lua says where JavaScript ran out of stack, or of room for one string. */
const exhaustion = ({ message }: RangeError) =>
  stringValue(message.includes('call stack') ? 'stack overflow' : 'not enough memory');
const inHandler = () => stringValue('error in error handling');
