/** `counter …` (4/console-commands/counter): the counters that scripts use with `msys.counter`. */
import { textOfBytes } from '../../bytes';
import type { Counter } from '../../counters';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError, usageOf } from './dispatch';

const DOC = '4/console-commands/counter';
const HEADER = 'VALUE       RESET_TIME       SEMANTICS COUNTER';

/** `1024   2010-12-02@07:20:58    relaxed  /vendor/sample`, in UTC. */
function row({ value, resetAt, semantics, path }: Counter): string {
  const time = resetAt.toISOString().slice(0, 19).replace('T', '@');
  return `${String(value).padEnd(6)} ${time}   ${` ${semantics}`.padEnd(9)} ${path}`;
}

const facts = ({ path, value, semantics, resetAt }: Counter) => ({ path, value, semantics, resetAt });

function list({ server }: CommandCall): CommandAnswer {
  const counters = [...server.facilities.counters];
  const lines = [HEADER, ...counters.map(row), `${counters.length} counters listed.`];
  return { text: `${lines.join('\n')}\n`, data: { counters: counters.map(facts) } };
}

/** The words of a command that takes a counter's path and, where it does, an amount. */
function pathAnd(count: number, { args }: CommandCall): string[] {
  if (args.length !== count)
    throw new CommandUsageError(`${count === 1 ? 'one argument' : `${count} arguments`} expected`);
  return args.map((arg) => textOfBytes(Buffer.from(arg, 'latin1')));
}

/** Changes a counter, which is made when there is none, as the functions of `msys.counter` do. */
function change(call: CommandCall, path: string, effect: (counter: Counter) => void): CommandAnswer {
  const counter = call.server.facilities.counters.open(path);
  effect(counter);
  return { text: '', data: facts(counter) };
}

export const counterCommands: readonly BuiltinCommand[] = [
  {
    name: 'counter add',
    usage: 'counter_name delta',
    summary: 'adds a number to a counter',
    doc: DOC,
    run(call) {
      const [path, delta] = pathAnd(2, call);
      if (!/^[+-]?\d+$/.test(delta!)) throw new CommandUsageError(`'${delta}' is no whole number`);
      return change(call, path!, (counter) => counter.add(Number(delta)));
    },
  },
  {
    name: 'counter increment',
    usage: 'counter_name',
    summary: 'adds one to a counter',
    doc: DOC,
    run: (call) => change(call, pathAnd(1, call)[0]!, (counter) => counter.add(1)),
  },
  {
    name: 'counter reset',
    usage: 'counter_name',
    summary: 'sets a counter to zero',
    doc: DOC,
    run: (call) => change(call, pathAnd(1, call)[0]!, (counter) => counter.reset()),
  },
  {
    name: 'counter unlink',
    usage: 'counter_name',
    summary: 'deletes a counter',
    doc: DOC,
    run(call) {
      const [path] = pathAnd(1, call);
      if (call.server.facilities.counters.unlink(path!)) return { text: '', data: { path } };
      return { text: `No such counter: ${path}\n`, status: 'FAILED' };
    },
  },
  { name: 'counter list', summary: 'shows all counters', doc: DOC, run: list },
  {
    name: 'counter help',
    summary: 'describes these commands',
    doc: DOC,
    run: () => ({
      text: counterCommands.map((command) => `${usageOf(command)}\n    ${command.summary}\n`).join(''),
    }),
  },
];
