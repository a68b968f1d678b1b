/** What scripts' authentication functions answer, read as the server needs it. */
import { definitionOf, LuaFunction, LuaTable, toDisplay, type LuaValue } from '../lua';
import type { AuthStatus } from '../server/auth/scheme';
import { coreConstant } from './constants';
import type { Runtime } from './runtime';

const STATUSES: readonly (readonly [status: AuthStatus, constant: string])[] = [
  ['ok', 'EC_AUTH_OK'],
  ['fail', 'EC_AUTH_FAIL'],
  ['error', 'EC_AUTH_ERROR'],
];

const statusOf = (runtime: Runtime, value: LuaValue): AuthStatus | undefined =>
  STATUSES.find(([, constant]) => value === coreConstant(runtime, constant))?.[0];

/** A function of a script, and how messages call it. */
export interface Asked {
  readonly f: LuaFunction;
  readonly name: string;
}

/** The status that a script answered; anything else is AUTH_RESULT, and an error. */
export function readStatus(runtime: Runtime, value: LuaValue, asked: Asked): AuthStatus {
  const expected = 'msys.core.EC_AUTH_OK, EC_AUTH_FAIL or EC_AUTH_ERROR';
  return statusOf(runtime, value) ?? wrongResult(runtime, asked, describe(value), expected);
}

/** The group names that a script answered, or why there are none. */
export function readGroups(
  runtime: Runtime,
  value: LuaValue,
  asked: Asked,
): readonly string[] | 'fail' | 'error' {
  const expected = 'a table of group names, msys.core.EC_AUTH_FAIL or EC_AUTH_ERROR';
  if (value instanceof LuaTable) {
    const names = Array.from({ length: value.length }, (_, i) => value.get(i + 1));
    if (names.every((name) => typeof name === 'string')) return names;
    return wrongResult(runtime, asked, 'a table with something other than strings in it', expected);
  }
  const status = statusOf(runtime, value);
  return status === 'fail' || status === 'error'
    ? status
    : wrongResult(runtime, asked, describe(value), expected);
}

function wrongResult({ server }: Runtime, { f, name }: Asked, returned: string, expected: string): 'error' {
  const place = definitionOf(f.slot);
  const message = `${name} returned ${returned}; it has to return ${expected}. What production makes of anything else is not documented; here the check has failed.`;
  server.report('AUTH_RESULT', message, place ? [place] : []);
  return 'error';
}

function describe(value: LuaValue): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object') return value instanceof LuaFunction ? 'a function' : 'an object';
  return `the ${typeof value} ${toDisplay(String(value))}`;
}
