import { Momentum } from '../../../src';
import { expectNotSimulated, output, outputs, withConfig, withScript, type TestRow } from './support';

const shows = (row: TestRow, id: string, line: string, text: string | RegExp) =>
  row(id, async () => {
    const shown = await output(await Momentum.start(), line);
    if (typeof text === 'string') expect(shown).toBe(text);
    else expect(shown).toMatch(text);
  });

/** 5 and 6: commands about the server as a whole. */
export function server(row: TestRow): void {
  shows(row, 'console-5-2a', 'help', /^pid +the process id of the server$/m);
  shows(row, 'console-5-2b', 'help summary reset', 'summary reset\n  reset summary statistics\n');
  shows(row, 'console-5-3a', 'version', 'Momentum Version: 5.3\n');
  shows(
    row,
    'console-5-3b',
    'sysinfo',
    /^Momentum Version: 5\.3\nbuild date: \S+\nproduct name: Momentum\nLinux .*\n$|^Momentum Version: 5\.3\nbuild date: \S+\nproduct name: Momentum\n\S.*\n$/,
  );
  shows(row, 'console-5-3c', 'pid', /^\d+\n$/);
  summary(row);
  configuration(row);
  logs(row);
  modules(row);
  shuttingDown(row);

  row('console-5-27', async () => {
    const mta = await Momentum.start();
    for (const line of ['authz id', 'authz roles list']) expect(await output(mta, line)).toMatch(/^<.*>$/m);
  });
}

const COUNTS = [
  'Outbound Concurrency:       0',
  'Inbound Concurrency:       0',
  'Active Domains:       1',
  'Active Queue Size:      2',
  'Delayed Queue Size:      3',
  'Total Queue Size:      5',
];
const DNS = [
  ...['DNS Resolver: ares', 'DNS A Queries: 0', 'DNS A Timeouts: 0', 'DNS AAAA Queries: 0'],
  ...['DNS AAAA Timeouts: 0', 'DNS MX Queries: 0', 'DNS MX Timeouts: 0', 'DNS TXT Queries: 0'],
  ...['DNS TXT Timeouts: 0', 'Pending DNS Queries: 0', 'Query Rate:   0.00 queries/second'],
  ...[
    'DNS Response Time Peak:    0 ms',
    'DNS Response Time Average:  0.000 ms',
    'DNS Rate Limiter: disabled',
  ],
];
const MESSAGES = [
  'Successfully Delivered Messages:      0',
  'Failed Messages:      0',
  'Rejected Messages:      0',
  'Received Messages:      0',
  'Delivery Rate:   0.00 messages/second',
  'Reception Rate:   0.00 messages/second',
];
const TIMES = ['Statistics Last Reset:      0 seconds', 'Uptime:      0 seconds'];

/** So many mails come in. */
async function receive(mta: Momentum, count: number): Promise<void> {
  const mail = { from: 'me@example.com', to: 'you@example.org', data: 'Subject: x\r\n\r\n' };
  for (let i = 0; i < count; i++) await mta.smtp.send(mail);
}

function summary(row: TestRow): void {
  const start = () => Momentum.start({ domains: { 'example.com': { active: 2, delayed: 3 } } });

  row('console-5-4a', async () => {
    const mta = await start();
    const [plain, mobile] = await outputs(mta, 'summary', 'summary with-mobile');
    expect(mobile).toBe(`${plain}\tSMPP Queues: not simulated\n\tMM7 Queues: not simulated\n`);
  });

  row('console-5-4b', async () => {
    const mta = await start();
    mta.remote('example.com');
    await mta.clock.advance('10s');
    expect(await output(mta, 'summary')).toContain('\tSuccessfully Delivered Messages:      2\n');
    await mta.console('summary reset');
    await mta.clock.advance('5s');
    const after = await output(mta, 'summary');
    expect(after).toContain('\tSuccessfully Delivered Messages:      0\n');
    expect(after).toContain('\tStatistics Last Reset:      5 seconds\n\tUptime:     15 seconds\n');
  });

  row('console-6-2a', async () => {
    const lines = [...COUNTS, ...DNS, ...MESSAGES, ...TIMES].map((line) => `\t${line}\n`);
    const mta = await start();
    expect(await output(mta, 'summary')).toBe(`Summary Statistics\n${lines.join('')}`);
    await receive(mta, 2);
    const session = mta.smtp.session();
    await session.ehlo();
    await session.rcpt('nobody@example.org');
    const text = await output(mta, 'summary');
    for (const line of [
      'Inbound Concurrency:       1',
      'Rejected Messages:      1',
      'Received Messages:      2',
    ])
      expect(text).toContain(`\t${line}\n`);
  });

  row('console-6-2b', async () => {
    const mta = await start();
    await receive(mta, 3);
    await mta.clock.advance('10s');
    mta.remote('example.com');
    await mta.clock.advance('10s');
    const text = await output(mta, 'summary');
    expect(text).toContain('\tDelivery Rate:   0.10 messages/second\n');
    expect(text).toContain('\tReception Rate:   0.15 messages/second\n');
  });

  row('console-6-2c', async () => {
    expect(await output(await start(), 'summary reset')).toBe('statistics cleared.\n');
  });
}

const CONFIG = [
  ...['config begin', 'config commit', 'config locate', 'config reload', 'config get', 'config eval'],
  ...['config unset', 'config replay', 'config rollback', 'config set', 'config show', 'config showrecurse'],
  'config writeback',
];

function configuration(row: TestRow): void {
  row('console-5-5', async () => {
    const help = await output(await Momentum.start(), 'help config');
    for (const command of CONFIG) expect(`${help}\n`).toMatch(new RegExp(`^${command}(?: |$)`, 'm'));
  });

  row('console-5-28a', async () => {
    const mta = await withConfig('max_retries = 3 Domain "a.com" { max_retries = 4 }');
    expect(await output(mta, 'write config')).toContain(
      'Max_Retries = 3\nDomain "a.com" {\n  Max_Retries = 4\n}\n',
    );
  });

  row('console-5-28b', async () => {
    const mta = await withConfig('max_retries = 3');
    await outputs(mta, 'config begin', 'config set max_retries 5');
    expect(await output(mta, 'write config')).toContain('Max_Retries = 3\n');
    expect(await output(mta, 'config showrecurse')).toContain('Max_Retries = 5\n');
  });

  row('console-5-28c', async () => {
    const mta = await withConfig('max_retries = 3');
    await mta.console('write config /var/tmp/ecelerity.new.config');
    expect(mta.files.get('/var/tmp/ecelerity.new.config')?.toString()).toContain('Max_Retries = 3\n');
  });
}

function logs(row: TestRow): void {
  row('console-5-18a', async () => {
    const mta = await Momentum.start({ now: '2003-11-30T10:31:37Z' });
    await mta.eval('for i = 1, 12 do print(i) end');
    const { lines } = await mta.console('paniclog');
    const entry = (i: number) => `[Sun 30 Nov 2003 10:31:37] [error] scriptlet: ${i}`;
    expect(lines).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(entry));
    expect(mta.paniclog).toHaveLength(12);
  });

  row('console-5-18b', async () => {
    const mta = await Momentum.start();
    await mta.eval('msys.log(msys.core.LOG_WARNING, "one") for i = 1, 11 do print(i) end');
    const levels = (await mta.console('paniclog')).lines.map((line) => /\] \[(\w+)\]/.exec(line)?.[1]);
    expect(levels).toEqual(['warning', ...Array<string>(10).fill('error')]);
    expect(mta.paniclog).toHaveLength(12);
  });

  row('console-5-19', async () => {
    const mta = await withScript(
      'msys.registerModule("mod", { core_log_reopen = function() print("reopened") end })',
    );
    expect(await mta.console('reopen logs')).toMatchObject({ status: 'COMPLETED' });
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['reopened']);
  });
}

function modules(row: TestRow): void {
  const start = () => withConfig('ec_logger "ec_logger1" { } ds_core { } alerting { }');

  row('console-5-20a', async () => {
    expect((await output(await start(), 'module list')).match(/^Module: .*/gm)).toEqual([
      'Module: alerting',
      'Module: ec_logger:ec_logger1',
      'Module: ds_core',
    ]);
  });

  row('console-5-20b', async () => {
    expect(await output(await start(), 'module hooks')).toMatch(/^core_log_reopen$/m);
  });

  row('console-6-10a', async () => {
    expect(await output(await start(), 'module list')).toMatch(
      /^Module: ec_logger:ec_logger1\n {2}Scope_Name: ec_logger\n {2}Instance_Name: ec_logger1\n {2}Enabled: enabled\n {2}API: Logger\n {2}Name: ec_logger\.c\n {2}Description: .+$/m,
    );
  });

  row('console-6-10b', async () => {
    expect(await output(await start(), 'module list')).toMatch(
      /^Module: ds_core\n {2}Scope_Name: ds_core\n {2}Enabled: enabled\n {2}API: Singleton\n {2}Name: ds_core\.c\n {2}Description: .+$/m,
    );
  });

  row('console-6-10c', async () => {
    const { lines } = await (await start()).console('module hooks');
    expect(lines.length).toBeGreaterThan(100);
    for (const [i, line] of lines.entries())
      expect(line).toMatch(i % 2 === 0 ? /^core_\w+$|^\w+$/ : /^\t\S.*\(.*\)$/);
  });
}

function shuttingDown(row: TestRow): void {
  row('console-5-29a', async () => {
    const mta = await Momentum.start();
    await mta.console('shutdown');
    await mta.stop();
    await expect(mta.console('pid')).rejects.toThrow('stopped');
  });

  for (const [id, hook] of [
    ['console-5-29b', 'core_control_shutdown'],
    ['console-5-29c', 'core_control_shutdown_ex'],
  ] as const)
    row(id, async () => {
      const mta = await withScript(`msys.registerModule("mod", { ${hook} = function() print("down") end })`);
      await mta.console('shutdown');
      expect(mta.paniclog.map(({ message }) => message)).toEqual(['down']);
    });
}

const INTERNALS: Readonly<Record<string, readonly [line: string, page: string][]>> = {
  'console-5-30a': [['memory', '4/console-commands/4-memory']],
  'console-5-30b': [['unlink stats', '4/console-commands/unlink-stats']],
  'console-5-30c': [['sp_async stats', '4/console-commands/sp-async']],
  'console-5-30d': [
    ['tls show cache', '4/console-commands/tls'],
    ['tls flush cache', '4/console-commands/tls'],
  ],
  'console-5-30f': [
    ['hot_domains list', '4/console-commands/hot-domains-list'],
    ['hot_domains list json', '4/console-commands/hot-domains-list-json'],
  ],
  'console-5-30g': [
    ['signing_stats', '4/console-commands/signing-stats'],
    ['signing_stats reset', '4/console-commands/signing-stats-reset'],
  ],
  'console-5-30h': [
    ['mta_sts list all', '4/console-commands/mta-sts'],
    ['mta_sts show domain', '4/console-commands/mta-sts'],
    ['mta_sts refresh policy', '4/console-commands/mta-sts'],
  ],
  'console-5-30i': [
    ['spool import', '4/console-commands/spool-import'],
    ['spool import_poll', '4/console-commands/spool-import-poll'],
    ['spool_in', '4/console-commands/spool-in'],
  ],
  'console-5-30j': [
    ['fingerprint cache summary', '4/console-commands/fingerprint-cache-summary'],
    ['fingerprint rejection summary', '4/console-commands/fingerprint-rejection-summary'],
  ],
};

/** 5: commands about what the simulator has nothing of, and the client's own. */
export function internals(row: TestRow): void {
  for (const [id, commands] of Object.entries(INTERNALS))
    row(id, async () => {
      const mta = await Momentum.start();
      for (const [line, page] of commands) await expectNotSimulated(mta, line, page);
    });

  row('console-5-30e', async () => {
    expect(await output(await Momentum.start(), 'tls rekey')).toMatch(/^Unknown command: tls rekey\n/);
  });

  row('console-5-31', async () => {
    // The client answers it and does not send it.
    expect(await output(await Momentum.start(), '\\pager')).toBe('Unknown command: \\pager');
  });
}
