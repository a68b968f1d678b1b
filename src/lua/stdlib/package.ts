/** 5.1's package library: `require`, `module`, `package`. */
import { callNoYield } from '../vm/calls';
import {
  hashOf,
  LClosure,
  stringValue,
  T,
  Table,
  TValue,
  type HostFunction,
  type LuaState,
} from '../vm/fengari';
import { index, setIndex, toText } from '../vm/operations';
import { isLua } from '../vm/raise';
import { levelAt } from '../vm/stack';
import { rawGet, rawSet } from '../vm/tables';
import type { LuaVM } from '../vm/state';
import type { LuaTable } from '../vm/values';
import { findPackage } from '../packages';
import {
  argAt,
  argCount,
  checkString,
  checkTable,
  libraryError,
  pushNil,
  pushText,
  pushValue,
  vmOf,
  type Library,
} from './args';
import { threadGlobals } from './environments';

const SENTINEL = new TValue(T.userdata, {});
const table = (t: Table) => new TValue(T.table, t);

/** `package.loaded`, which lives in the registry, safe from scripts that replace the field. */
function loadedTable(L: LuaState): TValue {
  return (L.l_G.l_registry.value as Table).strong.get(hashOf('_LOADED'))!.value;
}

function packageTable(L: LuaState): TValue {
  return (L.l_G.l_registry.value as Table).strong.get(hashOf('_PACKAGE'))!.value;
}

function loadPreload(L: LuaState): number {
  const name = checkString(L, 1);
  const preload = index(L, packageTable(L), stringValue('preload'));
  if (preload.type !== T.table) libraryError(L, "'package.preload' must be a table");
  const found = index(L, preload, stringValue(name));
  if (found.type === T.nil) return pushText(L, `\n\tno field package.preload['${name}']`);
  return pushValue(L, found);
}

/** Finds the module through the host's search (`LuaOptions.findModule`). */
function loadLua(L: LuaState): number {
  const name = checkString(L, 1);
  const vm = vmOf(L);
  const found = vm.options.findModule?.(name) ?? { tried: [] };
  if ('tried' in found) return pushText(L, found.tried.map((place) => `\n\t${place}`).join(''));
  return pushValue(L, 'loader' in found ? found.loader.slot : vm.load(found.source).slot);
}

/** The packages of the runtime, which in the product are C libraries. */
function loadRuntime(L: LuaState): number {
  const open = findPackage(checkString(L, 1));
  return open ? pushValue(L, new TValue(T.hostFunction, open)) : pushNil(L);
}

/** The loader of functions within a C library: there are none. */
function loadNative(L: LuaState): number {
  checkString(L, 1);
  return pushNil(L);
}

function requireModule(L: LuaState): number {
  const name = checkString(L, 1);
  const loaded = loadedTable(L);
  const already = index(L, loaded, stringValue(name));
  if (already.type !== T.nil && !(already.type === T.boolean && already.value === false)) {
    if (already.value === SENTINEL.value) libraryError(L, `loop or previous error loading module '${name}'`);
    return pushValue(L, already);
  }
  const loader = findLoader(L, name);
  setIndex(L, loaded, stringValue(name), SENTINEL);
  const func = L.top;
  pushValue(L, loader);
  pushText(L, name);
  callNoYield(L, func, 1);
  const result = L.stack[func]!;
  L.top = func;
  if (result.type !== T.nil) setIndex(L, loaded, stringValue(name), result);
  if (index(L, loaded, stringValue(name)).value === SENTINEL.value)
    setIndex(L, loaded, stringValue(name), new TValue(T.boolean, true));
  return pushValue(L, index(L, loaded, stringValue(name)));
}

function findLoader(L: LuaState, name: string): TValue {
  const loaders = index(L, packageTable(L), stringValue('loaders'));
  if (loaders.type !== T.table) libraryError(L, "'package.loaders' must be a table");
  let tried = '';
  for (let i = 1; ; i++) {
    const loader = rawGet(loaders.value as Table, new TValue(T.number, i));
    if (loader.type === T.nil) libraryError(L, `module '${name}' not found:${tried}`);
    const func = L.top;
    pushValue(L, loader);
    pushText(L, name);
    callNoYield(L, func, 1);
    const result = L.stack[func]!;
    L.top = func;
    if ((result.type & 15) === (T.luaFunction & 15)) return new TValue(result.type, result.value);
    tried += toText(result) ?? '';
  }
}

/** Walks (and makes) the tables that a dotted name stands for; undefined when something else is in the way. */
function findTable(L: LuaState, root: TValue, dotted: string): TValue | undefined {
  let at = root;
  for (const part of dotted.split('.')) {
    const next = rawGet(at.value as Table, stringValue(part));
    if (next.type === T.nil) {
      const made = table(new Table(L));
      setIndex(L, at, stringValue(part), made);
      at = made;
    } else if (next.type === T.table) {
      at = next;
    } else {
      return undefined;
    }
  }
  return at;
}

function moduleTable(L: LuaState, name: string): TValue {
  const loaded = loadedTable(L);
  const already = index(L, loaded, stringValue(name));
  if (already.type === T.table) return table(already.value as Table);
  const made = findTable(L, table(threadGlobals(L)), name);
  if (!made) return libraryError(L, `name conflict for module '${name}'`);
  setIndex(L, loaded, stringValue(name), made);
  return made;
}

function declareModule(L: LuaState): number {
  const name = checkString(L, 1);
  const options = argCount(L);
  const target = moduleTable(L, name);
  if (index(L, target, stringValue('_NAME')).type === T.nil) {
    setIndex(L, target, stringValue('_M'), target);
    setIndex(L, target, stringValue('_NAME'), stringValue(name));
    setIndex(L, target, stringValue('_PACKAGE'), stringValue(name.slice(0, name.lastIndexOf('.') + 1)));
  }
  const caller = levelAt(L, 1);
  if (!caller || caller.tail || !isLua(caller.ci)) libraryError(L, "'module' not called from a Lua function");
  (caller.ci.func.value as LClosure).upvals[0]!.value = target.value;
  for (let i = 2; i <= options; i++) {
    const func = L.top;
    pushValue(L, argAt(L, i));
    pushValue(L, target);
    callNoYield(L, func, 0);
    L.top = func;
  }
  return 0;
}

function seeall(L: LuaState): number {
  const t = checkTable(L, 1);
  t.metatable ??= new Table(L);
  setIndex(L, table(t.metatable), stringValue('__index'), table(threadGlobals(L)));
  return 0;
}

function loadlib(L: LuaState): number {
  pushNil(L);
  pushText(L, 'dynamic libraries not enabled; check your Lua installation');
  pushText(L, 'absent');
  return 3;
}

export const packageGlobals: Library = { module: declareModule, require: requireModule };

const LOADERS: readonly HostFunction[] = [loadPreload, loadLua, loadRuntime, loadNative];

/** Makes `package` and the registry's references to it. */
export function openPackage(
  vm: LuaVM,
  set: (target: LuaTable, name: string, value: TValue) => void,
): LuaTable {
  const L = vm.main;
  const registry = L.l_G.l_registry.value as Table;
  const pkg = vm.newTable();
  const loaded = new Table(L);
  const loaders = new Table(L);
  LOADERS.forEach((f, i) => rawSet(L, loaders, new TValue(T.number, i + 1), new TValue(T.hostFunction, f)));
  rawSet(L, registry, stringValue('_LOADED'), table(loaded));
  rawSet(L, registry, stringValue('_PACKAGE'), pkg.asValue());
  set(pkg, 'loaded', table(loaded));
  set(pkg, 'preload', table(new Table(L)));
  set(pkg, 'loaders', table(loaders));
  set(pkg, 'path', stringValue('./?.lua'));
  set(pkg, 'cpath', stringValue(''));
  set(pkg, 'config', stringValue('/\n;\n?\n!\n-'));
  set(pkg, 'seeall', new TValue(T.hostFunction, seeall));
  set(pkg, 'loadlib', new TValue(T.hostFunction, loadlib));
  return pkg;
}
