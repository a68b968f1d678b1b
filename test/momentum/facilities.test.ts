import { Momentum } from '../../src';
import '../../src/jest';

const start = (text: string) => Momentum.start({ config: { text: `alerting { }\n${text}` } });

test('the configuration defines thread pools, caches and monitors, also later', async () => {
  const mta = await start('inbound_audit { monitors = ( "60,2" ) } Datasource "db" { cache_size = 7 }');
  expect((await mta.console('cache stat ds_core:db')).data).toMatchObject({ capacity: 7 });
  expect((await mta.console('inbound_audit show ip 192.0.2.1')).lines[0]).toBe('Connections 60/0: 0');
  await mta.console('config set threadpool mine concurrency 3');
  expect((await mta.console('threads stats')).output).toContain('mine thread pool: concurrency 3\n');
});

test('what cannot be taken is told and changes nothing', async () => {
  const mta = await start('inbound_audit { monitors = ( "sixty" ) } ThreadPool "mine" { Concurrency = 2 }');
  expect(mta).toHaveDiagnostic('CONFIG_OPTION');
  await mta.console('config set threadpool mine concurrency many');
  expect((await mta.console('threads stats')).output).toContain('mine thread pool: concurrency 2\n');
});

test('scheduled commands run on the console, as whoever scheduled them', async () => {
  const mta = await start('');
  await mta.console('sched in 5 config set max_retries 2');
  await mta.clock.advance('5s');
  expect((await mta.console('config get max_retries')).output).toBe('Max_Retries = 2\n');
  expect(mta.paniclog.at(-1)?.message).toContain('config set max_retries 2: Max_Retries = 2');
});

test('scripts go through their cache', async () => {
  const source = 'msys.registerControl("hello", function() end)';
  const mta = await Momentum.start({ modules: [{ name: 'mod', source }] });
  expect((await mta.console('cache stat scpt_root')).data).toMatchObject({ entries: 1, hits: 0 });
  await mta.reload();
  expect((await mta.console('cache stat scpt_root')).data).toMatchObject({ entries: 1, hits: 1 });
});
