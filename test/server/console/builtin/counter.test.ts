import { counterCommands } from '../../../../src/server/console/builtin/counter';
import { BuiltinCommands, runBuiltin } from '../../../../src/server/console/builtin/dispatch';
import type { ConsoleHost } from '../../../../src/server/console/builtin/host';
import { inProcessSession } from '../../../../src/server/console/builtin/session';
import { ServerState } from '../../../../src/server/server';

const server = () => new ServerState({ now: new Date('2010-12-02T07:20:58Z'), seed: 1 });

function run(state: ServerState, line: string) {
  const words = line.split(' ');
  const command = new BuiltinCommands(counterCommands).find(words)!;
  const call = { line, xml: false, server: state, host: {} as ConsoleHost, session: inProcessSession() };
  return runBuiltin(command, words, call);
}

test('counter list: the layout of the page', async () => {
  const state = server();
  state.facilities.counters.open('/vendor/sample', 'relaxed').add(1024);
  state.facilities.counters.open('/site/a').add(-5);
  const result = await run(state, 'counter list');
  expect(result.lines).toEqual([
    'VALUE       RESET_TIME       SEMANTICS COUNTER',
    '-5     2010-12-02@07:20:58    strict   /site/a',
    '1024   2010-12-02@07:20:58    relaxed  /vendor/sample',
    '2 counters listed.',
  ]);
  expect(result.data).toMatchObject({ counters: [{ path: '/site/a', value: -5 }, { semantics: 'relaxed' }] });
});

test('without counters', async () => {
  expect((await run(server(), 'counter list')).lines[1]).toBe('0 counters listed.');
});

test('add, increment, reset and unlink do what the functions of Lua do', async () => {
  const state = server();
  const value = () => state.facilities.counters.find('/vendor/sample')?.value;
  await run(state, 'counter add /vendor/sample 1024');
  await run(state, 'counter increment /vendor/sample');
  expect(value()).toBe(1025);
  await state.clock.advance('1h');
  await run(state, 'counter reset /vendor/sample');
  expect(value()).toBe(0);
  expect(state.facilities.counters.find('/vendor/sample')!.resetAt).toEqual(state.clock.now());
  expect((await run(state, 'counter unlink /vendor/sample')).status).toBe('COMPLETED');
  expect(value()).toBeUndefined();
});

test.each([
  ['counter unlink /none', 'No such counter: /none'],
  ['counter add /x', '2 arguments expected'],
  ['counter add /x one', "'one' is no whole number"],
  ['counter increment', 'one argument expected'],
  ['counter reset /a /b', 'one argument expected'],
])('%s fails', async (line, text) => {
  const result = await run(server(), line);
  expect(result).toMatchObject({ status: 'FAILED', output: expect.stringContaining(text) });
});

test('counter help describes each command', async () => {
  const { output } = await run(server(), 'counter help');
  for (const { name } of counterCommands) expect(output).toContain(name);
});
