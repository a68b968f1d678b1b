/** `binding summary` (4/console-commands/binding-summary). */
import type { Binding } from '../../bindings';
import { outboundConcurrency, queueSizes } from '../../summary';
import type { ServerState } from '../../server';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { expectWords } from './filters';
import { facts, number, texts } from './layout';
import { sumOf } from './sums';

interface BindingMetrics {
  readonly connections: number;
  readonly active: number;
  readonly total: number;
  readonly resident: number;
  readonly delivered: number;
  readonly failed: number;
  readonly received: number;
}

const NO_METRICS: BindingMetrics = {
  connections: 0,
  active: 0,
  total: 0,
  resident: 0,
  delivered: 0,
  failed: 0,
  received: 0,
};

const GROUP = 'group:';
const STARS = '*'.repeat(44);

function metricsOf(server: ServerState, binding: string): BindingMetrics {
  const { active, total, resident } = queueSizes(server, binding);
  const { delivered, failed, received } = server.delivery.statistics.byBinding.of(binding);
  const connections = outboundConcurrency(server, binding);
  return { connections, active, total, resident, delivered, failed, received };
}

/** `residents`: what the messages in memory are called. */
function block({ delivery }: ServerState, title: string, metrics: BindingMetrics, residents: string): string {
  const { statistics } = delivery;
  const rate = (count: number) => `${number(statistics.rate(count), 6, 2)} messages/second`;
  return `Summary Statistics For ${title}\n${facts([
    ['Open Connections', number(metrics.connections, 7)],
    ['Active Queue Size', number(metrics.active, 6)],
    ['Total Queue Size', number(metrics.total, 6)],
    ['Successfully Delivered Messages', number(metrics.delivered, 6)],
    ['Failed Messages', number(metrics.failed, 6)],
    ['Received Messages', number(metrics.received, 6)],
    [residents, number(metrics.resident, 6)],
    ['Delivery Rate', rate(metrics.delivered + metrics.failed)],
    ['Reception Rate', rate(metrics.received)],
    ['Uptime', `${number(Math.floor(statistics.uptime), 6)} seconds`],
  ])}`;
}

function bindingsSummary(server: ServerState, bindings: readonly Binding[]): CommandAnswer {
  const rows = bindings.map(({ name, group }) => ({ binding: name, group, ...metricsOf(server, name) }));
  const blocks = rows.map((row) => block(server, `Binding ${row.binding}`, row, 'Resident Messages'));
  return { text: blocks.join(''), data: { bindings: rows } };
}

/** The bindings of the group, and then their sum. */
function groupSummary(server: ServerState, group: string): CommandAnswer {
  const rows = server.delivery.bindings
    .members(group)
    .map(({ name }) => ({ binding: name, group, ...metricsOf(server, name) }));
  if (rows.length === 0) throw new CommandUsageError(`Unknown binding group: ${group}`);
  const total = sumOf(rows, NO_METRICS);
  const blocks = rows.map((row) =>
    block(server, `Binding ${row.binding} in Binding Group ${group}`, row, 'Resident Messages'),
  );
  const last = block(server, `Binding Group ${group}`, total, 'Incore Messages');
  return { text: `${blocks.join('')}\n${STARS}\n${last}`, data: { bindings: rows, total } };
}

function bindingSummary({ server, args }: CommandCall): CommandAnswer {
  const { bindings } = server.delivery;
  const [name] = texts(args);
  expectWords(args, 0, 1);
  if (name === undefined) return bindingsSummary(server, [...bindings]);
  if (name.startsWith(GROUP)) return groupSummary(server, name.slice(GROUP.length));
  const binding = bindings.get(name) ?? (/^\d+$/.test(name) ? bindings.bySlot(Number(name)) : undefined);
  if (!binding) throw new CommandUsageError(`Unknown binding: ${name}`);
  return bindingsSummary(server, [binding]);
}

export const bindingSummaryCommand: BuiltinCommand = {
  name: 'binding summary',
  usage: '[binding_name | binding_slot | group:binding_group]',
  summary: 'show binding statistics',
  doc: '4/console-commands/binding-summary',
  run: bindingSummary,
};
