/** `delay` (4/console-commands/delay). */
import type { MessageFilter } from '../../delivery/filter';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { bindingOf, CLAUSE_USAGE, CLAUSES, ONE_CLAUSE, readOptions, wholeNumber } from './filters';
import { texts } from './layout';

const NEEDS_SELECTOR = 'At least one of --domain, --binding, --meta and --header is needed';

function readFilter({ server }: CommandCall, words: readonly string[]): MessageFilter {
  const parts: MessageFilter[] = [];
  const selector = (values: 1 | 2, partOf: (first: string, second: string) => MessageFilter) => ({
    values,
    read: (first: string, second: string) => void parts.push(partOf(first, second)),
  });
  readOptions(words, {
    '--domain': selector(1, (domain) => ({ domain })),
    '--binding': selector(1, (binding) => ({ binding: bindingOf(server, binding) })),
    ...Object.fromEntries(
      Object.entries(CLAUSES).map(([option, clauseOf]) => [option, selector(2, clauseOf)]),
    ),
  });
  const names = parts.flatMap((part) => Object.keys(part));
  if (names.length === 0) throw new CommandUsageError(NEEDS_SELECTOR);
  if (names.filter((name) => name === 'meta' || name === 'header').length > 1)
    throw new CommandUsageError(ONE_CLAUSE);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new CommandUsageError(`--${twice} is given twice`);
  return Object.assign({}, ...parts) as MessageFilter;
}

function delay(call: CommandCall): CommandAnswer {
  const [seconds, ...words] = texts(call.args);
  if (seconds === undefined) throw new CommandUsageError('A number of seconds expected');
  const wait = wholeNumber(seconds, 'seconds', 1);
  const filter = readFilter(call, words);
  const { operations } = call.server.delivery;
  const { domain, binding } = filter;
  if (domain !== undefined && operations.select({ domain, binding }, ['active']).length === 0)
    return { text: `No messages for ${domain} found.\n`, data: { messagesDelayed: 0 } };
  const messages = operations.delay(wait, filter);
  return {
    text: `Delayed ${messages.length} messages.\n`,
    data: { messagesDelayed: messages.length },
  };
}

export const delayCommand: BuiltinCommand = {
  name: 'delay',
  usage: `seconds [--domain name] [--binding name] [${CLAUSE_USAGE}]`,
  summary: 'defer active-queue messages into the delayed queue',
  doc: '4/console-commands/delay',
  run: delay,
};
