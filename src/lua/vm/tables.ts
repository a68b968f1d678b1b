/** Raw access to tables and metatables. */
import { hashOf, ltable, nilValue, T, textOf, type LuaState, type Table, type TString, type TValue } from './fengari';
import { runError } from './raise';

export function metatableOf(L: LuaState, value: TValue): Table | null {
  if (value.type === T.table || value.type === T.userdata) return value.value.metatable as Table | null;
  return L.l_G.mt[value.type & 15] ?? null;
}

/** The metamethod kept under `event` (a table key such as `hashOf('__add')`), or undefined. */
export function metamethod(L: LuaState, value: TValue, event: string): TValue | undefined {
  return metatableOf(L, value)?.strong.get(event)?.value;
}

/** The key a table keeps `key` under; undefined for nil and NaN. */
export function tableKey(key: TValue): unknown {
  switch (key.type) {
    case T.string:
      return (key.value as TString).hash ?? hashOf(textOf(key.value as TString));
    case T.number:
      return key.value === key.value ? key.value : undefined;
    case T.nil:
      return undefined;
    default:
      return key.value;
  }
}

export function rawGet(table: Table, key: TValue): TValue {
  return table.strong.get(tableKey(key))?.value ?? nilValue;
}

export function rawSet(L: LuaState, table: Table, key: TValue, value: TValue): void {
  const entry = value.type === T.nil ? undefined : table.strong.get(tableKey(key));
  if (entry) {
    entry.value.type = value.type;
    entry.value.value = value.value;
  } else {
    if (tableKey(key) === undefined) runError(L, `table index is ${key.type === T.nil ? 'nil' : 'NaN'}`);
    ltable.luaH_setfrom(L, table, key, value);
  }
}
