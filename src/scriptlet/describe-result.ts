import { LuaFunction, LuaTable, toDisplay, type LuaValue } from '../lua';

/** What a script returned, for a message. */
export function describeResult(result: LuaValue): string {
  if (result === undefined) return 'nothing';
  if (typeof result !== 'object') return toDisplay(String(result));
  if (result instanceof LuaTable) return 'a table';
  return result instanceof LuaFunction ? 'a function' : 'userdata';
}
