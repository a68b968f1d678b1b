/** Parameters of queries as scripts give them, and rows as scripts get them (4/lua/ref-msys-db-query). */
import { LuaTable, toDisplay, type HostCall, type LuaValue, type LuaVM } from '../lua';
import type { Parameters, ParameterValue, Row } from '../server/datasources/data-source';
import { misuse } from './misuse';
import type { Runtime } from './runtime';

/** Numbers as keys are positions, strings are names. */
export function parametersOf(runtime: Runtime, table: LuaValue, call: HostCall): Parameters {
  const positional = new Map<number, ParameterValue>();
  const named = new Map<string, ParameterValue>();
  if (!(table instanceof LuaTable)) return { positional, named };
  for (const [key, given] of table.entries()) {
    if (given === undefined) continue;
    const value = parameterOf(runtime, key, given, call);
    if (typeof key === 'string') named.set(key, value);
    else if (Number.isInteger(key) && Number(key) > 0) positional.set(Number(key), value);
    else
      misuse(
        runtime,
        'BAD_ARGUMENT',
        `query parameter [${String(key)}]: a name or a position from 1 expected`,
        call,
      );
  }
  return { positional, named };
}

/** SQL's truth values are C's. */
function parameterOf(runtime: Runtime, key: LuaValue, value: LuaValue, call: HostCall): string | number {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const kind =
    value instanceof LuaTable ? 'a table' : typeof value === 'number' ? String(value) : 'no plain value';
  const name = typeof key === 'string' ? toDisplay(key) : `[${String(key)}]`;
  return misuse(
    runtime,
    'BAD_ARGUMENT',
    `query parameter ${name} is ${kind}: a string, a number, a boolean or nil expected`,
    call,
  );
}

/** Several values of a column are a table from 1. */
export function rowTable(vm: LuaVM, row: Row): LuaTable {
  const table = vm.newTable();
  for (const [key, value] of row) {
    if (typeof value === 'string' || typeof value === 'number') table.set(key, value);
    else {
      const values = vm.newTable();
      for (const [i, item] of value.entries()) values.set(i + 1, item);
      table.set(key, values);
    }
  }
  return table;
}
