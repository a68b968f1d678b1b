import { Momentum } from '../../../src';
import { MAIN, expectOutputs, file, output, outputs, withConfig, withFiles, type TestRow } from './support';

const CONF = '/opt/msys/ecelerity/etc/conf';

/** 1. Grammar: several files, and files with errors. */
export function includes(row: TestRow): void {
  row('config-1-13a', async () => {
    const mta = await withFiles(
      'include "global.conf"\nbinding "b" { domain "a.test" { include "domain.conf" } }',
      {
        'global.conf': 'max_retries = 2',
        'domain.conf': 'max_retries = 3',
      },
    );
    await expectOutputs(mta, {
      'config get max_retries': 'Max_Retries = 2',
      'config get binding b domain a.test max_retries': 'Max_Retries = 3',
    });
  });
  row('config-1-13b', async () => {
    const outside = {
      [`${CONF}/default/inner.conf`]: 'max_retries = 1',
      [`${CONF}/default/only.conf`]: 'blackhole = 1',
    };
    const mta = await withFiles('include "deep/outer.conf"', {
      'deep/outer.conf': 'include "inner.conf" include "only.conf"',
      'deep/inner.conf': 'max_retries = 3',
      'inner.conf': 'max_retries = 2',
      ...outside,
    });
    expect(await outputs(mta, 'config get max_retries', 'config get blackhole')).toEqual([
      'Max_Retries = 3\n',
      'Blackhole = 1\n',
    ]);
  });
  row('config-1-13c', async () => {
    const mta = await withFiles('include "config.d"', {
      'config.d/b': 'max_retries = 2 retry_interval = 2',
      'config.d/c': 'max_retries = 3',
      'config.d/a': 'max_retries = 1 retry_interval = 1',
      'config.d/.hidden': 'blackhole = 1',
      'config.d/deeper/d': 'never_retry = 1',
    });
    await expectOutputs(mta, {
      'config get max_retries': 'Max_Retries = 3',
      'config get retry_interval': 'Retry_Interval = 2',
      'config get blackhole': "Option 'Blackhole' is not set in scope ''.",
      'config get never_retry': "Option 'Never_Retry' is not set in scope ''.",
    });
  });
  row('config-1-14a', () => keeps('readonly_include "more.conf"'));
  row('config-1-14b', () => keeps('include "more.conf"\ndomain a.test { include "more.conf" }'));
  row('config-1-14c', async () => {
    // Only files are simulated: another URI is refused, so that nothing can be written to it.
    for (const uri of ['http://example.test/more.conf', 'persist:///more.conf'])
      await expect(withConfig(`include "${uri}"`)).rejects.toThrow(
        `cannot include '${uri}': only files are simulated, no other kind of URI`,
      );
    const mta = await withFiles('include "file:///conf/more.conf"', { 'more.conf': 'max_retries = 2' });
    await outputs(mta, 'config set max_retries 3', 'config writeback');
    expect(file(mta, 'more.conf')).toBe('max_retries = 3');
  });
  row('config-1-15a', async () => {
    const start = (files: Record<string, string>) =>
      Momentum.start({ config: MAIN, files: { [MAIN]: 'include "x.conf"', ...files } });
    const both = {
      [`${CONF}/default/x.conf`]: 'max_retries = 1',
      [`${CONF}/global/x.conf`]: 'max_retries = 2',
    };
    expect(await output(await start(both), 'config get max_retries')).toBe('Max_Retries = 2\n');
    const one = { [`${CONF}/default/x.conf`]: 'max_retries = 1' };
    expect(await output(await start(one), 'config get max_retries')).toBe('Max_Retries = 1\n');
  });
  errors(row);
}

/** A change of what an included file sets leaves that file as it is. */
async function keeps(main: string): Promise<void> {
  const mta = await withFiles(main, { 'more.conf': 'max_retries = 2' });
  await outputs(mta, 'config set max_retries 3', 'config writeback');
  expect(file(mta, 'more.conf')).toBe('max_retries = 2');
  expect(file(mta, 'ecelerity.conf')).toBe(`${main}\nMax_Retries = 3\n`);
}

const BROKEN: Record<string, string> = {
  'a scope that is not closed': 'max_retries = 3\ndomain a.test {',
  'a file that is not there': 'max_retries = 3\ninclude "nowhere.conf"',
  'a script with an error': `max_retries = 3 alerting { } scriptlet "scriptlet" { script "bad" { source = "bad" } }`,
};

function errors(row: TestRow): void {
  row('config-1-17a', async () => {
    for (const [what, text] of Object.entries(BROKEN)) {
      const mta = await withFiles('max_retries = 2', { 'bad.lua': 'if then' });
      mta.files.set(MAIN, text);
      expect([what, await mta.console('config reload')]).toMatchObject([
        what,
        { status: 'FAILED', output: 'Reconfigure failed\n' },
      ]);
      expect(mta.paniclog).not.toEqual([]);
    }
  });
  row('config-1-17b', async () => {
    const source = `local mod = {}
      function mod:rsrc_setup()
        msys.httpsrv.register("GET", "/retries", function(session)
          session:response_status_set_std(200, "retries " .. msys.config("get", "max_retries"), "text/plain")
        end)
        return true
      end
      msys.registerModule("mod", mod)`;
    for (const text of Object.values(BROKEN)) {
      const mta = await Momentum.start({
        config: MAIN,
        files: {
          [MAIN]: 'httpsrv { } HTTP_Listener { Listen ":2081" { } } max_retries = 2',
          '/conf/bad.lua': 'if then',
        },
        modules: [{ name: 'mod', source }],
      });
      mta.files.set(MAIN, text);
      await mta.reload();
      expect(await mta.request({ url: '/retries' })).toMatchObject({ status: 200, statusText: 'retries 2' });
      expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 2\n');
    }
  });
}
