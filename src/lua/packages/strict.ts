/**
 * The package `strict`: the use of undeclared globals becomes an error, for every script of the state. A global is
 * declared by an assignment in a main chunk. `_TLS` and `_OSTLS` are exempt.
 */
import { libraryError, pushBoolean, pushNil, pushValue, T, TValue, vmOf } from '../stdlib/args';
import { perVM } from '../stdlib/per-vm';
import { nilValue, stringValue, Table, type LuaState } from '../vm/fengari';
import { argAt } from '../vm/host';
import { callMetamethod, isTrue, toText } from '../vm/operations';
import { isLua, protoOf, typeName } from '../vm/raise';
import { levelAt } from '../vm/stack';
import { rawGet, rawSet } from '../vm/tables';

const EXCEPTIONS = ['_TLS', '_OSTLS'];

/** The metamethods that `_G` had before. */
interface Chain {
  index: TValue;
  newindex: TValue;
}
const chains = perVM<Chain>(() => ({ index: nilValue, newindex: nilValue }));

/** Who uses the global: `main`, `Lua` or, for the host and lost callers, `C`. */
function user(L: LuaState): 'main' | 'Lua' | 'C' {
  const level = levelAt(L, 1);
  if (level?.tail) return 'Lua';
  if (!level || !isLua(level.ci)) return 'C';
  return protoOf(level.ci).linedefined === 0 ? 'main' : 'Lua';
}

function globalsMetatable(L: LuaState): Table {
  const globals = vmOf(L).globals.table;
  return (globals.metatable ??= new Table(L));
}

/** The set of names that a script may extend, too: `getmetatable(_G).__declared`. */
function setOf(L: LuaState, field: '__declared' | '__exceptions'): Table | undefined {
  const set = rawGet(globalsMetatable(L), stringValue(field));
  return set.type === T.table ? (set.value as Table) : undefined;
}

function isKnown(L: LuaState, name: TValue): boolean {
  return (['__declared', '__exceptions'] as const).some((field) => {
    const set = setOf(L, field);
    return set !== undefined && isTrue(rawGet(set, name));
  });
}

function nameOf(L: LuaState, key: TValue): string {
  return toText(key) ?? libraryError(L, `attempt to concatenate local 'n' (a ${typeName(key)} value)`);
}

function assign(L: LuaState): number {
  const [t, name, value] = [argAt(L, 1), argAt(L, 2), argAt(L, 3)];
  if (!isKnown(L, name)) {
    if (user(L) === 'Lua') libraryError(L, `assign to undeclared variable '${nameOf(L, name)}'`);
    const declared = setOf(L, '__declared');
    if (declared) rawSet(L, declared, name, new TValue(T.boolean, true));
  }
  const { newindex } = chains(L);
  if (newindex.type === T.nil) rawSet(L, t.value as Table, name, value);
  else callMetamethod(L, newindex, t, name, value);
  return 0;
}

function read(L: LuaState): number {
  const [t, name] = [argAt(L, 1), argAt(L, 2)];
  if (!isKnown(L, name) && user(L) !== 'C') libraryError(L, `variable '${nameOf(L, name)}' is not declared`);
  const { index } = chains(L);
  return index.type === T.nil ? pushNil(L) : pushValue(L, callMetamethod(L, index, t, name));
}

const READ = new TValue(T.hostFunction, read);
const ASSIGN = new TValue(T.hostFunction, assign);

/** Loaded again, it forgets what was declared. */
export function openStrict(L: LuaState): number {
  const metatable = globalsMetatable(L);
  const get = (name: string) => rawGet(metatable, stringValue(name));
  const set = (name: string, value: TValue) => rawSet(L, metatable, stringValue(name), value);
  if (get('__strict').type === T.nil) {
    const copy = ({ type, value }: TValue) => new TValue(type, value);
    Object.assign(chains(L), { index: copy(get('__index')), newindex: copy(get('__newindex')) });
    const exceptions = new Table(L);
    for (const name of EXCEPTIONS) rawSet(L, exceptions, stringValue(name), new TValue(T.boolean, true));
    set('__strict', new TValue(T.boolean, true));
    set('__exceptions', new TValue(T.table, exceptions));
  }
  set('__declared', new TValue(T.table, new Table(L)));
  set('__index', READ);
  set('__newindex', ASSIGN);
  metatable.flags = 0;
  return pushBoolean(L, true);
}
