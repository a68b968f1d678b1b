import { expectOutputs, file, output, outputs, withConfig, withFiles, type TestRow } from './support';

/** 1. Grammar: where live changes are saved. */
export function writeback(row: TestRow): void {
  localChangesFile(row);
  destinations(row);
  virtualFile(row);
}

function localChangesFile(row: TestRow): void {
  row('config-1-16a', async () => {
    const mta = await withFiles('Local_Changes_File = "local.conf"\nmax_retries = 2\ninclude "more.conf"', {
      'more.conf': 'max_retries = 3',
      'local.conf': 'max_retries = 4',
    });
    await expectOutputs(mta, { 'config get max_retries': 'Max_Retries = 4' });
  });
  row('config-1-16b', async () => {
    const start = (name: string) =>
      withFiles(`include "more.conf"\nLocal_Changes_File = "${name}"`, { 'more.conf': '' });
    for (const name of ['more.conf', 'ecelerity.conf'])
      await expect(start(name)).rejects.toThrow(
        `Local_Changes_File '/conf/${name}' is a part of the configuration already`,
      );
  });
  row('config-1-16g', async () => {
    const main =
      'Local_Changes_File = "local.conf"\nLocal_Changes_Only = true\nmax_retries = 2\nbinding b { }\n';
    const mta = await withFiles(main, { 'local.conf': 'retry_interval = 60\n' });
    await outputs(
      mta,
      'config set max_retries 3',
      'config set retry_interval 70',
      'config set binding b ehlo_hostname b.test',
      'config writeback',
    );
    expect(file(mta, 'ecelerity.conf')).toBe(main);
    expect(file(mta, 'local.conf')).toBe(
      'retry_interval = 70\nMax_Retries = 3\nBinding "b" {\n  EHLO_Hostname = b.test\n}\n',
    );
  });
  row('config-1-16h', async () => {
    const mta = await withConfig('Local_Changes_Only = true');
    expect([...mta.diagnostics].map(({ message }) => message)).toEqual([
      'Local_Changes_Only = true: Local_Changes_File has to be set as well. Without it, no live change can be saved. (ecelerity.conf:1:1)',
    ]);
    await expectOutputs(await withConfig(''), { 'config eval local_changes_only': 'Local_Changes_Only = 0' });
  });
}

/** The example of 4/conf-overview. */
const EXAMPLE = 'readonly_include "foo.conf"\ninclude "baz.conf"\n';
const FOO = 'Domain yahoo.com {\n  Gateway = "server.yahoo.com"\n  include "bar.conf"\n}\n';
const example = (bar = '') =>
  withFiles(`${EXAMPLE}Local_Changes_File = "local.conf"\n`, {
    'foo.conf': FOO,
    'bar.conf': bar,
    'baz.conf': 'Domain yahoo.com {\n}\n',
  });

function destinations(row: TestRow): void {
  row('config-1-16c', async () => {
    const mta = await withFiles('include "more.conf"\n', { 'more.conf': 'max_retries = 2 # two\n' });
    await outputs(mta, 'config set max_retries 3', 'config writeback');
    expect(file(mta, 'more.conf')).toBe('max_retries = 3 # two\n');
    expect(file(mta, 'ecelerity.conf')).toBe('include "more.conf"\n');
  });
  row('config-1-16d', async () => {
    const mta = await example();
    await outputs(mta, 'config set domain yahoo.com max_retries 3', 'config writeback');
    expect(file(mta, 'bar.conf')).toBe('\nMax_Retries = 3\n');
    expect(file(mta, 'baz.conf')).toBe('Domain yahoo.com {\n}\n');
  });
  row('config-1-16e', async () => {
    const mta = await example('max_retries = 2\n');
    await outputs(mta, 'config set domain yahoo.com gateway "server2.yahoo.com"', 'config writeback');
    expect(file(mta, 'foo.conf')).toBe(FOO);
    expect(file(mta, 'bar.conf')).toBe('max_retries = 2\n\nGateway = "server2.yahoo.com"\n');
    await mta.console('config reload');
    await expectOutputs(mta, { 'config get domain yahoo.com gateway': 'Gateway = "server2.yahoo.com"' });
  });
  row('config-1-16f', async () => {
    const mta = await example();
    await outputs(mta, 'config set binding b max_retries 3', 'config writeback');
    expect(file(mta, 'local.conf')).toBe('Binding "b" {\n  Max_Retries = 3\n}\n');
    const without = await withFiles('max_retries = 2');
    await outputs(without, 'config set binding b max_retries 3', 'config writeback');
    expect(file(without, 'ecelerity.conf')).toBe('max_retries = 2\nBinding "b" {\n  Max_Retries = 3\n}\n');
  });
  row('config-1-16k', async () => {
    const mta = await withFiles('max_retries = 2');
    await outputs(mta, 'config begin', 'config set max_retries 3', 'config commit');
    await expectOutputs(mta, { 'config get max_retries': 'Max_Retries = 3' });
    expect(file(mta, 'ecelerity.conf')).toBe('max_retries = 2');
    expect(await output(mta, 'config writeback')).toBe('Configuration written to /conf/ecelerity.conf.\n');
    expect(file(mta, 'ecelerity.conf')).toBe('max_retries = 3');
  });
}

const UNSAVED = 'Warning: not all portions of the configuration could be saved:\n';

/** A configuration that is given as a text has no file that could be written. */
function virtualFile(row: TestRow): void {
  row('config-1-16i', async () => {
    const mta = await withConfig('max_retries = 2');
    await mta.console('config set max_retries 3');
    expect(await mta.console('config writeback')).toMatchObject({
      status: 'FAILED',
      output: `${UNSAVED}Max_Retries = 3\n`,
    });
  });
  row('config-1-16j', async () => {
    const mta = await withConfig('max_retries = 2');
    await outputs(mta, 'config set max_retries 3', 'config writeback');
    await mta.console('config set local_changes_file "/conf/local.conf"');
    expect(await output(mta, 'config writeback')).toBe('Configuration written to /conf/local.conf.\n');
    expect(file(mta, 'local.conf')).toContain('Max_Retries = 3\n');
    await expectOutputs(mta, { 'config get max_retries': 'Max_Retries = 3' });
    // A main file that can be written remembers where the others went.
    const other = await withFiles('max_retries = 2\n');
    await outputs(
      other,
      'config set local_changes_file "local.conf"',
      'config set binding b max_retries 3',
      'config writeback',
      'config reload',
    );
    expect(file(other, 'ecelerity.conf')).toBe('max_retries = 2\nLocal_Changes_File = "local.conf"\n');
    await expectOutputs(other, { 'config get binding b max_retries': 'Max_Retries = 3' });
  });
}
