import { Momentum } from '../../../src';
import { messages, withQueues } from './queues';
import { expectNotSimulated, output, outputs, withConfig, withScript, type TestRow } from './support';

/** 5 and 6: connections, traces, commands of modules. */
export function moduleCommands(row: TestRow): void {
  connections(row);
  traces(row);
  simulatedModules(row);
  otherModules(row);
}

function connections(row: TestRow): void {
  const start = async () => {
    const mta = await withQueues({ 'pe.net': { active: messages(3, { binding: 'gold' }) } });
    mta.remote('pe.net').address('217.117.146.233').delay('1m');
    await mta.clock.advance('1s');
    return mta;
  };
  const shows = (id: string, line: string, text: string) =>
    row(id, async () => {
      expect(await output(await start(), line)).toBe(text);
    });

  row('console-5-24a', async () => {
    // Nothing comes in yet: SMTP is not simulated.
    expect(await (await start()).console('show inbound')).toMatchObject({ status: 'COMPLETED', output: '' });
  });
  shows(
    'console-5-24b',
    'show outbound',
    [1, 2, 3]
      .map((id) => `${id}: [outbound/connection_handleconnect] pe.net IPv4 217.117.146.233\n`)
      .join(''),
  );
  shows('console-5-25a', 'count outbound 217.117.146.233/32', '3 sessions\n');
  shows('console-5-25b', 'count outbound/gold 217.117.0.0/16', '3 sessions\n');
  shows('console-5-25c', 'count SMTP 32', "Displaying 'SMTP' from /32 to /32\n");
  shows(
    'console-5-25d',
    'count outbound 16-32',
    '      3                 217.117.0.0/16\n      3                                 217.117.146.233/32\n',
  );
}

function traces(row: TestRow): void {
  const ADD = 'trace smtp add * problematic-domain.com /var/tmp/smtp.log';
  const start = () =>
    Momentum.start({ domains: { 'problematic-domain.com': { active: 1 }, 'other.com': { active: 1 } } });

  row('console-5-26a', async () => {
    const mta = await start();
    expect(await output(mta, ADD)).toBe('Registered smtp tracer #1\n');
    mta.remote('*');
    await mta.clock.advance('1s');
    const text = mta.files.get('/var/tmp/smtp.log')?.toString() ?? '';
    expect(text).toContain('RCPT TO:');
    expect(text.match(/RCPT TO:/g)).toHaveLength(1);
  });

  row('console-5-26b', async () => {
    const mta = await start();
    await mta.console(ADD);
    expect(await output(mta, 'trace smtp list')).toBe(
      '[     1]  binding: *\n           domain: problematic-domain.com\n             file: /var/tmp/smtp.log @ 0\n',
    );
  });

  row('console-5-26c', async () => {
    const mta = await start();
    await mta.console(ADD);
    expect(await outputs(mta, 'trace smtp remove 1', 'trace smtp list')).toEqual([
      'Removed smtp tracer #1\n',
      '',
    ]);
  });
}

const CIDR = `require("msys.cidr")
  list = msys.cidr.define("blocked", { type = "rbldnsd", source = "/etc/blocked", refresh = 300 })`;
const SERIES = `require("msys.audit_series")
  msys.audit_series.define("tries", "cidr", 3600, 24)`;

function simulatedModules(row: TestRow): void {
  row('console-5-32a', async () => {
    const mta = await withConfig('ec_logger "main" { }');
    expect(await outputs(mta, 'ec_logger:main help', 'ec_logger:main reopen logs')).toEqual([
      'reopen logs\n\tClose and reopen log files\n',
      '',
    ]);
  });

  row('console-6-17', async () => {
    const mta = await withConfig('Datasource "sqlite" { uri = ( "sqlite:/path/to/db" ) }');
    // What fills the cache, the queries of msys.db, is not simulated.
    expect(await output(mta, 'ds_core flush sqlite')).toBe("flushed 0 entries from cache 'sqlite'\n");
  });

  row('console-5-32b', async () => {
    const mta = await withConfig('Datasource "ecdb" { uri = ( "sqlite:/path/to/db" ) }');
    expect((await mta.console('ds_core stats')).lines.slice(3)).toEqual([
      'ecdb',
      '                           0   0   0   0        0        0   0   0   0      0',
    ]);
  });

  row('console-5-32c', async () => {
    const mta = await withScript(CIDR, { files: { '/etc/blocked': '192.0.2.0/24\n' } });
    expect(await outputs(mta, 'cidrdb list', 'cidrdb reload blocked')).toEqual([
      'blocked [refresh in 300 seconds]\n',
      '',
    ]);
  });

  row('console-5-32d', async () => {
    const mta = await withScript(SERIES);
    const commands = ['add tries 3600,24 192.0.2.1 5', 'subtract tries 3600,24 192.0.2.1 2'];
    await outputs(mta, ...commands.map((command) => `inbound_audit ${command}`));
    expect(await output(mta, 'inbound_audit count_cidr 192.0.2.0/24 tries 3600,24 0 0')).toBe('3\n');
    await mta.console('inbound_audit delete_ip 192.0.2.1 tries 3600,24');
    expect(await output(mta, 'inbound_audit count_cidr 192.0.2.0/24 tries 3600,24 0 0')).toBe('0\n');
  });

  row('console-5-32e', async () => {
    const mta = await withConfig('inbound_audit { monitors = ( "1800,2" ) }');
    const lines = ['Connections', 'Receptions', 'Rejections'].flatMap((what) => [
      `${what} 1800/0: 0`,
      `${what} 1800/1: 0`,
    ]);
    const shown = (await mta.console('inbound_audit show ip 192.0.2.1')).lines;
    expect(shown).toEqual(expect.arrayContaining(lines.slice(0, 2)));
    expect((await mta.console('inbound_audit show all')).lines[0]).toMatch(
      /^IP,Connections 1800\/0,Connections 1800\/1,/,
    );
  });

  row('console-5-32f', async () => {
    expect(await output(await Momentum.start(), 'inbound_audit help')).toMatch(
      /^show ip <ip\[\/mask\]>\n {4}Display verbose statistics for the specified ip or cidr block\ndelete_ip <ip> <series> <parameters>\n {4}Delete an IP from a defined named series\n/,
    );
  });

  row('console-5-32w', async () => {
    // The format of the file is not documented.
    expect(await output(await Momentum.start(), 'inbound_audit load tries')).toMatch(
      /^'inbound_audit load tries' is not simulated: /,
    );
  });

  row('console-5-32g', async () => {
    const mta = await Momentum.start();
    await outputs(
      mta,
      'sched in 10 config set max_retries 1',
      'sched at 1767225605 config set max_retries 2',
      'sched every 60 config set max_retries 3',
    );
    const { jobs } = (await mta.console('sched list')).data as {
      jobs: { id: string; nextRunTime: number; recurrent: boolean }[];
    };
    expect(jobs.map(({ nextRunTime, recurrent }) => [nextRunTime - 1767225600, recurrent])).toEqual([
      [5, false],
      [10, false],
      [60, true],
    ]);
    await mta.clock.advance('6s');
    expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 2\n');
    await mta.console(`sched delete ${jobs[1]!.id}`);
    await mta.clock.advance('10s');
    expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 2\n');
    await mta.clock.advance('60s');
    expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 3\n');
  });
}

const UNKNOWN_HERE: Readonly<Record<string, readonly [page: string, ...lines: string[]]>> = {
  'console-5-32h': [
    '4/modules/4-adaptive',
    ...['list', 'override', 'reset', 'rules', 'suspensions', 'warmup'].map((it) => `adaptive ${it}`),
  ],
  'console-5-32i': [
    '4/modules/bounce-classifier-override',
    'bounce_classifier_override reload',
    'bounce_classifier_override test',
  ],
  'console-5-32j': ['4/modules/bounce-logger', 'bounce_logger:main reopen logs'],
  'console-5-32k': [
    '4/modules/ds-core',
    'ds_ldap flush connection cache',
    'ds_ldap show connection cache stats',
  ],
  'console-5-32l': ['4/modules/4-modules-cluster', 'cluster help', 'cluster membership'],
  'console-5-32m': [
    '4/modules/curfew',
    ...['show', 'check', 'status', 'reload', 'journal'].map((it) => `curfew ${it}`),
  ],
  'console-5-32n': ['4/modules/delay-dsn', 'delay_dsn:main show pending events'],
  'console-5-32o': ['4/modules/domainkeys', 'dk_sign:main stats', 'dk_sign:main flush keycache'],
  'console-5-32p': ['4/modules/dnsbuf', 'dnsbuf interval', 'dnsbuf verify'],
  'console-5-32q': [
    '4/modules/outbound-audit',
    'outbound_audit:main show all',
    'outbound_audit:main clear domain',
  ],
  'console-5-32r': ['4/modules/beik', 'beik reload'],
  'console-5-32s': ['4/modules/cloudmark', 'cloudmark version'],
  'console-5-32t': ['4/modules/commtouch', 'commtouch_ctasd:main pending'],
  'console-5-32u': ['changelog/4/4-2-31', 'scriptlet eval'],
  'console-5-32v': ['changelog/4/4-2-40', 'scriptlet thread stats'],
};

function otherModules(row: TestRow): void {
  for (const [id, [page, ...lines]] of Object.entries(UNKNOWN_HERE))
    row(id, async () => {
      const mta = await Momentum.start();
      for (const line of lines) await expectNotSimulated(mta, line, page);
    });
}
