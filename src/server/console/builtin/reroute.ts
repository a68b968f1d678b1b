/** `reroute queue` (4/console-commands/reroute-queue). */
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { dryRun } from './dry-run';
import { asUsage, CLAUSE_USAGE, expectWords, leadingClause, unlessAll, withoutDryRun } from './filters';
import { texts } from './layout';

const NAME = 'reroute queue';

function reroute({ server, args }: CommandCall): CommandAnswer {
  const { isDryRun, words } = withoutDryRun(texts(args));
  const { clause, rest } = leadingClause(words);
  expectWords(rest, 2);
  const [from, to] = rest as [string, string];
  const filter = { ...clause, domain: unlessAll(from) };
  const messages = asUsage(() => server.delivery.operations.reroute(filter, to, isDryRun));
  if (isDryRun) return dryRun(NAME, `${from} -> ${to}`, 'moved', messages);
  return {
    text: `Moved ${messages.length} messages from '${from}' to '${to}'\n`,
    data: { messagesRerouted: messages.length },
  };
}

export const rerouteCommand: BuiltinCommand = {
  name: NAME,
  usage: `[--dry-run] [${CLAUSE_USAGE}] {domain_name1 | all} domain_name2`,
  summary: 'move messages from queues of one domain to queues of the other',
  doc: '4/console-commands/reroute-queue',
  run: reroute,
};
