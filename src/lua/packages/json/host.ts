/** Json objects for the host: what a function of the server takes and gives. */
import { LuaRaise } from '../../vm/host';
import type { LuaVM } from '../../vm/state';
import { LuaUserdata, type LuaValue } from '../../vm/values';
import { jsonObject } from './object';
import { printJson, TooDeep } from './print';
import { JsonStop, parseJson } from './tokener';
import { jsonOf, RELEASED } from './userdata';

/** The json object of a text that a zero byte ends, as C's strings do; undefined when it is not JSON. */
export function readJson(vm: LuaVM, text: string): LuaUserdata | undefined {
  const parsed = parseJson(`${text}\0`);
  if (parsed instanceof JsonStop || !parsed.value) return undefined;
  return new LuaUserdata(jsonObject(vm.main, parsed.value));
}

/** The text of a json object (bytes), undefined for every other value. Throws LuaRaise where there is no text. */
export function writeJson(value: LuaValue): string | undefined {
  const json = value instanceof LuaUserdata ? jsonOf(value.slot) : undefined;
  if (!json) return undefined;
  if (json.references < 1) throw new LuaRaise(RELEASED);
  try {
    return printJson(json);
  } catch (error) {
    throw error instanceof TooDeep ? new LuaRaise(error.message) : error;
  }
}
