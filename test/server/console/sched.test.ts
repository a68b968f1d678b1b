import { ConsoleResult } from '../../../src/server/console/result';
import { inProcessSession } from '../../../src/server/console/builtin/session';
import { builtinConsole, disabled, START } from './support';

const NOW = START.getTime() / 1000;

/** A console that runs its jobs on itself. */
function start() {
  const mta = builtinConsole({ config: 'Hostname = "mx.example.com"' });
  const ran: { command: string; user: string | undefined; at: number }[] = [];
  const onError = jest.fn();
  mta.server.schedule.console = {
    run(command, user) {
      ran.push({ command, user, at: mta.server.clock.seconds() - NOW });
      return mta.run(command);
    },
    onError,
  };
  const panics = () => mta.server.logs.paniclog.map(({ level, text }) => `${level} ${text}`);
  return { ...mta, ran, onError, panics };
}

test('in, at and every on the virtual clock', async () => {
  const { run, ran, server } = start();
  await run(`sched at ${NOW + 20} counter add at 1`);
  await run('sched in 10 counter add in 1');
  await run('sched every 15 counter increment every');
  await server.clock.advance('9s');
  expect(ran).toEqual([]);
  await server.clock.advance('21s');
  expect(ran.map(({ command, at }) => [at, command])).toEqual([
    [10, 'counter add in 1'],
    [15, 'counter increment every'],
    [20, 'counter add at 1'],
    [30, 'counter increment every'],
  ]);
  expect([...server.facilities.counters].map(({ path, value }) => [path, value])).toEqual([
    ['at', 1],
    ['every', 2],
    ['in', 1],
  ]);
  expect(server.schedule.jobs).toHaveLength(1);
});

test('sched list: next first, tabs between the columns', async () => {
  const { run } = start();
  expect((await run('sched list')).output).toBe('JOB ID        \t    NEXT RUN TIME\tREC\tCOMMAND\n');
  const added = await run('sched every 60 config set message_expiration 300');
  expect([added.output, added.data]).toEqual([
    '',
    {
      id: 'mx.example.com-000000001',
      nextRunTime: NOW + 60,
      recurrent: true,
      command: 'config set message_expiration 300',
    },
  ]);
  await run('sched in 5 flush domain "é  b"');
  const result = await run('sched list');
  expect(result.output).toBe(
    'JOB ID        \t    NEXT RUN TIME\tREC\tCOMMAND\n' +
      `mx.example.com-000000002\t${NOW + 5}\t  \tflush domain "é  b"\n` +
      `mx.example.com-000000001\t${NOW + 60}\t y\tconfig set message_expiration 300\n`,
  );
  expect(result.data).toMatchObject({ jobs: [{ recurrent: false }, { recurrent: true }] });
});

test('sched delete', async () => {
  const { run, ran, server } = start();
  await run('sched every 5 version');
  await run('sched in 5 pid');
  expect((await run('sched delete mx.example.com-000000001')).status).toBe('COMPLETED');
  await server.clock.runAll();
  expect(ran.map(({ command }) => command)).toEqual(['pid']);
  const again = await run('sched delete mx.example.com-000000001');
  expect(again.status).toBe('FAILED');
  expect(again.output).toContain("There is no job 'mx.example.com-000000001'.");
});

test('a job runs as the user who scheduled it', async () => {
  const { run, ran, server } = start();
  await run('sched in 0 version', { ...inProcessSession(), user: 'tom' });
  await server.clock.advance(0);
  expect(ran).toEqual([{ command: 'version', user: 'tom', at: 0 }]);
});

test('the answer goes into the paniclog; a failed one is an error there', async () => {
  const { run, server, panics } = start();
  await run('sched in 1 pid');
  await run('sched in 2 no such');
  await run('sched in 3 counter add a 1');
  await server.clock.runAll();
  expect(panics()).toEqual([
    `info ${NOW + 1}:sched: mx.example.com-000000001: pid: 1`,
    `error ${NOW + 2}:sched: mx.example.com-000000002: no such: Unknown command: no such`,
  ]);
});

test('an instant that is past is due at once; runs that the clock jumped over are not made up for', async () => {
  const { run, ran, server } = start();
  await run('sched at 1 pid');
  await run('sched every 60 version');
  server.clock.set(new Date(START.getTime() + 3_600_000));
  await server.clock.advance('60s');
  expect(ran.map(({ command, at }) => [at, command])).toEqual([
    [3600, 'pid'],
    [3600, 'version'],
    [3660, 'version'],
  ]);
});

test('a job that waits for virtual time does not hold the clock', async () => {
  const { run, server } = start();
  let isDone = false;
  server.schedule.console!.run = async () => {
    await new Promise((resolve) =>
      server.clock.schedule(server.clock.millis() + 5000, 'slow', () => resolve(0)),
    );
    isDone = true;
    return new ConsoleResult('');
  };
  await run('sched in 1 slow');
  await server.clock.advance('10s');
  expect(isDone).toBe(true);
});

test('errors of the console itself: of the advance in time, otherwise to whom it may concern', async () => {
  const { run, server, onError } = start();
  const error = new Error('down');
  server.schedule.console!.run = () => Promise.reject(error);
  await run('sched in 1 x');
  await expect(server.clock.advance('1s')).rejects.toBe(error);
  server.schedule.console!.run = async () => {
    await new Promise((resolve) =>
      server.clock.schedule(server.clock.millis() + 5000, 'slow', () => resolve(0)),
    );
    throw error;
  };
  await run('sched in 1 x');
  await server.clock.advance('10s');
  expect(onError).toHaveBeenCalledWith(error);
});

test('without a console a job that is due fails loudly', async () => {
  const { run, server } = builtinConsole();
  await run('sched in 1 version');
  await expect(server.clock.advance('1s')).rejects.toThrow('no console runs the job localhost-000000001');
});

test.each([
  ['in', 'A whole number of seconds expected'],
  ['in x version', 'A whole number of seconds expected'],
  ['in -1 version', 'A whole number of seconds expected'],
  ['in 1.5 version', 'A whole number of seconds expected'],
  ['at 5', 'A command expected'],
  ['every 0 version', '0 is no time to run at'],
  ['at 99999999999999999999 version', 'is no time to run at'],
  ['every 8640000000000 version', 'is no time to run at'],
  ['delete', 'One job id expected'],
  ['delete a b', 'One job id expected'],
])('sched %s fails', async (args, message) => {
  const { run, server } = start();
  const result = await run(`sched ${args}`);
  expect(result.status).toBe('FAILED');
  expect(result.output).toContain(message);
  expect(server.schedule.jobs).toEqual([]);
});

test('a configuration that disables the module has no such commands', async () => {
  const result = await builtinConsole({ modules: [disabled('sched')] }).run('sched list');
  expect(result.output).toContain('Unknown command: sched list');
});
