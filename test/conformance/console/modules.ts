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
    const mta = await Momentum.start();
    expect(await mta.console('show inbound')).toMatchObject({ status: 'COMPLETED', output: '' });
    const session = mta.smtp.session({ peer: '127.0.0.1:47741' });
    await session.ehlo();
    await mta.clock.advance(264);
    expect(await output(mta, 'show inbound')).toMatch(
      /^\d+: \[inbound\/esmtp_message_factory\] IPv4 127\.0\.0\.1:47741 awaiting mailfrom \(for 0\.264s\)\n$/,
    );
    await session.quit();
    expect(await output(mta, 'show inbound')).toBe('');
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
  row('console-5-25c', async () => {
    const mta = await Momentum.start();
    for (const peer of ['127.0.0.1', '127.0.0.1', '192.0.2.7']) await mta.smtp.session({ peer }).ehlo();
    expect(await outputs(mta, 'count SMTP 32', 'count SMTP 127.0.0.0/8', 'count HTTP 32')).toEqual([
      "Displaying 'SMTP' from /32 to /32\n      2                                 127.0.0.1/32\n" +
        '      1                                 192.0.2.7/32\n',
      '2 sessions\n',
      "Displaying 'HTTP' from /32 to /32\n",
    ]);
  });
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

  row('console-5-32j', async () => {
    const hook = 'msys.registerModule("mod", { core_log_reopen = function() print("reopened") end })';
    const mta = await withConfig('bounce_logger "main" { }', { modules: [{ name: 'mod', source: hook }] });
    expect(await mta.console('bounce_logger:main reopen logs')).toMatchObject({
      status: 'COMPLETED',
      output: '',
    });
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['reopened']);
  });

  /** A data source that three queries have been asked of, of which two are different. */
  const asked = async () => {
    const mta = await withConfig('Datasource "customers" { uri = ( "sqlite:/path/to/db" ) }', {
      datasources: { customers: { rows: () => [{ a: 1 }] } },
    });
    for (const query of ['SELECT 1', 'SELECT 1', 'SELECT 2'])
      await mta.eval(`msys.db.fetch_row("customers", "${query}")`);
    return mta;
  };

  row('console-6-17', async () => {
    const mta = await asked();
    expect(await outputs(mta, 'ds_core flush customers', 'ds_core flush customers')).toEqual([
      "flushed 2 entries from cache 'customers'\n",
      "flushed 0 entries from cache 'customers'\n",
    ]);
  });

  row('console-5-32b', async () => {
    const { lines, data } = await (await asked()).console('ds_core stats');
    expect(lines.slice(3)).toEqual([
      'customers',
      '                           2  33  67   0        3        2   0   0   0      0',
    ]);
    expect(data).toMatchObject({ caches: [{}] });
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
    const mta = await withConfig(
      'inbound_audit { monitors = ( "1800,2" ) }\nESMTP_Listener { Relay_Hosts = ( "192.0.2.1" ) Listen ":25" { } }',
    );
    const lines = (connections: number, receptions: number, rejections: number) =>
      Object.entries({ Connections: connections, Receptions: receptions, Rejections: rejections }).flatMap(
        ([what, count]) => [`${what} 1800/0: ${count}`, `${what} 1800/1: 0`],
      );
    expect((await mta.console('inbound_audit show ip 192.0.2.1')).lines).toEqual(lines(0, 0, 0));
    const mail = {
      from: 'me@example.com',
      to: ['a@example.org', 'b@example.org'],
      data: 'Subject: x\r\n\r\n',
    };
    for (const peer of ['192.0.2.1', '192.0.2.1', '192.0.2.2']) await mta.smtp.send({ ...mail, peer });
    expect((await mta.console('inbound_audit show ip 192.0.2.1')).lines).toEqual(lines(2, 4, 0));
    expect((await mta.console('inbound_audit show ip 192.0.2.0/24')).lines).toEqual(lines(3, 4, 2));
    expect((await mta.console('inbound_audit show all')).lines).toEqual([
      'IP,Connections 1800/0,Connections 1800/1,Receptions 1800/0,Receptions 1800/1,Rejections 1800/0,Rejections 1800/1',
      '192.0.2.1,2,0,4,0,0,0',
      '192.0.2.2,1,0,0,0,2,0',
    ]);
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
