import { luaString, stringValue, T, Table, TValue } from '../vm/fengari';
import type { LuaVM } from '../vm/state';
import { rawSet } from '../vm/tables';
import { fill, prepare } from './args';
import { base } from './base';
import { buffer } from './buffer';
import { coroutine } from './coroutine';
import { debug } from './debug';
import { addStreams, io } from './io';
import { math } from './math';
import { os } from './os';
import { openPackage, packageGlobals } from './package';
import { string } from './string';
import { table } from './table';
import { thread } from './thread';
import { addThreadStorage } from './tls';

/** The libraries that are tables of functions and numbers. */
const TABLES = { buffer, coroutine, debug, io, math, os, string, table, thread };

// Keys and functions belong to no state: they are made once for all.
const GLOBALS = prepare({ ...base, ...packageGlobals });
const LIBRARIES = Object.entries(TABLES).map(([name, library]) => [name, prepare(library)] as const);
const VERSION = new TValue(T.string, luaString('thrLua 5.1'));

/** Fills a new state with Momentum's standard library. */
export function openLibraries(vm: LuaVM): void {
  const L = vm.main;
  const globals = vm.globals.table;
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
  addThreadStorage(L, globals);
  for (const [name, entries] of LIBRARIES) {
    const library = new TValue(T.table, fill(new Table(L), entries));
    set(globals, name, library);
    set(loaded, name, library);
    if (name === 'io') addStreams(L, library.value as Table);
    if (name === 'string') giveStringsMethods(vm, library);
  }
}

function giveStringsMethods(vm: LuaVM, library: TValue): void {
  const metatable = new Table(vm.main);
  rawSet(vm.main, metatable, stringValue('__index'), library);
  vm.main.l_G.mt[T.string & 15] = metatable;
}
