/** `_TLS` and `_OSTLS`: globals that only the `__index` function of `_G`'s metatable knows. */
import { stringValue, T, Table, TValue, type LuaState } from '../vm/fengari';
import { rawSet } from '../vm/tables';
import { checkString, pushNil, pushTable, vmOf } from './args';
import { osThreadOf } from './os-thread';

/** Every coroutine has one of its own. */
const ofThreads = new WeakMap<LuaState, Table>();

function ofOsThread(L: LuaState): Table {
  const { libraryData } = vmOf(L);
  const thread = osThreadOf(L);
  let table = libraryData.get(thread) as Table | undefined;
  if (!table) libraryData.set(thread, (table = new Table(L)));
  return table;
}

function ofThread(L: LuaState): Table {
  let table = ofThreads.get(L);
  if (!table) ofThreads.set(L, (table = new Table(L)));
  return table;
}

const VARIABLES = new Map<string, (L: LuaState) => Table>([
  ['_TLS', ofThread],
  ['_OSTLS', ofOsThread],
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
