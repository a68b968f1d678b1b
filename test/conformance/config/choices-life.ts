import { Momentum } from '../../../src';
import {
  MAIN,
  expectConfig,
  expectOutputs,
  output,
  outputs,
  printed,
  setup,
  withConfig,
  withFiles,
  type TestRow,
} from './support';

/** What the configuration does while it is in use. */
export function choicesOfLife(row: TestRow): void {
  fallback(row);
  modules(row);
  transactions(row);
  row('F27', async () => {
    const mta = await withFiles('max_retries = 1');
    mta.files.set(MAIN, 'max_retries = {');
    expect(await output(mta, 'config reload')).toBe('Reconfigure failed\n');
    expect(mta).toHaveLogged('paniclog', `${MAIN}:1:1: this is never closed`);
    const { ok, output: text, error } = await mta.reload();
    expect([ok, text, error!.message]).toEqual([
      false,
      'Reconfigure failed',
      expect.stringContaining(`${MAIN}:1:1: this is never closed`),
    ]);
  });
  row('F28', async () => {
    const mta = await withConfig('max_retries = 1', {
      modules: setup('print((msys.config("eval", "max_retries")))'),
    });
    await mta.console('config set max_retries 2');
    expect(printed(mta)).toEqual(['1', '2']);
  });
}

function fallback(row: TestRow): void {
  row('F15', () =>
    expectConfig(
      'max_retries = 1 domain a.test { max_retries = 2 } binding_group g { max_retries = 3 binding b { } binding c { max_retries = 4 } }',
      {
        'config eval binding_group g binding b domain a.test max_retries': 'Max_Retries = 3',
        'config eval binding_group g binding c domain a.test max_retries': 'Max_Retries = 4',
      },
    ),
  );
  row('F16', () =>
    expectConfig(
      `binding b { max_retries = 1 retry_interval = 1 }
       binding_group g { retry_interval = 3 message_expiration = 3 binding b { max_retries = 2 } }`,
      {
        'config eval binding b max_retries': 'Max_Retries = 2',
        'config eval binding b retry_interval': 'Retry_Interval = 1',
        'config eval binding b message_expiration': 'Message_Expiration = 3',
      },
    ),
  );
  row('F17', async () => {
    const mta = await withConfig(
      'domain "/^MAIL[0-9]+[.]/" { max_retries = 1 } domain "/(/" { max_retries = 2 }',
    );
    await expectOutputs(mta, {
      'config eval domain mail7.test max_retries': 'Max_Retries = 1',
      'config eval domain ( max_retries': 'Max_Retries = auto',
    });
    expect([...mta.diagnostics].map(({ message }) => message)).toEqual([
      'Domain "/(/" is no regular expression that can be used: it matches nothing. (ecelerity.conf:1:47)',
    ]);
  });
  row('F18', async () => {
    const mta = await withConfig('');
    const implicit = { 'threadpool IO concurrency': '50', timestampformat: '"[%a %d %b %Y %H:%M:%S] "' };
    for (const [path, value] of Object.entries(implicit)) {
      expect(await output(mta, `config get ${path}`)).toContain(` = ${value}\n`);
      await mta.console(`config set ${path} 9`);
      expect(await mta.console(`config unset ${path}`)).toMatchObject({
        status: 'FAILED',
        output: expect.stringContaining('is necessary for proper operation and cannot be unset.') as string,
      });
      expect(await output(mta, `config get ${path}`)).toContain(' = 9\n');
    }
    for (const scope of ['threadpool IO', 'debug_flags'])
      expect(await mta.console(`config unset ${scope}`)).toMatchObject({ status: 'FAILED' });
  });
  row('F21', () =>
    expectConfig('', {
      'config eval generate_bounces': 'Generate_Bounces = 1',
      'config eval blackhole': 'Blackhole = 0',
    }),
  );
}

function modules(row: TestRow): void {
  row('F11', async () => {
    const text = 'scriptlet "scriptlet" { script "boot" { source = "msys.boot" } }';
    await expect(withConfig(text)).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(withConfig(text)).rejects.toThrow('the module alerting');
    const lenient = await withConfig(text, { strict: false });
    expect([...lenient.diagnostics].map(({ code, severity }) => [code, severity])).toEqual([
      ['MISSING_ALERTING', 'warning'],
    ]);
  });
  row('F29', async () => {
    const register = 'msys.httpsrv.register("GET", "/x", function() end)';
    const mta = await withConfig('HTTP_Listener { Listen ":2081" { } }', { modules: setup(register) });
    expect(await mta.request({ url: '/x' })).toMatchObject({ status: 200 });
    expect([...mta.diagnostics].map(({ code, severity }) => [code, severity])).toEqual([
      ['MISSING_HTTPSRV', 'warning'],
    ]);
  });
}

function transactions(row: TestRow): void {
  row('F22', async () => {
    const mta = await withConfig('', {
      modules: setup('runs = (runs or 0) + 1 if runs == 2 then return false end'),
    });
    await outputs(mta, 'config begin', 'config set max_retries 2');
    expect(await mta.console('config commit')).toMatchObject({ status: 'FAILED' });
    expect(mta).toHaveDiagnostic('RSRC_SETUP_RESULT');
    expect(await output(mta, 'config replay')).toBe('config set max_retries 2\n');
    expect(await mta.console('config commit')).toMatchObject({ status: 'COMPLETED' });
    await expectOutputs(mta, { 'config get max_retries': 'Max_Retries = 2' });
  });
  row('F23', async () => {
    const source = `local mod = {}
      function mod:core_config_option_pre_set() answer = { msys.config("set", "max_retries", "9") } return 0 end
      msys.registerModule("mod", mod)`;
    const mta = await Momentum.start({ modules: [{ name: 'mod', source }] });
    expect(await output(mta, 'config set max_retries 2')).toBe('Max_Retries = 2\n');
    expect(await mta.eval('answer[1], answer[2]')).toEqual([
      undefined,
      'The configuration is being changed already.',
    ]);
    await expectOutputs(mta, { 'config get max_retries': 'Max_Retries = 2' });
  });
  row('F24', async () => {
    const source = `local mod, set = {}, function() local _, text = msys.config("set", "max_retries", "9") print(_, text) end
      set()
      function mod:init() set() return true end
      function mod:rsrc_setup() set() return true end
      msys.registerModule("mod", mod)`;
    const mta = await withConfig('max_retries = 1', { modules: [{ name: 'mod', source }] });
    const refused = 'nil\tThe configuration is being committed: it cannot be changed before that is done.';
    expect(printed(mta)).toEqual([refused, refused, refused]);
    await expectOutputs(mta, { 'config get max_retries': 'Max_Retries = 1' });
  });
}

const TYPES: Record<string, unknown> = {
  '"get", "max_outbound_connections"': 30,
  '"get", "spool_mode"': 0o640,
  '"get", "suspend_delivery"': 1,
  '"get", "relay_hosts"': ['10.0.0.1'],
  '"get", "gateway"': 'gw.test',
  '"get", "my_module", "size"': '30',
  '"get", "my_module", "list"': ['a', 'b'],
  '"eval", "max_retries"': 'auto',
  '"locate", "domain"': true,
};

/** What scripts get. */
export function choicesOfScripts(row: TestRow): void {
  const start = () =>
    withConfig(`max_outbound_connections = 30 spool_mode = 0640 suspend_delivery = enabled
      relay_hosts = 10.0.0.1 gateway = gw.test my_module { size = 30 list = ( a b ) }`);
  row('F5', async () => {
    const mta = await start();
    for (const [words, value] of Object.entries(TYPES))
      expect([words, await mta.eval(`(msys.config(${words}))`)]).toEqual([words, [value]]);
  });
  row('F6', async () => {
    const mta = await start();
    expect(await mta.eval('msys.config("get", "blackhole")')).toEqual([
      undefined,
      "Option 'Blackhole' is not set in scope ''.",
    ]);
    expect(await mta.eval('msys.config("commit")')).toEqual([undefined, 'No transaction has been started.']);
  });
  row('F14', async () => {
    const mta = await start();
    const [, text] = (await mta.eval('msys.config("show", "my_module")')) as [unknown, string];
    expect(`${text}\n`).toBe(await output(mta, 'config show my_module'));
    expect(text).toBe('size = 30\nlist = (\n  a\n  b\n)');
  });
}
