/** `mailq` (4/console-commands/4-mailq). */
import { domainKey } from '../../domain-name';
import { DEFAULT_LIMIT, queueSummary, type QueueSummaryRow } from '../../queue-summary';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { bindingOf, readOptions, wholeNumber } from './filters';
import { number, texts } from './layout';

/** The columns but the first, which is at the left. */
const columns = (domain: string, active: string, delayed: string) =>
  `${domain.padStart(30)}${active.padStart(8)}${delayed.padStart(8)}`;

const row = (binding: string, others: string) => `${binding.padEnd(27)} ${others}\n`;

const HEADER = row('Group/Binding', columns('Domain', 'AQ', 'DQ'));

/** A longer name of a group and binding takes from the blanks before the domain. */
function rowOf({ group, binding, domain, aq, dq }: QueueSummaryRow): string {
  const name = `${group}/${binding}`;
  const others = columns(domain, number(aq, 0), number(dq, 0));
  const surplus = Math.min(Math.max(name.length - 27, 0), others.length - others.trimStart().length);
  return row(name, others.slice(surplus));
}

function readFilter({ server, args }: CommandCall) {
  const domains: string[] = [];
  const bindings: string[] = [];
  let limit = DEFAULT_LIMIT;
  const option = (read: (value: string) => void) => ({ values: 1 as const, read });
  const domain = option((name) => void domains.push(domainKey(name)));
  const binding = option((name) => void bindings.push(bindingOf(server, name)));
  const most = option((value) => void (limit = wholeNumber(value, 'limit', 1)));
  readOptions(texts(args), {
    ...{ '--domain': domain, '-d': domain },
    ...{ '--binding': binding, '-b': binding },
    ...{ '--limit': most, '-l': most },
  });
  return { domains, bindings, limit };
}

function mailq(call: CommandCall): CommandAnswer {
  const rows = queueSummary(call.server, readFilter(call));
  const text = [HEADER, `${'-'.repeat(HEADER.length - 1)}\n`, ...rows.map(rowOf)].join('');
  return { text, data: { QueueSummary: rows } };
}

export const mailqCommand: BuiltinCommand = {
  name: 'mailq',
  usage: '[--domain | -d domain_name ...] [--binding | -b binding_name ...] [--limit | -l number]',
  summary: 'show the status of the mail queues',
  doc: '4/console-commands/4-mailq',
  run: mailq,
};
