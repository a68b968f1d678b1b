/** `sched …`: console commands that run later (4/modules/sched). */
import { displayed } from '../../dns/names';
import { LATEST_SECONDS, type Job } from '../../schedule';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { commandsOfModule } from './module-commands';

const DOC = '4/modules/sched';

/** When a job runs, by what `seconds` says; undefined when it cannot. */
type Timing = (seconds: number, now: number) => { readonly at: number; readonly every?: number } | undefined;

const at: Timing = (seconds) => ({ at: seconds });
const after: Timing = (seconds, now) => ({ at: now + seconds });
const every: Timing = (seconds, now) => (seconds > 0 ? { at: now + seconds, every: seconds } : undefined);

const adding = (word: string, summary: string, timing: Timing): BuiltinCommand => ({
  name: `sched ${word}`,
  usage: 'seconds command',
  summary,
  doc: DOC,
  run: (call) => add(call, timing),
});

export const schedCommands: readonly BuiltinCommand[] = commandsOfModule('sched', [
  adding('at', 'runs a command at a time, in seconds since 1970', at),
  adding('in', 'runs a command in a number of seconds', after),
  adding('every', 'runs a command again and again, each time after a number of seconds', every),
  { name: 'sched list', summary: 'lists the scheduled jobs', doc: DOC, run: list },
  { name: 'sched delete', usage: 'id', summary: 'deletes a scheduled job', doc: DOC, run: remove },
]);

function add({ server, host, session, args, line }: CommandCall, timing: Timing): CommandAnswer {
  const [seconds = '', ...words] = args;
  if (!/^\d+$/.test(seconds)) throw new CommandUsageError('A whole number of seconds expected');
  if (words.length === 0) throw new CommandUsageError('A command expected');
  const time = timing(Number(seconds), server.clock.seconds());
  if (!time || time.at > LATEST_SECONDS) throw new CommandUsageError(`${seconds} is no time to run at`);
  const job = server.schedule.add({
    ...time,
    // As it was typed, with its quotes.
    command: line.replace(/^\s*\S+\s+\S+\s+\S+\s+/, ''),
    hostname: host.config.running.get([], 'hostname')?.text ?? 'localhost',
    user: session.user,
  });
  return { text: '', data: facts(job) };
}

const facts = ({ id, at: next, every: seconds, command }: Job) => ({
  id,
  nextRunTime: next,
  recurrent: seconds !== undefined,
  command: displayed(command),
});

const HEADER = 'JOB ID        \t    NEXT RUN TIME\tREC\tCOMMAND';

function list({ server }: CommandCall): CommandAnswer {
  const jobs = server.schedule.jobs.map(facts);
  const rows = jobs.map(
    ({ id, nextRunTime, recurrent, command }) =>
      `${id}\t${nextRunTime}\t ${recurrent ? 'y' : ' '}\t${command}`,
  );
  return { text: [HEADER, ...rows, ''].join('\n'), data: { jobs } };
}

function remove({ server, args }: CommandCall): CommandAnswer {
  const [id, ...more] = args.map(displayed);
  if (id === undefined || more.length > 0) throw new CommandUsageError('One job id expected');
  if (!server.schedule.delete(id)) throw new CommandUsageError(`There is no job '${id}'.`);
  return { text: '', data: { id } };
}
