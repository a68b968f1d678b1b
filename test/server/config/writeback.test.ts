import { memoryFiles, testConsole } from './support';

const MAIN = '/conf/ecelerity.conf';

/** Runs commands and a writeback; answers its output, the files, and whether they say what was running. */
async function writeback(
  texts: Record<string, string>,
  commands: readonly string[],
  line = 'config writeback',
) {
  const files = memoryFiles(texts);
  const { manager, run } = testConsole({ files, file: MAIN });
  for (const command of commands) expect((await run(command)).status).toBe('COMPLETED');
  const before = String(await run('config showrecurse'));
  const { status, output } = await run(line);
  const second = await run('config writeback');
  await run('config reload');
  const sorted = (text: string) => text.split('\n').sort();
  const survives = sorted(String(await run('config showrecurse'))).join() === sorted(before).join();
  return { status, output, files: Object.fromEntries(files.all), survives, second: second.output, manager };
}

test('a value is replaced where it stands, comments and all', async () => {
  const text = '# mine\nmax_retries = 3 # three\ndomain a.test {\n  relay_hosts = ( 10.0.0.1 )\n}\n';
  const { output, files, survives, second } = await writeback({ [MAIN]: text }, [
    'config set max_retries 4',
    'config set domain a.test relay_hosts = ( 10.0.0.2 10.0.0.3 )',
  ]);
  expect(output).toBe(`Configuration written to ${MAIN}.\n`);
  expect(files[MAIN]).toBe(
    '# mine\nmax_retries = 4 # three\ndomain a.test {\n  relay_hosts = (\n  10.0.0.2\n  10.0.0.3\n)\n}\n',
  );
  expect([survives, second]).toEqual([true, '']);
});

test('a new option goes into its stanza, a new stanza to the end; what is unset is taken away', async () => {
  const text = 'x = 1\ny = 1\nx = 2\nbinding "b" { a = 1 }\nbinding "c" { a = 1 }';
  const { files, survives } = await writeback({ [MAIN]: text }, [
    'config unset x',
    'config unset binding c',
    'config set binding b z 2',
    'config set binding b domain n.test q 3',
    'config set binding d w 4',
  ]);
  expect(survives).toBe(true);
  expect(files[MAIN]).toContain('binding "b" { a = 1 \n  z = 2\n}');
  expect(files[MAIN]).not.toContain('x =');
  expect(files[MAIN]).not.toContain('"c"');
});

test('included files take their own changes, read-only ones none', async () => {
  const texts = {
    [MAIN]: 'include "own.conf"\nreadonly_include "ro.conf"\nLocal_Changes_File = "local.conf"\n',
    '/conf/own.conf': 'max_retries = 1\n',
    '/conf/ro.conf': 'retry_interval = 60\nbinding "b" { suspend_delivery = 0 }\n',
  };
  const { output, files, survives } = await writeback(texts, [
    'config set max_retries 2',
    'config set retry_interval 120',
    'config set binding b suspend_delivery 1',
    'config set binding b blackhole 1',
  ]);
  expect(output).toBe(
    'Configuration written to /conf/own.conf.\nConfiguration written to /conf/local.conf.\n',
  );
  expect(files).toEqual({
    ...texts,
    '/conf/own.conf': 'max_retries = 2\n',
    '/conf/local.conf': 'Retry_Interval = 120\nBinding "b" {\n  Suspend_Delivery = 1\n  Blackhole = 1\n}\n',
  });
  expect(survives).toBe(true);
});

test('Local_Changes_Only: all of it goes there', async () => {
  const texts = {
    [MAIN]: 'Local_Changes_File = "/conf/local.conf"\nLocal_Changes_Only = true\nmax_retries = 1',
    '/conf/local.conf': 'retry_interval = 60',
  };
  const { files, survives } = await writeback(texts, [
    'config set max_retries 2',
    'config set retry_interval 61',
  ]);
  expect(files).toEqual({ ...texts, '/conf/local.conf': 'retry_interval = 61\nMax_Retries = 2\n' });
  expect(survives).toBe(true);
});

test('what no file can take is shown', async () => {
  const texts = { [MAIN]: 'readonly_include "ro.conf"', '/conf/ro.conf': 'max_retries = 1' };
  const { status, output } = await writeback(texts, ['config unset max_retries']);
  expect(status).toBe('FAILED');
  expect(output).toBe(
    'Warning: not all portions of the configuration could be saved:\n# unset: max_retries\n',
  );
  const { run } = testConsole('max_retries = 1');
  await run('config set binding b max_retries 2');
  expect((await run('config writeback')).output).toBe(
    'Warning: not all portions of the configuration could be saved:\nBinding "b" {\n  Max_Retries = 2\n}\n',
  );
});

test('a configuration from scratch takes what stood in the file away', async () => {
  const text = 'x = 1\nThreadPool "IO" { Concurrency = 60 }\nbinding "b" { y = 1 }\n';
  const { files, survives } = await writeback({ [MAIN]: text }, [
    'config begin from scratch',
    'config set z 2',
    'config commit',
  ]);
  expect(files[MAIN]).toBe('\nThreadPool "IO" {  }\n\nz = 2\n');
  expect(survives).toBe(true);
});

test('after a reload of another file, changes go there', async () => {
  const files = memoryFiles({ [MAIN]: 'x = 1', '/conf/other.conf': 'x = 2' });
  const { run } = testConsole({ files, file: MAIN });
  await run('config reload /conf/other.conf');
  await run('config set x 3');
  await run('config writeback');
  expect([...files.all.values()]).toEqual(['x = 1', 'x = 3']);
  expect(String(await run('config get x'))).toBe('x = 3\n');
});

test('an alternate path takes the whole configuration', async () => {
  const { output, files } = await writeback(
    { [MAIN]: 'x = 1' },
    ['config set x 2'],
    'config writeback /tmp/c.conf',
  );
  expect(output).toBe('Configuration written to /tmp/c.conf.\n');
  expect(files['/tmp/c.conf']).toContain('\nx = 2\n');
});
