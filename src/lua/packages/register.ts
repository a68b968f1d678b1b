import { libraryError, vmOf, type Prepared } from '../stdlib/args';
import { hashOf, stringValue, T, Table, TValue, type LuaState } from '../vm/fengari';
import { rawGet, rawSet } from '../vm/tables';

/** Makes a library's table, or adds to the one of that name, as `luaL_register` does: a global, and loaded. */
export function registerLibrary(L: LuaState, name: string, contents: Prepared): TValue {
  const globals = vmOf(L).globals.table;
  const key = stringValue(name);
  const existing = rawGet(globals, key);
  if (existing.type !== T.nil && existing.type !== T.table)
    libraryError(L, `name conflict for module '${name}'`);
  const library = new TValue(T.table, existing.type === T.table ? existing.value : new Table(L));
  for (const [, member, value] of contents) rawSet(L, library.value as Table, member, value);
  rawSet(L, globals, key, library);
  const loaded = (L.l_G.l_registry.value as Table).strong.get(hashOf('_LOADED'))!.value.value as Table;
  rawSet(L, loaded, key, library);
  return library;
}
