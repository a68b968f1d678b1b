/** Arguments that several commands take, and how wrong ones are refused. */
import { UsageError } from '../../../support/errors';
import type { MessageFilter } from '../../delivery/filter';
import type { ServerState } from '../../server';
import { CommandUsageError } from './dispatch';

/** What stands for all domains, or all bindings, where a command says so. */
export const ALL = 'all';

/** The clauses `--meta key value` and `--header name line` (4/console-commands/fail-domain-quiet). */
export type Clause = Pick<MessageFilter, 'meta' | 'header'>;

export const CLAUSES: Readonly<Record<string, (first: string, second: string) => Clause>> = {
  '--meta': (key, value) => ({ meta: { key, value } }),
  '--header': (name, line) => ({ header: { name, line } }),
};

/** Usage of a clause. */
export const CLAUSE_USAGE = '--meta key value | --header header_name header_line';

export const ONE_CLAUSE = 'Only one of --meta and --header can be given';

/** Takes `--dry-run` out of the words, wherever it stands. */
export function withoutDryRun(words: readonly string[]): { isDryRun: boolean; words: readonly string[] } {
  const others = words.filter((word) => word !== '--dry-run');
  return { isDryRun: others.length < words.length, words: others };
}

/** Takes the clause at the beginning of the words, at most one. */
export function leadingClause(words: readonly string[]): { clause: Clause; rest: readonly string[] } {
  const [option = ''] = words;
  if (!Object.hasOwn(CLAUSES, option)) return { clause: {}, rest: words };
  const [first, second, ...rest] = valuesAfter(words, 2);
  if (Object.hasOwn(CLAUSES, rest[0] ?? '')) throw new CommandUsageError(ONE_CLAUSE);
  return { clause: CLAUSES[option]!(first!, second!), rest };
}

export interface OptionReader {
  /** How many values follow the option. */
  readonly values: 1 | 2;
  readonly read: (first: string, second: string) => void;
}

/** Reads options with their values, in whatever order. */
export function readOptions(words: readonly string[], readers: Readonly<Record<string, OptionReader>>): void {
  let rest = words;
  while (rest.length > 0) {
    const [option = ''] = rest;
    if (!Object.hasOwn(readers, option)) throw new CommandUsageError(`Unexpected argument: ${option}`);
    const { values, read } = readers[option]!;
    const following = valuesAfter(rest, values);
    read(following[0]!, following[1]!);
    rest = following.slice(values);
  }
}

/** The words after an option that needs so many of them. */
function valuesAfter([option, ...others]: readonly string[], count: 1 | 2): readonly string[] {
  if (others.length >= count) return others;
  throw new CommandUsageError(`${option} takes ${count === 1 ? 'a value' : 'two values'}`);
}

/** The name of a binding that there is. */
export function bindingOf({ delivery }: ServerState, name: string): string {
  if (delivery.bindings.get(name)) return name;
  throw new CommandUsageError(`Unknown binding: ${name}`);
}

/** The name of a binding or domain for a filter; undefined for all of them. */
export const unlessAll = (name: string): string | undefined => (name === ALL ? undefined : name);

/** Throws CommandUsageError unless so many words are given. */
export function expectWords(words: readonly string[], least: number, most = least): void {
  if (words.length < least) throw new CommandUsageError('Too few arguments');
  if (words.length > most) throw new CommandUsageError(`Unexpected argument: ${words[most]}`);
}

/** A number that is written in digits, from `least` on. */
export function wholeNumber(word: string, what: string, least: number): number {
  const number = Number(word);
  if (/^\d+$/.test(word) && Number.isSafeInteger(number) && number >= least) return number;
  throw new CommandUsageError(`${what}: a whole number from ${least} expected, not '${word}'`);
}

/** Answers a domain that cannot be one as wrong usage. */
export function asUsage<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw error instanceof UsageError ? new CommandUsageError(error.message) : error;
  }
}
