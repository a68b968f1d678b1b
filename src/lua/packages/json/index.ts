/** The package `json`: json-c for scripts (4/lua/ref-json-decode and its neighbours). */
import {
  argAt,
  argCount,
  checkInteger,
  checkString,
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
import { codeOf, describeCode, ERROR_CONSTANTS } from './errors';
import { JsonStop, parseJson } from './tokener';
import { jsonObject } from './object';
import { checkJson } from './userdata';
import { JsonObject } from './value';

/** A json object for the text; nil, code and message where there is none, which a lone `null` is taken for. */
function decode(L: LuaState): number {
  const parsed = parseJson(checkString(L, 1));
  if (!(parsed instanceof JsonStop) && parsed.value) return pushValue(L, jsonObject(L, parsed.value));
  const stop = parsed instanceof JsonStop ? parsed : new JsonStop(codeOf('SUCCESS'), parsed.offset);
  pushNil(L);
  pushNumber(L, stop.code);
  return 2 + pushText(L, stop.message);
}

function encode(L: LuaState): number {
  const json = argCount(L) === 0 ? new JsonObject() : toJson(L, argAt(L, 1), argCount(L));
  return pushValue(L, jsonObject(L, json));
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

export function openJson(L: LuaState): number {
  return pushValue(L, registerLibrary(L, 'json', LIBRARY));
}
