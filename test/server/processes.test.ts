import { Processes, type ProcessesOption } from '../../src/server/processes';
import { UsageError } from '../../src/support/errors';

const clock = { now: () => new Date(0) };

const statusOf = (processes: Processes, command: string) =>
  processes.run(command, 'os.execute').answer?.status;

it('answers exact commands and patterns, what was said last first', () => {
  const processes = new Processes(clock, { ls: { status: 1 } });
  processes.on(/^rm /g, { status: 2 });
  const last = processes.on('rm -r', (command) => ({ status: command.length }));
  const commands = ['ls', 'ls -l', 'rm x', 'rm y', 'rm -r'];
  expect(commands.map((command) => statusOf(processes, command))).toEqual([1, undefined, 2, 2, 5]);
  expect(last.calls).toMatchObject([{ command: 'rm -r', status: 5 }]);
  last.restore();
  last.restore();
  expect(statusOf(processes, 'rm -r')).toBe(2);
  expect(processes.calls).toHaveLength(6);
});

it('gives output as bytes, and records what comes in', () => {
  const processes = new Processes(clock);
  const { calls } = processes.on('cat', { stdout: 'ä' });
  const { answer, input } = processes.run('cat', 'io.popen');
  expect(answer).toEqual({ status: 0, stdout: Buffer.from([0xc3, 0xa4]) });
  input(Buffer.from('one'));
  input(Buffer.from('two'));
  expect(calls).toEqual([
    { command: 'cat', caller: 'io.popen', status: 0, input: Buffer.from('onetwo'), at: new Date(0) },
  ]);
});

test.each<[unknown, string]>([
  [null, 'option processes: an object'],
  [['ls'], 'option processes: an object'],
  [{ ls: 0 }, "the answer to the command 'ls': { status, stdout } expected"],
  [{ ls: { status: 256 } }, 'status is an integer from 0 to 255'],
  [{ ls: { status: 0.5 } }, 'status is an integer from 0 to 255'],
  [{ ls: { stdout: 5 } }, 'stdout is text or a Buffer'],
  [{ ls: { output: '' } }, "unknown member 'output'"],
])('the option %j', (option, message) => {
  const make = () => new Processes(clock, option as ProcessesOption);
  expect(make).toThrow(UsageError);
  expect(make).toThrow(message);
});

test('a pattern is text or a RegExp', () => {
  expect(() => new Processes(clock).on(5 as unknown as string)).toThrow('a command or a RegExp expected');
});
