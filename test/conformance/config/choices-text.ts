import {
  expectConfig,
  expectOutputs,
  file,
  output,
  outputs,
  withConfig,
  withFiles,
  type TestRow,
} from './support';

/** How a configuration is written and read. */
export function choicesOfTexts(row: TestRow): void {
  syntax(row);
  problems(row);
  row('F7', async () => {
    const elsewhere = { '/opt/msys/ecelerity/etc/conf/default/x.conf': 'max_retries = 1' };
    const start = (files: Record<string, string>) => withFiles('include "x.conf"', files);
    await expectOutputs(await start({ 'x.conf': 'max_retries = 2', ...elsewhere }), {
      'config get max_retries': 'Max_Retries = 2',
    });
    await expectOutputs(await start(elsewhere), { 'config get max_retries': 'Max_Retries = 1' });
  });
  row('F30', async () => {
    for (const uri of ['persist:///x.conf', 'https://example.test/x.conf'])
      await expect(withConfig(`include "${uri}"`)).rejects.toThrow(`cannot include '${uri}': only files`);
  });
}

function syntax(row: TestRow): void {
  row('F1', async () => {
    const mta = await withConfig(
      String.raw`gateway = "a\"b\\c\d\n" domain "/sink-[ab]\.test/" { gateway = x }`,
    );
    expect(await mta.eval('(msys.config("get", "gateway"))')).toEqual([String.raw`a"b\c\d\n`]);
    await expectOutputs(mta, { 'config eval domain sink-a.test gateway': 'Gateway = x' });
    expect(await output(mta, 'config eval domain sink-axtest gateway')).not.toContain('= x');
  });
  row('F2', () =>
    expectConfig(`gateway = 'a "b" c' domain 'd.test' { gateway = 'it\\'s' }`, {
      'config get gateway': String.raw`Gateway = "a \"b\" c"`,
      'config get domain d.test gateway': `Gateway = "it's"`,
    }),
  );
  row('F3', () =>
    expectConfig(
      'domain a.test { max_retries = 1 } Control_Listener { Listen /tmp/2025 { file_mode = 0600 } }',
      {
        'config get domain "a.test" max_retries': 'Max_Retries = 1',
        'config get control_listener listen /tmp/2025 file_mode': 'File_Mode = 0600',
      },
    ),
  );
  row('F8', () =>
    expectConfig(
      'Esmtp_Listener { Listen ":25" { idle_time = 5 } Listen "*:25" { banner_hostname = a } Listen ":26" { } }',
      {
        'config locate listen':
          'Listen ":25"\n  is at Esmtp_Listener::Listen:\\:25:\nListen ":26"\n  is at Esmtp_Listener::Listen:\\:26:',
        'config get esmtp_listener listen :25 banner_hostname': 'Banner_Hostname = a',
        'config get esmtp_listener listen *:25 idle_time': 'Idle_Time = 5',
      },
    ),
  );
  row('F13', () =>
    expectConfig(
      `domain "A.test" { max_retries = 1 } host "MX.test" { max_outbound_connections = 2 }
       binding "b" { } binding "B" { } binding_group "g" { } binding_group "G" { } datasource "d" { } datasource "D" { }`,
      {
        'config get domain a.TEST max_retries': 'Max_Retries = 1',
        'config get host mx.test max_outbound_connections': 'Max_Outbound_Connections = 2',
        'config locate binding': 'Binding "b"\n  is at Binding:b:\nBinding "B"\n  is at Binding:B:',
        'config locate binding_group':
          'Binding_Group "g"\n  is at Binding_Group:g:\nBinding_Group "G"\n  is at Binding_Group:G:',
        'config locate datasource':
          'datasource "d"\n  is at datasource:d:\ndatasource "D"\n  is at datasource:D:',
      },
    ),
  );
}

/** Warnings by default; refused where the rule is an error. */
async function doubtful(text: string, message: string): Promise<void> {
  const mta = await withConfig(text);
  expect([...mta.diagnostics].map(({ code, severity, message }) => ({ code, severity, message }))).toEqual([
    { code: 'CONFIG_OPTION', severity: 'warning', message },
  ]);
  await expect(withConfig(text, { strict: { CONFIG_OPTION: 'error' } })).rejects.toThrow(message);
}

function problems(row: TestRow): void {
  row('F4', async () => {
    await doubtful(
      'max_retrys = 3',
      'max_retrys = 3: Momentum documents no such option. A misspelt option has no effect in production. (ecelerity.conf:1:1)',
    );
    await doubtful(
      'spoolbase = "/x" domain d.test { spoolbase = "/x" }',
      `Spoolbase = "/x" in scope 'Domain:d.test:': the option is not valid in Domain, only in: global. (ecelerity.conf:1:34)`,
    );
    expect([...(await withConfig('my_module { anything = 1 }')).diagnostics]).toEqual([]);
  });
  row('F19', async () => {
    await doubtful('retry_interval = soon', 'Retry_Interval = soon: a number expected. (ecelerity.conf:1:1)');
    const mta = await withConfig(
      `HTTP_Listener { Listen ":2081" { Always_Deny = maybe } } retry_interval = soon suspend_delivery = perhaps`,
      { domains: { 'a.test': { active: 1 } } },
    );
    await expect(mta.request({ url: '/' })).rejects.toMatchObject({ code: 'CONFIG' });
    mta.remote('a.test').reply(451, 'later');
    await mta.clock.advance(0);
    const [message] = mta.domain('a.test')!.messages;
    expect(message!.nextAttempt.getTime() - mta.clock.now().getTime()).toBe(1_200_000);
    expect(
      await mta.eval('(msys.config("get", "retry_interval")), (msys.config("get", "suspend_delivery"))'),
    ).toEqual(['soon', 0]);
    expect(mta).toHaveDiagnostic('CONFIG_OPTION');
  });
  row('F31', async () => {
    await doubtful(
      'Local_Changes_Only = on',
      'Local_Changes_Only = on: Local_Changes_File has to be set as well. Without it, no live change can be saved. (ecelerity.conf:1:1)',
    );
    await doubtful(
      'binding_group "a b" { }',
      'Binding_Group "a b": names of bindings and of their groups cannot contain spaces. (ecelerity.conf:1:1)',
    );
  });
  row('F20', async () => {
    const mta = await withConfig('');
    expect(await output(mta, 'config set spoolbase /var/other')).toBe('Spoolbase = "/var/other"\n');
    await expectOutputs(mta, { 'config get spoolbase': 'Spoolbase = "/var/other"' });
    expect([...mta.diagnostics].map(({ message }) => message)).toEqual([
      'Spoolbase was set in a running server, which keeps the old value until it is restarted.',
    ]);
  });
}

/** Where changes are saved. */
export function choicesOfWriteback(row: TestRow): void {
  row('F25', async () => {
    const mta = await withFiles(
      'Local_Changes_File = "local.conf"\nmax_retries = 1\nbinding a { include "a.conf" }\n',
      {
        'a.conf': '',
      },
    );
    await outputs(
      mta,
      'config set max_retries 2',
      'config set binding a max_retries 3',
      'config set binding new max_retries 4',
      'config set retry_interval 5',
      'config writeback',
    );
    expect(file(mta, 'ecelerity.conf')).toBe(
      'Local_Changes_File = "local.conf"\nmax_retries = 2\nbinding a { include "a.conf" \n  Max_Retries = 3\n}\n',
    );
    expect(file(mta, 'local.conf')).toBe('Binding "new" {\n  Max_Retries = 4\n}\nRetry_Interval = 5\n');
    const other = await withFiles('max_retries = 1\n');
    await outputs(
      other,
      'config set local_changes_file local.conf',
      'config set retry_interval 5',
      'config writeback',
    );
    expect(file(other, 'ecelerity.conf')).toBe('max_retries = 1\nLocal_Changes_File = local.conf\n');
    expect(file(other, 'local.conf')).toBe('Retry_Interval = 5\n');
  });
  row('F26', async () => {
    const mta = await withFiles('include "more.conf"\nmax_retries = 1', { 'more.conf': 'blackhole = 1' });
    for (const command of ['write config', 'config writeback']) {
      expect(await output(mta, `${command} /conf/all.conf`)).toBe(
        'Configuration written to /conf/all.conf.\n',
      );
      const text = file(mta, 'all.conf')!;
      expect(text).toMatch(/^ThreadPool "SwapOut" \{\n {2}Concurrency = 5\n\}\n/);
      expect(text).toMatch(/\nBlackhole = 1\nMax_Retries = 1\n$/);
    }
  });
  row('F32', async () => {
    const mta = await withConfig('max_retries = 1');
    await mta.console('config set max_retries 2');
    expect(await mta.console('config writeback')).toMatchObject({
      status: 'FAILED',
      output: 'Warning: not all portions of the configuration could be saved:\nMax_Retries = 2\n',
    });
  });
}
