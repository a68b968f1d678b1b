import { Momentum } from '../../../src';
import { control, converse, output, outputs, withConfig, type TestRow } from './support';

/** What the sample of 4/console-commands/config has, and some more. */
const SAMPLE = `
Message_Expiration = 86400
Domain earthlink.net { Message_Expiration = 900 }
Binding smtp-01 { EHLO_Hostname = "smtp-01.com" Domain relay.com { EHLO_Hostname = "relay.com" } }
Esmtp_Listener {
  Listen ":25" { }
  Listen ":587" { Enable = false SMTP_Extensions = ( "ENHANCEDSTATUSCODES" "STARTTLS" "AUTH LOGIN" ) }
  Idle_Time = 300
  SMTP_Extensions = ( "ENHANCEDSTATUSCODES" )
}
Control_Listener { Listen "127.0.0.1:2025" { } Listen "/tmp/2025" { } }
auth_ds { Scheme "ecauth" { QueryGroups { query = "x" } } }
ec_logger "ec_logger1" { log_transient_failures = on }
`;
const sample = () => withConfig(SAMPLE);

/** An option of a scope, with its title. */
const setting = (id: string, row: TestRow, line: string, printed: string) =>
  row(id, async () => {
    expect(await output(await sample(), line)).toBe(`${printed}\n`);
  });

/** 7. `config`. */
export function config(row: TestRow): void {
  reading(row);
  writing(row);
  showing(row);
  transactions(row);
  files(row);

  row('console-7-11', async () => {
    const mta = await sample();
    expect(await mta.eval('msys.config("get", "message_expiration")')).toEqual([
      86400,
      'Message_Expiration = 86400',
    ]);
  });
}

function reading(row: TestRow): void {
  setting('console-7-1a', row, 'config get message_expiration', 'Message_Expiration = 86400');
  setting('console-7-1b', row, 'config get blackhole', "Option 'Blackhole' is not set in scope ''.");
  row('console-7-1c', async () => {
    const mta = await sample();
    expect(await output(mta, 'config get domain earthlink.net message_expiration')).toContain(
      'Message_Expiration = 900\n',
    );
    expect(await output(mta, 'config get domain earthlink.net ehlo_hostname')).toContain('is not set');
  });
  setting('console-7-2a', row, 'config eval blackhole', 'Blackhole = 0');
  row('console-7-2b', async () => {
    const mta = await sample();
    expect(await output(mta, 'config eval domain relay.com message_expiration')).toContain(
      'Message_Expiration = 86400\n',
    );
  });
}

function writing(row: TestRow): void {
  row('console-7-3a', async () => {
    const mta = await sample();
    expect(await outputs(mta, 'config set max_retries 3', 'config get max_retries')).toEqual([
      'Max_Retries = 3\n',
      'Max_Retries = 3\n',
    ]);
  });

  row('console-7-3b', async () => {
    const mta = await sample();
    const set = 'config set ec_logger ec_logger1 log_transient_failures off';
    expect(await output(mta, set)).toBe('Set\n');
    expect(await output(mta, 'config get ec_logger ec_logger1 log_transient_failures')).toContain(' = off\n');
  });

  row('console-7-3c', async () => {
    const mta = await sample();
    for (const value of ['on', 'true', 'enabled', '1', 'off', 'false', 'disabled', '0'])
      expect(await output(mta, `config set suspend_delivery ${value}`)).toBe(`Suspend_Delivery = ${value}\n`);
    expect([...mta.diagnostics]).toEqual([]);
    await mta.console('config set suspend_delivery maybe');
    expect(mta).toHaveDiagnostic('CONFIG_OPTION');
  });

  row('console-7-3d', async () => {
    const source = `local mod = {}
      function mod:rsrc_setup() print((msys.config("eval", "max_retries"))) return true end
      msys.registerModule("mod", mod)`;
    const mta = await withConfig('max_retries = 3', { modules: [{ name: 'mod', source }] });
    await mta.console('config set max_retries 4');
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['3', '4']);
  });

  row('console-7-4a', async () => {
    const mta = await sample();
    expect(await output(mta, 'config unset domain earthlink.net message_expiration')).toBe(
      '"Message_Expiration" has been unset. Effective value is now:\n        Message_Expiration = 86400\n',
    );
    expect(await output(mta, 'config unset binding smtp-01 domain relay.com ehlo_hostname')).toBe(
      '"EHLO_Hostname" has been unset. Effective value is now:\n        EHLO_Hostname = "smtp-01.com"\n',
    );
  });

  row('console-7-4b', async () => {
    const mta = await sample();
    await mta.console('config unset binding smtp-01');
    for (const scope of ['binding smtp-01', 'binding smtp-01 domain relay.com'])
      expect(await output(mta, `config get ${scope} ehlo_hostname`)).toContain('is not set');
  });

  row('console-7-4c', async () => {
    const mta = await sample();
    expect(await mta.console('config unset')).toMatchObject({ status: 'FAILED' });
    expect(await output(mta, 'config get message_expiration')).toBe('Message_Expiration = 86400\n');
  });
}

const SHOWN = `Listen ":25" { ... }
Listen ":587" { ... }
Idle_Time = 300
SMTP_Extensions = (
  "ENHANCEDSTATUSCODES"
)
`;
const SHOWN_RECURSIVELY = `Listen ":25" {
}
Listen ":587" {
  Enable = false
  SMTP_Extensions = (
    "ENHANCEDSTATUSCODES"
    "STARTTLS"
    "AUTH LOGIN"
  )
}
Idle_Time = 300
SMTP_Extensions = (
  "ENHANCEDSTATUSCODES"
)
`;
const LOCATED = `Listen ":25"
  is at Esmtp_Listener::Listen:\\:25:
Listen ":587"
  is at Esmtp_Listener::Listen:\\:587:
Listen "127.0.0.1:2025"
  is at Control_Listener::Listen:127.0.0.1\\:2025:
Listen "/tmp/2025"
  is at Control_Listener::Listen:/tmp/2025:
`;

function showing(row: TestRow): void {
  const shows = (id: string, line: string, text: string) =>
    row(id, async () => {
      expect(await output(await sample(), line)).toBe(text);
    });
  shows('console-7-5', 'config show ESMTP_Listener', SHOWN);
  shows('console-7-6a', 'config showrecurse ESMTP_Listener', SHOWN_RECURSIVELY);
  row('console-7-6b', async () => {
    const mta = await sample();
    await mta.console('config set max_retries 3');
    expect(await output(mta, 'config showrecurse')).toMatch(/^Max_Retries = 3$/m);
  });
  shows('console-7-7a', 'config locate listen', LOCATED);
  shows('console-7-7b', 'config locate Scheme ec.+', 'Scheme "ecauth"\n  is at auth_ds::Scheme:ecauth:\n');
  shows(
    'console-7-7c',
    'config locate QueryGroups',
    'QueryGroups\n  is at auth_ds::Scheme:ecauth:QueryGroups::\n',
  );
}

function transactions(row: TestRow): void {
  row('console-7-8a', async () => {
    const mta = await sample();
    await outputs(mta, 'config begin', 'config set max_retries 3');
    const address = await control(mta);
    const [elsewhere] = await converse(address, 'config get max_retries');
    expect(elsewhere).toBe("FAILED: Option 'Max_Retries' is not set in scope ''.\n");
    await mta.console('config commit');
    expect(await converse(address, 'config get max_retries')).toEqual(['COMPLETED: Max_Retries = 3\n']);
  });

  row('console-7-8b', async () => {
    const mta = await sample();
    await outputs(mta, 'config begin', 'config set max_retries 3');
    const [, , first] = await converse(
      await control(mta),
      'config begin',
      'config set max_retries 4',
      'config commit',
    );
    expect(first).toMatch(/^COMPLETED/);
    expect(await mta.console('config commit')).toMatchObject({ status: 'FAILED' });
    await mta.console('config rollback');
    expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 4\n');
  });

  row('console-7-8c', async () => {
    const mta = await sample();
    const changes = ['config set max_retries 3', 'config unset domain earthlink.net message_expiration'];
    await outputs(mta, 'config begin', changes[0]!, 'config eval max_retries', changes[1]!);
    expect(await output(mta, 'config replay')).toBe(`${changes.join('\n')}\n`);
  });

  row('console-7-8d', async () => {
    const mta = await sample();
    await outputs(mta, 'config begin', 'config set max_retries 3', 'config rollback');
    expect(await mta.console('config get max_retries')).toMatchObject({ status: 'FAILED' });
  });

  row('console-7-8e', async () => {
    const mta = await sample();
    await mta.console('config begin from scratch');
    const text = await output(mta, 'config showrecurse');
    expect([...text.matchAll(/^\w[^ ]*/gm)].map(([word]) => word)).toEqual([
      ...Array<string>(8).fill('ThreadPool'),
      'Debug_Flags',
      'TimestampFormat',
    ]);
  });
}

const CONF = '/conf/ecelerity.conf';
const fromFile = (text: string) =>
  Momentum.start({ config: CONF, files: { [CONF]: `alerting { }\n${text}\n` } });

function files(row: TestRow): void {
  row('console-7-9a', async () => {
    const mta = await sample();
    await mta.console('config begin');
    expect(await mta.console('config reload')).toMatchObject({ status: 'FAILED' });
  });

  row('console-7-9b', async () => {
    const mta = await fromFile('max_retries = 3');
    await mta.console('config set max_retries 4');
    expect(await mta.console('config reload')).toMatchObject({ status: 'COMPLETED' });
    expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 3\n');
  });

  row('console-7-9c', async () => {
    const mta = await fromFile('max_retries = 3');
    mta.files.set(CONF, 'max_retries = {');
    expect(await output(mta, 'config reload')).toBe('Reconfigure failed\n');
    expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 3\n');
    expect(mta).toHaveLogged('paniclog', CONF);
  });

  row('console-7-9d', async () => {
    const mta = await fromFile('max_retries = 3');
    mta.files.set('/conf/other.conf', 'alerting { }\nmax_retries = 5\n');
    await mta.console('config reload /conf/other.conf');
    expect(await output(mta, 'config get max_retries')).toBe('Max_Retries = 5\n');
  });

  row('console-7-9e', async () => {
    const told = async (text: string) => {
      const mta = await withConfig(`ESMTP_Listener { ${text} Listen ":25" { } }`);
      const session = mta.smtp.session();
      await session.ehlo();
      await mta.console('config reload');
      return session.mail('me@example.com');
    };
    expect(await told('')).toMatchObject({ code: 421, text: '4.3.2 Reconfiguration in progress' });
    expect(await told('Reconfig_Message = "4.3.2 Back soon"')).toMatchObject({
      code: 421,
      text: '4.3.2 Back soon',
    });
  });

  row('console-7-10a', async () => {
    const mta = await fromFile('max_retries = 3');
    await outputs(mta, 'config set max_retries 4', 'config writeback');
    expect(mta.files.get(CONF)?.toString()).toMatch(/^max_retries = 4$/im);
  });

  row('console-7-10b', async () => {
    const mta = await fromFile('max_retries = 3');
    await outputs(mta, 'config set max_retries 4', 'config writeback /conf/other.conf');
    expect(mta.files.get(CONF)?.toString()).toContain('max_retries = 3');
    expect(mta.files.get('/conf/other.conf')?.toString()).toMatch(/^max_retries = 4$/im);
  });
}
