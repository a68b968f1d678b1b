/**
 * Lua values as the host handles them.
 *
 * Strings are bytes: a host string holds one byte per character (latin1), so that nothing is lost on the
 * way through. Tables, functions and threads are handles that share identity with the Lua value.
 * `undefined` is nil.
 */
import { COST } from './budget';
import { luaString, ltable, nilValue, T, Table, textOf, TValue, type LuaState } from './fengari';
import { index, setIndex } from './operations';
import { typeName } from './raise';
import { rawGet, rawSet } from './tables';
import type { LuaVM } from './state';

export type LuaValue =
  undefined | boolean | number | string | LuaTable | LuaFunction | LuaUserdata | LuaThread | object;

/** A function of the host or of a script. */
export class LuaFunction {
  constructor(
    readonly vm: LuaVM,
    readonly slot: TValue,
  ) {}
}

export class LuaThread {
  constructor(readonly state: LuaState) {}
}

/** Userdata that is none of our classes' objects. */
export class LuaUserdata {
  constructor(readonly slot: TValue) {}
}

export class LuaTable {
  constructor(
    readonly vm: LuaVM,
    readonly table: Table,
  ) {}

  /** Raw read. */
  get(key: LuaValue): LuaValue {
    return toHost(this.vm, rawGet(this.table, toLua(this.vm, key)));
  }

  /** Raw write. */
  set(key: LuaValue, value: LuaValue): void {
    rawSet(this.vm.main, this.table, toLua(this.vm, key), toLua(this.vm, value));
    this.table.flags = 0;
  }

  /** Read as a script reads, metamethods included. */
  index(key: LuaValue): LuaValue {
    return toHost(
      this.vm,
      this.vm.protect(() => index(this.vm.main, this.asValue(), toLua(this.vm, key))),
    );
  }

  /** Write as a script writes. */
  assign(key: LuaValue, value: LuaValue): void {
    this.vm.protect(() => {
      setIndex(this.vm.main, this.asValue(), toLua(this.vm, key), toLua(this.vm, value));
      return nilValue;
    });
  }

  get length(): number {
    return ltable.luaH_getn(this.table) as number;
  }

  *entries(): Generator<[LuaValue, LuaValue]> {
    for (let entry = this.table.f; entry; entry = entry.n)
      yield [toHost(this.vm, entry.key), toHost(this.vm, entry.value)];
  }

  setMetatable(metatable: LuaTable | undefined): void {
    this.table.metatable = metatable?.table ?? null;
  }

  asValue(): TValue {
    return new TValue(T.table, this.table);
  }
}

export function toHost(vm: LuaVM, value: TValue): LuaValue {
  switch (value.type) {
    case T.nil:
      return undefined;
    case T.boolean:
    case T.number:
      return value.value as boolean | number;
    case T.string:
      return textOf(value.value);
    case T.table:
      return new LuaTable(vm, value.value);
    case T.userdata:
      return (value.value.data.object as object | undefined) ?? new LuaUserdata(copyOf(value));
    case T.thread:
      return new LuaThread(value.value);
    default:
      return new LuaFunction(vm, copyOf(value));
  }
}

export function toLua(vm: LuaVM, value: LuaValue | null): TValue {
  switch (typeof value) {
    case 'undefined':
      return nilValue;
    case 'boolean':
      return new TValue(T.boolean, value);
    case 'number':
      return new TValue(T.number, value);
    case 'string':
      vm.main.l_G.meter.room -= COST.string + value.length;
      return new TValue(T.string, luaString(value));
    default:
      return value === null ? nilValue : objectToLua(vm, value);
  }
}

function objectToLua(vm: LuaVM, value: object): TValue {
  if (value instanceof LuaTable) return value.asValue();
  if (value instanceof LuaFunction || value instanceof LuaUserdata) return value.slot;
  if (value instanceof LuaThread) return new TValue(T.thread, value.state);
  if (value instanceof Uint8Array)
    return new TValue(T.string, luaString(Buffer.from(value).toString('latin1')));
  return vm.userdataFor(value);
}

function copyOf(value: TValue): TValue {
  return new TValue(value.type, value.value);
}

/** A plain description of any Lua value, for messages. */
export function describeValue(value: TValue, vm: LuaVM): string {
  if (value.type === T.string || value.type === T.number) return String(toHost(vm, value));
  return `(error object is a ${typeName(value)} value)`;
}
