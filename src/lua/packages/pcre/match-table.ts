import type { LuaVM } from '../../vm/state';
import type { LuaTable } from '../../vm/values';
import type { Match } from './operations';

/** A match as scripts get it: the whole at 0, groups by number and by name (4/lua/ref-msys-pcre-match). */
export function matchTable(vm: LuaVM, { groups, names }: Match): LuaTable {
  const table = vm.newTable();
  groups.forEach((text, group) => {
    table.set(group, text);
  });
  for (const [name, text] of names) table.set(name, text);
  return table;
}
