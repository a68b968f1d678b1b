/** Between Lua's values and a test's: text for strings, arrays and objects for tables. */
import {
  LuaFunction,
  LuaTable,
  LuaThread,
  LuaUserdata,
  toDisplay,
  type HostResult,
  type LuaValue,
  type LuaVM,
} from '../lua';
import { byteString } from '../server/bytes';

/** Levels of tables that a test is shown; each costs some of JavaScript's stack. */
const MAX_DEPTH = 500;

/**
 * A Lua value for a test. A string is text when its bytes are UTF-8 and a Buffer otherwise. A table whose keys are
 * exactly 1 to n is an array; one whose keys are all strings is an object; any other is a Map. Functions can be
 * called (they answer a promise of their results); objects of the product are shown by their class.
 */
export function toTest(vm: LuaVM, value: LuaValue, seen = new Map<unknown, unknown>(), depth = 0): unknown {
  if (depth > MAX_DEPTH) return '[nested too deep]';
  if (typeof value === 'string') return textOrBytes(value);
  if (typeof value !== 'object') return value;
  if (value instanceof LuaTable) return tableToTest(vm, value, seen, depth);
  if (value instanceof LuaFunction) return functionToTest(vm, value);
  if (value instanceof LuaThread) return '[thread]';
  if (value instanceof LuaUserdata) return '[userdata]';
  return `[${vm.classOf(value) ?? value.constructor.name}]`;
}

function textOrBytes(value: string): string | Buffer {
  const text = toDisplay(value);
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes;
}

function functionToTest(vm: LuaVM, f: LuaFunction): (...args: unknown[]) => Promise<unknown[]> {
  return async (...args) => {
    const results = await vm.call(
      f,
      args.map((arg) => toLuaValue(vm, arg)),
      { phase: 'eval' },
    );
    return results.map((result) => toTest(vm, result));
  };
}

function tableToTest(vm: LuaVM, table: LuaTable, seen: Map<unknown, unknown>, depth: number): unknown {
  const known = seen.get(table.table);
  if (known !== undefined) return known;
  const entries = [...table.entries()];
  const isArray = entries.length > 0 && entries.every(([key]) => isIndexUpTo(key, entries.length));
  if (isArray) {
    const array: unknown[] = [];
    seen.set(table.table, array);
    for (let i = 1; i <= entries.length; i++) array.push(toTest(vm, table.get(i), seen, depth + 1));
    return array;
  }
  if (!entries.every(([key]) => typeof key === 'string')) {
    const map = new Map<unknown, unknown>();
    seen.set(table.table, map);
    for (const [key, value] of entries)
      map.set(toTest(vm, key, seen, depth + 1), toTest(vm, value, seen, depth + 1));
    return map;
  }
  const object = {};
  seen.set(table.table, object);
  for (const [key, value] of entries)
    define(object, toDisplay(key as string), toTest(vm, value, seen, depth + 1));
  return object;
}

function isIndexUpTo(key: LuaValue, count: number): boolean {
  return typeof key === 'number' && Number.isInteger(key) && key >= 1 && key <= count;
}

/** Assignment would take `__proto__` for something else than a key. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** A test's value for Lua: strings as UTF-8, arrays, Maps and plain objects as tables, functions as functions. */
export function toLuaValue(vm: LuaVM, value: unknown): LuaValue {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return byteString(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'function') return functionToLua(vm, value as (...args: unknown[]) => unknown);
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no counterpart in Lua`);
  if (value instanceof Uint8Array) return byteString(value);
  if (value instanceof LuaTable || value instanceof LuaFunction || value instanceof LuaUserdata) return value;
  if (vm.classOf(value) !== undefined) return value;
  return objectToTable(vm, value);
}

function objectToTable(vm: LuaVM, value: object): LuaTable {
  const table = vm.newTable();
  const entries: Iterable<[unknown, unknown]> = Array.isArray(value)
    ? value.map((item, i): [unknown, unknown] => [i + 1, item])
    : value instanceof Map
      ? (value as Map<unknown, unknown>)
      : Object.entries(value);
  for (const [key, item] of entries) table.set(toLuaValue(vm, key), toLuaValue(vm, item));
  return table;
}

function functionToLua(vm: LuaVM, f: (...args: unknown[]) => unknown): LuaFunction {
  return vm.hostFunction((args) => callTest(vm, f, args));
}

/**
 * Calls a test's function for Lua: arguments and result are converted, a promise makes the script wait. `viewOf` gives
 * what a test sees of an object of the product, undefined for one that is shown by its class.
 */
export function callTest(
  vm: LuaVM,
  f: (...args: unknown[]) => unknown,
  args: readonly LuaValue[],
  viewOf: (value: LuaValue) => object | undefined = () => undefined,
): HostResult | Promise<HostResult> {
  const result = f(...args.map((arg) => viewOf(arg) ?? toTest(vm, arg)));
  if (result instanceof Promise) return result.then((value: unknown) => [toLuaValue(vm, value)]);
  return [toLuaValue(vm, result)];
}
