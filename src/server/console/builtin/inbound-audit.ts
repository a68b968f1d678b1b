/** `inbound_audit …`: what senders did, and the audit series that scripts defined (4/modules/inbound-audit). */
import { AUDITED, type Audited } from '../../audit-inbound';
import { SeriesError, type AuditSeries } from '../../audit-series';
import { displayed } from '../../dns/names';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { commandsOfModule } from './module-commands';

const DOC = '4/modules/inbound-audit';

interface Command extends Pick<BuiltinCommand, 'usage' | 'summary' | 'run'> {
  /** What `inbound_audit help` says, where that is more than the summary. */
  readonly help?: string;
}

/** In the order of `inbound_audit help`. */
const COMMANDS: Readonly<Record<string, Command>> = {
  'show ip': {
    usage: '<ip[/mask]>',
    summary: 'Display verbose statistics for the specified ip or cidr block',
    run: showIp,
  },
  delete_ip: {
    usage: '<ip> <series> <parameters>',
    summary: 'Delete an IP from a defined named series',
    run: deleteIp,
  },
  count_cidr: {
    usage: '<ip[/mask]> <series> <parameters> <period_start> <period_end>',
    summary: 'Count a CIDR in a named series',
    run: countCidr,
  },
  add: {
    usage: '<series> <parameters> <ip> <increment>',
    summary: 'Add a value to a CIDR in a named series',
    run: (call) => add(call, 1),
  },
  subtract: {
    usage: '<series> <parameters> <ip> <decrement>',
    summary: 'Subtract a value from a CIDR in a named series',
    run: (call) => add(call, -1),
  },
  'show all': { summary: 'Display verbose statistics for all domains as a CSV list', run: showAll },
  load: {
    usage: '<series> <filename>',
    summary: 'Load a series from a file',
    help: `Load a series from a file.  The filename can be omitted if
    the file has the same name as the series`,
    run: load,
  },
};

export const inboundAuditCommands: readonly BuiltinCommand[] = commandsOfModule('inbound_audit', [
  ...Object.entries(COMMANDS).map(([words, { usage, summary, run }]): BuiltinCommand => ({
    name: `inbound_audit ${words}`,
    usage,
    summary,
    doc: DOC,
    run: (call) => refusing(() => run(call)),
  })),
  { name: 'inbound_audit help', summary: 'Show the available commands', doc: DOC, run: help },
]);

function help(): CommandAnswer {
  const lines = Object.entries(COMMANDS).flatMap(([words, { usage, summary, help: text = summary }]) => [
    usage === undefined ? words : `${words} ${usage}`,
    `    ${text}`,
  ]);
  return { text: `${lines.join('\n')}\n` };
}

/** What a series does not take was typed wrongly. */
function refusing<R>(work: () => R): R {
  try {
    return work();
  } catch (error) {
    throw error instanceof SeriesError ? new CommandUsageError(displayed(error.message)) : error;
  }
}

/** The words of a command that takes that many. */
function words({ args }: CommandCall, count: number): string[] {
  if (args.length !== count) throw new CommandUsageError(`Number of arguments expected: ${count}`);
  return [...args];
}

/** A series of addresses by its name and its parameters `interval,windows`. */
function seriesOf({ server }: CommandCall, name: string, parameters: string): AuditSeries {
  const series = server.facilities.auditSeries.get(name);
  if (!series) throw new CommandUsageError(`There is no audit series '${displayed(name)}'.`);
  const { type, interval, windows } = series.shape;
  if (type === 'string')
    throw new CommandUsageError(`The audit series '${displayed(name)}' has strings, not addresses.`);
  if (parameters !== `${interval},${windows}`)
    throw new CommandUsageError(
      `The parameters of the audit series '${displayed(name)}' are ${interval},${windows}.`,
    );
  return series;
}

function wholeNumber(word: string): number {
  if (/^-?\d{1,15}$/.test(word)) return Number(word);
  throw new CommandUsageError(`'${displayed(word)}' is no whole number`);
}

function add(call: CommandCall, sign: 1 | -1): CommandAnswer {
  const [name, parameters, ip, amount] = words(call, 4);
  const series = seriesOf(call, name!, parameters!);
  series.add(ip!, sign * wholeNumber(amount!));
  return { text: '', data: { series: displayed(name!), ip, count: series.count(ip!, 0, 0) } };
}

function deleteIp(call: CommandCall): CommandAnswer {
  const [ip, name, parameters] = words(call, 3);
  seriesOf(call, name!, parameters!).remove(ip!);
  return { text: '' };
}

function countCidr(call: CommandCall): CommandAnswer {
  const [cidr, name, parameters, from, to] = words(call, 5);
  const series = seriesOf(call, name!, parameters!);
  const count = series.count(cidr!, wholeNumber(from!), wholeNumber(to!));
  return { text: `${count}\n`, data: { series: displayed(name!), cidr, count } };
}

interface Cell {
  readonly what: Audited;
  readonly monitor: string;
  readonly interval: number;
  readonly window: number;
}

/** Each window of each monitor, for all that is audited. */
function cellsOf({ server }: CommandCall): Cell[] {
  const { monitors } = server.facilities.inboundAudit;
  if (monitors.length === 0)
    throw new CommandUsageError(
      'The configuration has no monitors: inbound_audit { monitors = ( "300,6" ) }.',
    );
  return AUDITED.flatMap((what) =>
    monitors.flatMap(({ name, interval, windows }) =>
      Array.from({ length: windows }, (_, window) => ({ what, monitor: name, interval, window })),
    ),
  );
}

/** `Connections 1800/0` */
const title = ({ what, interval, window }: Cell) =>
  `${what.charAt(0).toUpperCase()}${what.slice(1)} ${interval}/${window}`;

function counts(call: CommandCall, cells: readonly Cell[], cidr: string): number[] {
  const { inboundAudit } = call.server.facilities;
  return cells.map(({ monitor, what, window }) => inboundAudit.count(monitor, what, cidr, window, window));
}

function showIp(call: CommandCall): CommandAnswer {
  const [cidr] = words(call, 1);
  const cells = cellsOf(call);
  const found = counts(call, cells, cidr!);
  const text = cells.map((cell, i) => `${title(cell)}: ${found[i]}\n`).join('');
  return {
    text,
    data: { cidr, counts: Object.fromEntries(cells.map((cell, i) => [title(cell), found[i]])) },
  };
}

function showAll(call: CommandCall): CommandAnswer {
  words(call, 0);
  const cells = cellsOf(call);
  const senders = call.server.facilities.inboundAudit.senders
    .map((ip) => ({ ip, counts: counts(call, cells, ip) }))
    .filter(({ counts: found }) => found.some((count) => count !== 0));
  const header = ['IP', ...cells.map(title)].join(',');
  const rows = senders.map(({ ip, counts: found }) => [ip, ...found].join(','));
  return { text: [header, ...rows, ''].join('\n'), data: { columns: cells.map(title), senders } };
}

function load({ args, line }: CommandCall): CommandAnswer {
  if (args.length < 1 || args.length > 2) throw new CommandUsageError('A series and a file name expected');
  return {
    text: `'${displayed(line)}' is not simulated: the format of the files is not documented. See ${DOC} in the product's documentation.\n`,
    status: 'FAILED',
  };
}
