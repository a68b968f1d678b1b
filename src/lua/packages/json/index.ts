/** The package `json`: json-c for scripts (4/lua/ref-json-decode and its neighbours). */
import {
  argAt,
  argCount,
  checkInteger,
  checkString,
  fill,
  prepare,
  pushBoolean,
  pushNil,
  pushNumber,
  pushText,
  pushValue,
} from '../../stdlib/args';
import type { LuaState } from '../../vm/fengari';
import { registerLibrary } from '../register';
import { toJson } from './convert';
import { describeCode, ERROR_CONSTANTS } from './errors';
import { metamethods } from './metamethods';
import { JsonStop, parseJson } from './tokener';
import { checkJson, createUserdata, jsonMetatable } from './userdata';
import { JsonObject } from './value';

/** A json object for the text; nil, code and message where there is none, which a lone `null` is taken for. */
function decode(L: LuaState): number {
  const parsed = parseJson(checkString(L, 1));
  if (!(parsed instanceof JsonStop) && parsed.value) return pushValue(L, createUserdata(L, parsed.value));
  const code = parsed instanceof JsonStop ? parsed.code : 0;
  pushNil(L);
  pushNumber(L, code);
  return 2 + pushText(L, `${describeCode(code)} at offset ${parsed.offset}`);
}

function encode(L: LuaState): number {
  const json = argCount(L) === 0 ? new JsonObject() : toJson(L, argAt(L, 1), argCount(L));
  return pushValue(L, createUserdata(L, json));
}

function free(L: LuaState): number {
  checkJson(L, 1).references--;
  return 0;
}

function addref(L: LuaState): number {
  checkJson(L, 1).references++;
  return pushBoolean(L, true);
}

const LIBRARY = prepare({
  decode,
  encode,
  new: encode,
  free,
  addref,
  strerror: (L: LuaState) => pushText(L, describeCode(checkInteger(L, 1))),
  ...ERROR_CONSTANTS,
});
const METAMETHODS = prepare(metamethods);

export function openJson(L: LuaState): number {
  giveMetamethods(L);
  return pushValue(L, registerLibrary(L, 'json', LIBRARY));
}

/** Json objects come to scripts that never required the package, too. */
export function giveMetamethods(L: LuaState): void {
  const metatable = jsonMetatable(L);
  if (metatable.strong.size === 0) fill(metatable, METAMETHODS);
}
