/** Arguments that several commands take, and how wrong ones are refused. */
import { UsageError } from '../../../support/errors';
import type { MessageFilter } from '../../delivery/filter';
import type { ServerState } from '../../server';
import { CommandUsageError } from './dispatch';

/** What stands for all domains, or all bindings, where a command says so. */
export const ALL = 'all';

/** The clauses `--meta key value` and `--header name line` (4/console-commands/fail-domain-quiet). */
export type Clause = Pick<MessageFilter, 'meta' | 'header'>;

const CLAUSES: Readonly<Record<string, (first: string, second: string) => Clause>> = {
  '--meta': (key, value) => ({ meta: { key, value } }),
  '--header': (name, line) => ({ header: { name, line } }),
};

/** Usage of a clause. */
export const CLAUSE_USAGE = '[--meta key value | --header header_name header_line]';

export interface Preview {
  readonly isDryRun: boolean;
  readonly words: readonly string[];
}

/** Takes `--dry-run` out of the words, wherever it stands. */
export function withoutDryRun(words: readonly string[]): Preview {
  const others = words.filter((word) => word !== '--dry-run');
  return { isDryRun: others.length < words.length, words: others };
}

/** Takes the clause at the beginning of the words, at most one. */
export function leadingClause(words: readonly string[]): { clause: Clause; rest: readonly string[] } {
  const [option = '', ...others] = words;
  if (!Object.hasOwn(CLAUSES, option)) return { clause: {}, rest: words };
  const { values, rest } = optionValues(option, others, 2);
  if (Object.hasOwn(CLAUSES, rest[0] ?? ''))
    throw new CommandUsageError('Only one of --meta and --header can be given');
  return { clause: CLAUSES[option]!(values[0]!, values[1]!), rest };
}

/** The values that follow an option. */
export function optionValues(option: string, words: readonly string[], count: 1 | 2) {
  if (words.length < count)
    throw new CommandUsageError(`${option} takes ${count === 1 ? 'a value' : 'two values'}`);
  return { values: words.slice(0, count), rest: words.slice(count) };
}

/** The name of a binding that there is. */
export function bindingOf({ delivery }: ServerState, name: string): string {
  if (delivery.bindings.get(name)) return name;
  throw new CommandUsageError(`Unknown binding: ${name}`);
}

/** The filter of a binding's or domain's name where `all` stands for every one. */
export function unlessAll<Member extends 'domain' | 'binding'>(
  member: Member,
  name: string,
): Pick<MessageFilter, Member> {
  return name === ALL ? {} : ({ [member]: name } as Pick<MessageFilter, Member>);
}

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
