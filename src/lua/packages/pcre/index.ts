/**
 * The package `pcre`, whose functions `msys.pcre` has, too (4/lua/ref-msys-pcre-match, 4/lua/ref-msys-pcre-replace,
 * 4/lua/ref-msys-pcre-split). The product compiles every pattern as UTF-8.
 */
import {
  argAt,
  badArgument,
  checkString,
  libraryError,
  optInt,
  prepare,
  pushTable,
  pushValue,
} from '../../stdlib/args';
import { callNoYield } from '../../vm/calls';
import { T, TValue, type LuaState } from '../../vm/fengari';
import { hostFunction, LuaRaise, type HostImplementation, type HostResult } from '../../vm/host';
import { isTrue, toText } from '../../vm/operations';
import { typeName } from '../../vm/raise';
import type { LuaVM } from '../../vm/state';
import type { LuaTable } from '../../vm/values';
import { registerLibrary } from '../register';
import { matchTable } from './match-table';
import { match, replace, split, type BadPattern, type Match } from './operations';
import { MatchFailure } from './regex';
import { expandTemplate, parseTemplate } from './template';

const badPattern = ({ message, offset }: BadPattern): HostResult => [undefined, message, offset];
const isBadPattern = (result: object): result is BadPattern => 'offset' in result;

/** How the replacement of a match is found: from a text with references, or by a function. */
function replacementArgument(L: LuaState, vm: LuaVM): (match: Match) => string | undefined {
  const given = argAt(L, 3);
  if ((given.type & 15) === (T.luaFunction & 15))
    return (found) => callReplacement(L, new TValue(given.type, given.value), matchTable(vm, found));
  const template = toText(given);
  if (template === undefined) return badArgument(L, 3, 'expected string/function');
  const parts = parseTemplate(template);
  return (found) => expandTemplate(parts, found);
}

function callReplacement(L: LuaState, f: TValue, argument: LuaTable): string | undefined {
  const func = L.top;
  pushValue(L, f);
  pushTable(L, argument.table);
  callNoYield(L, func, 1);
  L.top = func;
  const value = L.stack[func]!;
  if (!isTrue(value)) return undefined;
  return toText(value) ?? libraryError(L, `invalid replacement value (a ${typeName(value)})`);
}

/** Production answers "no match" when matching fails; here it is an error, as is what harms the server. */
function loudly(implementation: HostImplementation): HostImplementation {
  return (args, call) => {
    try {
      return implementation(args, call);
    } catch (error) {
      if (error instanceof MatchFailure) throw new LuaRaise(`pcre: ${error.message}`);
      throw error;
    }
  };
}

/** By name, as `pcre` and `msys.pcre` have them. */
export const pcreFunctions: Readonly<Record<'match' | 'replace' | 'split', HostImplementation>> = {
  match: loudly((_args, { L, vm }) => {
    const found = match(checkString(L, 1), checkString(L, 2));
    if (!found) return [undefined];
    return isBadPattern(found) ? badPattern(found) : matchTable(vm, found);
  }),

  replace: loudly((_args, { L, vm }) => {
    const [subject, pattern] = [checkString(L, 1), checkString(L, 2)];
    const result = replace(subject, pattern, replacementArgument(L, vm), optInt(L, 4, -1));
    return typeof result === 'string' ? result : badPattern(result);
  }),

  split: loudly((_args, { L, vm }) => {
    const pieces = split(checkString(L, 1), checkString(L, 2), optInt(L, 3, -1));
    if (isBadPattern(pieces)) return badPattern(pieces);
    const table = vm.newTable();
    pieces.forEach((piece, i) => {
      table.set(i + 1, piece);
    });
    return table;
  }),
};

const { match: matchFunction, replace: replaceFunction, split: splitFunction } = pcreFunctions;
const LIBRARY = prepare({
  match: hostFunction(matchFunction),
  replace: hostFunction(replaceFunction),
  split: hostFunction(splitFunction),
});

export function openPcre(L: LuaState): number {
  return pushValue(L, registerLibrary(L, 'pcre', LIBRARY));
}
