import { luaString, ltable, stringValue, T, Table, TValue } from '../vm/fengari';
import { rawSet } from '../vm/tables';
import type { LuaVM } from '../vm/state';
import type { Library } from './args';
import { base } from './base';
import { coroutine } from './coroutine';
import { openPackage, packageGlobals } from './package';

/** The libraries that are tables of functions. */
const TABLES: Record<string, Library> = { coroutine };

/** Keys and functions belong to no state: they are made once for all. */
const prepare = (library: Library): [TValue, TValue][] =>
  Object.entries(library).map(([name, f]) => [stringValue(name), new TValue(T.hostFunction, f)]);

const GLOBALS = prepare({ ...base, ...packageGlobals });
const PREPARED = Object.entries(TABLES).map(([name, library]) => [name, prepare(library)] as const);
const VERSION = new TValue(T.string, luaString('thrLua 5.1'));

/** Fills a new state with Momentum's standard library. */
export function openLibraries(vm: LuaVM): void {
  const L = vm.main;
  const globals = vm.globals.table;
  const fill = (target: Table, entries: [TValue, TValue][]) => {
    for (const [key, value] of entries) ltable.luaH_setfrom(L, target, key, value);
    target.flags = 0;
  };
  const set = (target: Table, name: string, value: TValue) => rawSet(L, target, stringValue(name), value);
  const g = new TValue(T.table, globals);
  fill(globals, GLOBALS);
  set(globals, '_G', g);
  set(globals, '_VERSION', VERSION);
  const pkg = openPackage(vm, (target, name, value) => set(target.table, name, value));
  const loaded = (pkg.get('loaded') as typeof pkg).table;
  set(globals, 'package', pkg.asValue());
  set(loaded, 'package', pkg.asValue());
  set(loaded, '_G', g);
  for (const [name, entries] of PREPARED) {
    const table = new Table(L);
    fill(table, entries);
    set(globals, name, new TValue(T.table, table));
    set(loaded, name, new TValue(T.table, table));
  }
}
