import { Configuration } from '../../../src/server/config/configuration';
import type { ConfigChangeKind } from '../../../src/server/config/manager';
import { inProcessSession } from '../../../src/server/console/builtin/session';
import { ConfigError } from '../../../src/support/errors';
import { memoryFiles, testConsole } from './support';

const MAIN = '/conf/ecelerity.conf';

function running(files: Record<string, string>, environment = {}) {
  const memory = memoryFiles(files);
  return { ...testConsole({ files: memory, file: MAIN }, environment), files: memory.all };
}

test('a set outside of a transaction is one of its own', async () => {
  const applied: [ConfigChangeKind, string | undefined][] = [];
  const { manager, run } = testConsole('max_retries = 1', {
    apply: (next: Configuration, kind: ConfigChangeKind) => {
      applied.push([kind, next.get([], 'max_retries')?.text]);
      return Promise.resolve({ ok: true });
    },
  });
  expect((await run('config set max_retries 5')).output).toBe('Max_Retries = 5\n');
  expect(manager.running.get([], 'max_retries')?.number()).toBe(5);
  expect(applied).toEqual([['set', '5']]);
});

test('a configuration that cannot be applied changes nothing', async () => {
  const apply = () => Promise.resolve({ ok: false as const, error: new Error('no generation') });
  const { manager, run } = running({ [MAIN]: 'x = 1' }, { apply });
  const before = manager.running;
  expect(await run('config set x 2')).toMatchObject({ status: 'FAILED', output: 'no generation\n' });
  expect(await run('config reload')).toMatchObject({
    status: 'FAILED',
    output: 'Reconfigure failed\n',
  });
  await run('config begin');
  await run('config set x 3');
  expect(await run('config commit')).toMatchObject({ status: 'FAILED', output: 'no generation\n' });
  expect((await run('config replay')).output).toBe('config set x 3\n');
  expect(manager.running).toBe(before);
});

test('transactions are isolated, and the first to commit wins', async () => {
  const { manager, run } = testConsole('x = 1');
  const [one, two] = [inProcessSession(), inProcessSession()];
  await run('config begin', one);
  await run('config begin', two);
  await run('config set x 2', one);
  await run('config set x 3', two);
  await run('config set t i y 4', two);
  await run('config unset t i y', two);
  const values = await Promise.all(
    [one, two, inProcessSession()].map((session) => run('config get x', session)),
  );
  expect(values.map(String)).toEqual(['x = 2\n', 'x = 3\n', 'x = 1\n']);
  expect((await run('config commit', one)).status).toBe('COMPLETED');
  expect(await run('config commit', two)).toMatchObject({
    status: 'FAILED',
    output: 'Commit failed: the configuration has been changed since the transaction was started.\n',
  });
  expect((await run('config replay', two)).lines).toEqual([
    'config set x 3',
    'config set t i y 4',
    'config unset t i y',
  ]);
  expect((await run('config rollback', two)).status).toBe('COMPLETED');
  expect(manager.running.get([], 'x')?.text).toBe('2');
  expect(String(await run('config get x', two))).toBe('x = 2\n');
});

test('a transaction from scratch begins with the implicit settings', async () => {
  const { manager, run } = testConsole('x = 1 blackhole = 1');
  await run('config begin from scratch');
  const { output } = await run('config showrecurse');
  expect(output).toContain('ThreadPool "IO" {\n  Concurrency = 50\n}\n');
  expect(output).toContain('TimestampFormat = "[%a %d %b %Y %H:%M:%S] "\n');
  expect(output).not.toContain('Blackhole');
  expect(await run('config unset threadpool IO concurrency')).toMatchObject({ status: 'FAILED' });
  await run('config set threadpool IO concurrency 60');
  await run('config commit');
  expect(manager.running.get([['ThreadPool', 'IO']], 'Concurrency')?.number()).toBe(60);
  expect(manager.running.get([], 'x')).toBeUndefined();
});

test.each([
  ['config commit', 'No transaction has been started.'],
  ['config rollback', 'No transaction has been started.'],
  ['config replay', 'No transaction has been started.'],
  ['config begin from', 'Usage: config begin [from scratch]'],
  ['config commit now', 'Usage: config commit'],
  ['config get', 'Usage: config get [scope …] option'],
])('%s outside of a transaction', async (line, text) => {
  expect(await testConsole('').run(line)).toMatchObject({ status: 'FAILED', output: `${text}\n` });
});

test('reload reads the files anew, drops live changes, and not within a transaction', async () => {
  const { manager, run, files } = running({ [MAIN]: 'x = 1', '/conf/other.conf': 'x = other' });
  await run('config set x 2');
  files.set(MAIN, 'x = 3');
  expect(await run('config reload')).toMatchObject({
    status: 'COMPLETED',
    output: 'Reconfigure complete.\n',
  });
  expect(manager.running.get([], 'x')?.text).toBe('3');
  await run('config reload /conf/other.conf');
  expect(manager.running.get([], 'x')?.text).toBe('other');
  await run('config begin');
  expect(await run('config reload')).toMatchObject({
    status: 'FAILED',
    output: 'A transaction has been started: commit it or roll it back before a reload.\n',
  });
});

test('a broken file leaves the running configuration as it is', async () => {
  const failures: string[] = [];
  const reloadFailed = ({ message }: Error) => void failures.push(message);
  const { manager, run, files } = running({ [MAIN]: 'x = 1' }, { reloadFailed });
  await run('config set x 2');
  files.set(MAIN, 'x = {');
  expect(await run('config reload')).toMatchObject({ status: 'FAILED', output: 'Reconfigure failed\n' });
  expect(failures).toEqual([expect.stringContaining(`${MAIN}:1:1: this is never closed: '}' is missing`)]);
  expect(manager.running.get([], 'x')?.text).toBe('2');
  files.delete(MAIN);
  expect((await run('config reload')).output).toBe('Reconfigure failed\n');
  expect(failures[1]).toContain('Unable to open the configuration file');
});

test('hooks: who may write, and what is told about a set', async () => {
  const calls: string[] = [];
  const { manager, run } = testConsole('x = 1', {
    allowWrite: (command) => {
      calls.push(`allow ${command}`);
      return Promise.resolve(!command.includes('forbidden'));
    },
    beforeSet: ({ option }) => {
      calls.push(`before ${option}`);
      return Promise.resolve(option === 'elsewhere');
    },
    afterSet: ({ option }) => {
      calls.push(`after ${option} ${manager.running.get([], option)!.text}`);
      return Promise.resolve();
    },
  });
  expect((await run('config set x 2')).status).toBe('COMPLETED');
  expect((await run('config set elsewhere 2')).status).toBe('COMPLETED');
  expect(await run('config set forbidden 2')).toMatchObject({
    status: 'FAILED',
    output: 'The configuration is not writable.\n',
  });
  await run('config get x');
  expect(manager.running.get([], 'elsewhere')).toBeUndefined();
  expect(manager.running.get([], 'forbidden')).toBeUndefined();
  expect(calls).toEqual([
    'allow config set x 2',
    'before x',
    'after x 2',
    'allow config set elsewhere 2',
    'before elsewhere',
    'allow config set forbidden 2',
  ]);
});

test('a change from within a change is refused instead of waiting for itself', async () => {
  let inner: unknown;
  const { words } = testConsole('x = 1', {
    apply: async () => {
      inner = await words('set', 'x', '3');
      return { ok: true };
    },
  });
  await words('set', 'x', '2');
  expect(inner).toMatchObject({ ok: false, text: 'The configuration is being changed already.' });
});

test('changes that are asked for at once happen one after the other', async () => {
  const seen: (string | undefined)[] = [];
  const { manager, run } = testConsole('', {
    apply: async (next: Configuration) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push([next.get([], 'a')?.text, next.get([], 'b')?.text].join());
      return { ok: true };
    },
  });
  await Promise.all([run('config set a 1'), run('config set b 2')]);
  expect(seen).toEqual(['1,', '1,2']);
  expect(manager.running.get([], 'b')?.text).toBe('2');
});

test('problems are reported when they are new; a report that is an error refuses the configuration', async () => {
  const reports: string[] = [];
  const report = (problem: { message: string }) => reports.push(problem.message) > 2;
  const { manager, run } = testConsole('blackhol = 1', { report });
  await run('config set max_retries 3');
  expect(reports).toHaveLength(1);
  await run('config set max_retrys 3');
  expect(reports).toEqual([
    expect.stringContaining('blackhol = 1'),
    expect.stringContaining('max_retrys = 3'),
  ]);
  expect((await run('config set relay_host 3')).status).toBe('FAILED');
  expect(manager.running.get([], 'relay_host')).toBeUndefined();
});

test('a live change of an option that is not dynamic is reported', async () => {
  const reports: string[] = [];
  const { run } = testConsole('', { report: ({ message }) => reports.push(message) > 9 });
  await run('config set spoolbase /var/spool/other');
  expect(reports).toEqual([
    'Spoolbase was set in a running server, which keeps the old value until it is restarted.',
  ]);
});

test('prepare adds to every configuration that is read', async () => {
  const prepare = (configuration: Configuration) =>
    configuration.set(['scriptlet', ['script', 'mine']], 'source', 'mine');
  const { manager, run } = running({ [MAIN]: 'x = 1' }, { prepare });
  const source = () => manager.running.get(['scriptlet', ['script', 'mine']], 'source')?.text;
  expect(source()).toBe('mine');
  await run('config reload');
  expect(source()).toBe('mine');
});

test('nothing is running before the first load', () => {
  const { manager } = testConsole('');
  const fresh = new (manager.constructor as new (environment: unknown) => typeof manager)({});
  expect(() => fresh.running).toThrow(ConfigError);
});
