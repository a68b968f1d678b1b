/** Commands that list domains by the length of their queues, and `domain all`. */
import type { ServerState } from '../../server';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { domainsByName, figuresOf, NO_FIGURES } from './domain-figures';
import { bindingOf, expectWords, wholeNumber } from './filters';
import { domainRow, texts, totalsRow } from './layout';
import { sumOf } from './sums';

type Queue = 'active' | 'delayed';

/** `Total:` ends where the names of the domains above it do. */
const TOTAL = `${'Total:'.padStart(38)}  `;

/** By name, as all documented samples are. */
function figures(server: ServerState, binding?: string) {
  return domainsByName(server).map((record) => ({
    domain: record.name,
    ...figuresOf(server, record, binding),
  }));
}

/** Domains whose queue is longer than the threshold; the totals are those of all domains. */
function longQueues(server: ServerState, queue: Queue, threshold: string, binding?: string): CommandAnswer {
  const least = wholeNumber(threshold, 'threshold', 0);
  const all = figures(server, binding);
  const listed = all.filter((row) => row[queue] > least);
  const totals = sumOf(all, NO_FIGURES);
  const rows = listed.map((row) => domainRow(row.domain, row));
  return { text: `${rows.join('')}${totalsRow(TOTAL, totals)}`, data: { domains: listed, totals } };
}

const exceeding = (queue: Queue): BuiltinCommand => ({
  name: queue,
  usage: 'threshold',
  summary: `show domains with ${queue} queue size bigger than threshold`,
  doc: `4/console-commands/${queue}`,
  run({ server, args }) {
    expectWords(args, 1);
    return longQueues(server, queue, args[0]!);
  },
});

const exceedingOnBinding = (queue: Queue): BuiltinCommand => ({
  name: `binding ${queue}`,
  usage: 'binding_name threshold',
  summary: `show domains with ${queue} queue size bigger than threshold on a specified binding`,
  doc: `4/console-commands/binding-${queue}`,
  run({ server, args }) {
    expectWords(args, 2);
    const [name, threshold] = texts(args);
    return longQueues(server, queue, threshold!, bindingOf(server, name!));
  },
});

function allDomains({ server, args }: CommandCall): CommandAnswer {
  expectWords(args, 0);
  const domains = figures(server);
  const totals = sumOf(domains, NO_FIGURES);
  const rows = domains.map((row) => domainRow(row.domain, row));
  return {
    text: `Domain summary:\n${rows.join('')}${totalsRow('Totals: ', totals)}`,
    data: { domains, totals },
  };
}

const domainAll = (name: string): BuiltinCommand => ({
  name,
  summary: 'show statistics for all domains',
  doc: '4/console-commands/domain-all',
  run: allDomains,
});

export const domainListCommands: readonly BuiltinCommand[] = [
  exceeding('active'),
  exceeding('delayed'),
  exceedingOnBinding('active'),
  exceedingOnBinding('delayed'),
  domainAll('domain all'),
  domainAll('domains'),
];
