/** Raw access to tables and metatables. */
import {
  hashOf,
  ltable,
  nilValue,
  T,
  textOf,
  TValue,
  type LuaState,
  type Table,
  type TableEntry,
  type TString,
} from './fengari';
import { allocate, COST } from './budget';
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
  const hash = tableKey(key);
  const entry = table.strong.get(hash);
  if (value.type === T.nil) {
    if (entry) ltable.luaH_setfrom(L, table, key, value);
    else checkKey(L, key, hash);
  } else if (entry) {
    entry.value.type = value.type;
    entry.value.value = value.value;
  } else {
    addNew(L, table, hash, key, value);
  }
}

function addNew(L: LuaState, table: Table, hash: unknown, key: TValue, value: TValue): void {
  checkKey(L, key, hash);
  allocate(L, COST.entry);
  addEntry(table, hash, key, value);
}

function checkKey(L: LuaState, key: TValue, hash: unknown): void {
  if (hash === undefined) runError(L, `table index is ${key.type === T.nil ? 'nil' : 'NaN'}`);
}

/**
 * Stores the values of a constructor from index `first` on. As in the product, a traversal meets them before
 * what the constructor stored under other keys.
 */
export function rawSetList(L: LuaState, table: Table, first: number, values: readonly TValue[]): void {
  allocate(L, COST.entry * values.length);
  let after = first === 1 ? null : (table.strong.get(first - 1) ?? table.l ?? null);
  values.forEach((value, i) => {
    const at = first + i;
    const key = new TValue(T.number, at);
    if (value.type === T.nil || table.strong.has(at)) rawSet(L, table, key, value);
    else after = addEntry(table, at, key, value, after);
  });
  table.arraySize = Math.max(table.arraySize, first - 1 + values.length);
}

/**
 * Adds copies of a key and a value under the key's `tableKey`, which is not in the table yet: at the end, after
 * another entry or (null) at the start.
 */
export function addEntry(
  table: Table,
  hash: unknown,
  key: TValue,
  value: TValue,
  after: TableEntry | null = table.l ?? null,
): TableEntry {
  // No traversal that is under way may go on after this, so that its removed keys can be forgotten.
  if (table.dead_strong.size > 0) table.dead_strong.clear();
  table.dead_weak = undefined;
  const previous = after ?? undefined;
  const next = previous ? previous.n : table.f;
  // The key 0 has one form.
  const held = key.value === 0 ? 0 : (key.value as unknown);
  const entry: TableEntry = {
    key: new TValue(key.type, held),
    value: new TValue(value.type, value.value),
    p: previous,
    n: next,
  };
  if (previous) previous.n = entry;
  else table.f = entry;
  if (next) next.p = entry;
  else table.l = entry;
  table.strong.set(hash, entry);
  return entry;
}

/** Calls `visit` for the key and the value of each entry, and answers how many there are. */
export function eachEntry(table: Table, visit: (key: TValue, value: TValue) => void): number {
  for (let entry = table.f; entry; entry = entry.n) visit(entry.key, entry.value);
  return table.strong.size;
}
