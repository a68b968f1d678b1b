/** Commands about the log files. */
import type { PaniclogEntry } from '../../logs';
import type { BuiltinCommand, CommandCall } from './command';

/** Entries of one level that the product keeps in memory. */
const KEPT = 10;

export const logCommands: readonly BuiltinCommand[] = [
  {
    name: 'paniclog',
    summary: 'the last entries of the paniclog',
    doc: '4/console-commands/paniclog',
    run({ server }) {
      const entries = lastOfEachLevel(server.logs.paniclog);
      const text = entries.map((entry) => `[${stamp(entry.at)}] [${entry.level}] ${messageOf(entry)}\n`);
      const data = entries.map((entry) => ({ at: entry.at, level: entry.level, message: messageOf(entry) }));
      return { text: text.join(''), data };
    },
  },
  {
    name: 'reopen logs',
    summary: 'closes and opens the log files',
    doc: '4/console-commands/reopen-logs',
    run: reopen,
  },
  {
    name: 'ec_logger reopen logs',
    hasInstance: true,
    summary: 'closes and opens the files of one logger',
    doc: '4/modules/ec-logger',
    run: reopen,
  },
  {
    name: 'bounce_logger reopen logs',
    hasInstance: true,
    summary: 'closes and opens the file of one logger of bounces',
    doc: '4/modules/bounce-logger',
    run: reopen,
  },
  {
    name: 'ec_logger help',
    hasInstance: true,
    summary: 'the commands of a logger',
    doc: '4/modules/ec-logger',
    run: () => ({ text: 'reopen logs\n\tClose and reopen log files\n' }),
  },
];

async function reopen({ host }: CommandCall) {
  await host.reopenLogs();
  return { text: '' };
}

const messageOf = ({ subsystem, message }: PaniclogEntry) => `${subsystem}: ${message}`;

function lastOfEachLevel(entries: readonly PaniclogEntry[]): PaniclogEntry[] {
  const left = new Map<string, number>();
  const kept = [...entries].reverse().filter(({ level }) => {
    const used = left.get(level) ?? 0;
    left.set(level, used + 1);
    return used < KEPT;
  });
  return kept.reverse();
}

/** `Sun 30 Nov 2003 10:31:37` */
function stamp(at: Date): string {
  const [day = '', date, month, year, time] = at.toUTCString().split(' ');
  return `${day.slice(0, -1)} ${date} ${month} ${year} ${time}`;
}
