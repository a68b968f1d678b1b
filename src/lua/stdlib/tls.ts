/** `_TLS` and `_OSTLS`: globals that only the `__index` function of `_G`'s metatable knows. */
import { stringValue, T, Table, TValue, type LuaState } from '../vm/fengari';
import { rawSet } from '../vm/tables';
import { checkString, pushNil, pushTable, vmOf } from './args';
import { osThreadOf } from './os-thread';

/** Those of coroutines. */
const ofCoroutines = new WeakMap<LuaState, Table>();

/** That of a session or a thread of the operating system. */
function tableOf(L: LuaState, owner: object): Table {
  const { libraryData } = vmOf(L);
  let table = libraryData.get(owner) as Table | undefined;
  if (!table) libraryData.set(owner, (table = new Table(L)));
  return table;
}

/** That of the session in entries that belong to one; otherwise every coroutine has one of its own. */
function ofThread(L: LuaState): Table {
  const session = L.isEntry ? vmOf(L).options.session?.(L.context) : undefined;
  if (session) return tableOf(L, session);
  let table = ofCoroutines.get(L);
  if (!table) ofCoroutines.set(L, (table = new Table(L)));
  return table;
}

const VARIABLES = new Map<string, (L: LuaState) => Table>([
  ['_TLS', ofThread],
  ['_OSTLS', (L) => tableOf(L, osThreadOf(L))],
]);

const INDEX = new TValue(T.hostFunction, (L: LuaState) => {
  const variable = VARIABLES.get(checkString(L, 2));
  return variable ? pushTable(L, variable(L)) : pushNil(L);
});

export function addThreadStorage(L: LuaState, globals: Table): void {
  const metatable = new Table(L);
  rawSet(L, metatable, stringValue('__index'), INDEX);
  globals.metatable = metatable;
}
