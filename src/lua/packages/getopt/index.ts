/**
 * The package `msys.getopt`. The product has one, for the words of console commands (4/lua/ref-msys-register-control),
 * and documents nothing but its name: this interface is the simulator's own. A file `msys/getopt.lua` among the search
 * roots takes its place.
 *
 *     local getopt = require("msys.getopt")
 *     local options, state = getopt(cc.argv, cc.argc, "vl:", { limit = "l", domain = true, quiet = false })
 *     for option, argument in options do … end
 *     -- state.optind is the index of the first operand
 *
 * `getopt(argv [, argc], letters [, names])`: argv is a command's `cc.argv`, or a table of words whose options begin at
 * 1; argc counts element 0, and is left out only of a table. Letters are POSIX's (`l:` takes an argument, `l::` an
 * optional attached one), names are true (takes an argument), false, or the letter they stand for, and may be shortened.
 * The iterator stops at the first word that is no option, and after `--`. A wrong option is `?` with a sentence as its
 * argument (a missing argument is `:` when the letters begin with a colon), and `state.optopt` is what was given.
 * `state.optind` may be set before the loop, to begin behind a prefix of several words.
 */
import {
  argAt,
  badArgument,
  checkString,
  libraryError,
  pushValue,
  spend,
  T,
  TValue,
  wrongType,
} from '../../stdlib/args';
import type { LuaState } from '../../vm/fengari';
import { hostFunction, type HostImplementation, type HostResult } from '../../vm/host';
import { index, toText } from '../../vm/operations';
import { typeName } from '../../vm/raise';
import { LuaTable, type LuaValue } from '../../vm/values';
import { BadOptions, longOption, parseLetters, type Option, type OptionSet } from './options';
import { OptionScan, type Words } from './scan';

/** The stack's slot itself is used again when the call is over. */
function valueAt(L: LuaState, at: number): TValue {
  const given = argAt(L, at);
  return new TValue(given.type, given.value);
}

const elementOf = (L: LuaState, argv: TValue, at: number): TValue => index(L, argv, new TValue(T.number, at));

/** A table's elements from 1 to the first nil, and element 0. */
function countOf(L: LuaState, argv: TValue): number {
  let count = 1;
  while (elementOf(L, argv, count).type !== T.nil) {
    spend(L);
    count++;
  }
  return count;
}

function readOptions(L: LuaState, at: number, names: LuaValue): OptionSet {
  try {
    const { letters, tellsMissing } = parseLetters(checkString(L, at));
    return { letters, tellsMissing, names: readNames(L, at + 1, names, letters) };
  } catch (error) {
    if (!(error instanceof BadOptions)) throw error;
    return badArgument(L, error.argument === 'letters' ? at : at + 1, error.message);
  }
}

function readNames(
  L: LuaState,
  at: number,
  names: LuaValue,
  letters: OptionSet['letters'],
): Map<string, Option> {
  if (names === undefined) return new Map();
  if (!(names instanceof LuaTable)) return wrongType(L, at, 'table');
  const options = new Map<string, Option>();
  for (const [key, meaning] of names.entries()) {
    if (typeof key !== 'string') throw new BadOptions('names', 'a name is a string');
    options.set(key, longOption(key, meaning, letters));
  }
  return options;
}

/** The words as the running function sees them; the position is the script's to read and set. */
function wordsOf(L: LuaState, argv: TValue, count: number, state: LuaTable): Words {
  return {
    count,
    at(at) {
      const element = elementOf(L, argv, at);
      return (
        toText(element) ??
        libraryError(L, `getopt: argv[${at}] is a ${typeName(element)} value, not a string`)
      );
    },
    get position() {
      const optind = state.get('optind');
      return typeof optind === 'number' ? optind : libraryError(L, "getopt: 'optind' is not a number");
    },
    set position(at) {
      state.set('optind', at);
    },
  };
}

const getopt: HostImplementation = (args, { L, vm }) => {
  const argv = valueAt(L, 1);
  const [, argc] = args;
  const isTable = args[0] instanceof LuaTable;
  if (!isTable && typeName(argv) !== 'userdata') return wrongType(L, 1, 'cc.argv or table');
  if (!isTable && typeof argc !== 'number') return badArgument(L, 2, 'cc.argc expected');
  const at = typeof argc === 'number' ? 3 : 2;
  const options = readOptions(L, at, args[at]);
  const count = typeof argc === 'number' ? argc : countOf(L, argv);
  const state = vm.newTable();
  state.set('optind', 1);
  const scan = new OptionScan(options);
  const next: HostImplementation = (_args, call): HostResult => {
    const found = scan.next(wordsOf(call.L, argv, count, state));
    state.set('optopt', found?.wrong);
    return found ? [found.name, found.argument] : [undefined];
  };
  return [vm.hostFunction(next), state];
};

const GETOPT = new TValue(T.hostFunction, hostFunction(getopt));

export function openGetopt(L: LuaState): number {
  return pushValue(L, GETOPT);
}
