import { threadCommands } from '../../../../src/server/console/builtin/threads';
import { BuiltinCommands, runBuiltin } from '../../../../src/server/console/builtin/dispatch';
import type { ConsoleHost } from '../../../../src/server/console/builtin/host';
import { inProcessSession } from '../../../../src/server/console/builtin/session';
import { ServerState } from '../../../../src/server/server';

const state = new ServerState({ now: new Date(0), seed: 1 });

async function run(line: string) {
  const words = line.split(' ');
  const command = new BuiltinCommands(threadCommands).find(words)!;
  const call = { line, xml: false, server: state, host: {} as ConsoleHost, session: inProcessSession() };
  return runBuiltin(command, words, call);
}

test('the layouts of the page', async () => {
  const { threadPools } = state.facilities;
  expect((await run('threads stats')).output).toBe(
    [...threadPools]
      .map(({ name, concurrency }) => `${name} thread pool: concurrency ${concurrency}\n`)
      .join(''),
  );
  for (let i = 0; i < 6; i++) void threadPools.find('cpu')!.submit(() => new Promise(() => undefined));
  await Promise.resolve();
  expect((await run('threads cpu queue')).output).toBe('Jobs in the CPU pool\n2 jobs\n');
  expect((await run('threads io queue')).output).toBe('Jobs in the IO pool\n0 jobs\n');
  const stats = await run('threads stats');
  expect(stats.lines.slice(0, 9)).toEqual([
    'CPU thread pool: concurrency 4',
    '               Total invocations: 6',
    '    Observed average concurrency: 2.50',
    '          Thread pool saturation: 33.33%',
    '   Average wallclock time per op: 0.00ms',
    '            Current thread count: 4',
    '  [inactive threads]',
    '            Current thread count: 0',
    'IO thread pool: concurrency 50',
  ]);
  expect(stats.data).toMatchObject({
    pools: [{ name: 'CPU', concurrency: 4, job_num_queued: 2 }, { name: 'IO' }, {}, {}, {}, {}, {}, {}],
  });
});
