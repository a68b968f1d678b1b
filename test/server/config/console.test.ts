import { testConsole } from './support';

/** The example of 4/console-commands/config. */
const EXAMPLE = `
  Message_Expiration = 86400
  Domain earthlink.net {
    Message_Expiration = 900
  }
  Binding smtp-01 {
    EHLO_Hostname = "smtp-01.com"
    Domain relay.com {
      EHLO_Hostname = "relay.com"
    }
  }`;

test.each([
  ['config get message_expiration', 'Message_Expiration = 86400'],
  ['config get blackhole', "Option 'Blackhole' is not set in scope ''."],
  ['config eval blackhole', 'Blackhole = 0'],
  ['config get domain earthlink.net message_expiration', 'Message_Expiration = 900'],
  [
    'config get domain "nowhere.test" message_expiration',
    "Option 'Message_Expiration' is not set in scope 'Domain:nowhere.test:'.",
  ],
  ['config eval domain nowhere.test message_expiration', 'Message_Expiration = 86400'],
  ['config get BINDING smtp-01 DOMAIN relay.com EHLO_HOSTNAME', 'EHLO_Hostname = "relay.com"'],
  ['config get Esmtp_Listener Pathway', "Option 'Pathway' is not set in scope 'Esmtp_Listener::'."],
  [
    'config unset domain earthlink.net message_expiration',
    '"Message_Expiration" has been unset. Effective value is now:\n        Message_Expiration = 86400',
  ],
  [
    'config unset binding smtp-01 domain relay.com ehlo_hostname',
    '"EHLO_Hostname" has been unset. Effective value is now:\n        EHLO_Hostname = "smtp-01.com"',
  ],
  ['config unset', 'The global scope cannot be unset.'],
  ['config set suspend_delivery enabled', 'Suspend_Delivery = enabled'],
  ['config set suspend_delivery = on', 'Suspend_Delivery = on'],
  ['config set Relay_Hosts ( 10.0.0.1 10.0.0.2 )', 'Relay_Hosts = (\n  10.0.0.1\n  10.0.0.2\n)'],
  ['config set domain d.test gateway "a b#c"', 'Gateway = "a b#c"'],
  ['config set esmtp_listener listen :587 concurrency 5', 'Concurrency = 5'],
  ['config set threadpool accept concurrency 5', 'Concurrency = 5'],
  ['config set ec_logger ec_logger1 log_transient_failures off', 'Set'],
  ['config set domain grüße.test gateway "ü"', 'Gateway = "ü"'],
  ['config show domain earthlink.net', 'Message_Expiration = 900'],
  ['config show domain earthlink.net message_expiration', 'Message_Expiration = 900'],
  ['config show Binding smtp-01', 'EHLO_Hostname = "smtp-01.com"\nDomain "relay.com" { ... }'],
  ['config show nowhere', "There is no scope or option 'nowhere'."],
  [
    'config showrecurse Binding smtp-01',
    'EHLO_Hostname = "smtp-01.com"\nDomain "relay.com" {\n  EHLO_Hostname = "relay.com"\n}',
  ],
  [
    'config locate domain',
    'Domain "earthlink.net"\n  is at Domain:earthlink.net:\nDomain "relay.com"\n  is at Binding:smtp-01:Domain:relay.com:',
  ],
  ['config locate domain rel.+', 'Domain "relay.com"\n  is at Binding:smtp-01:Domain:relay.com:'],
  ['config locate', 'Usage: config locate scope [regex]'],
  ['config locate domain (', "'(' is no regular expression"],
  [
    'config wipe',
    "config: unknown action 'wipe'; there are begin, commit, eval, get, locate, reload, replay, rollback, set, show, showrecurse, unset, writeback",
  ],
])('%s', async (line, output) => {
  expect(String(await testConsole(EXAMPLE).run(line))).toBe(`${output}\n`);
});

test('config show, showrecurse and locate as their page has them', async () => {
  const { run } = testConsole(`
    Esmtp_Listener {
      Listen ":25" { }
      Listen ":587" { Enable = false SMTP_Extensions = ( "ENHANCEDSTATUSCODES" "STARTTLS" ) TLS_Client_CA = "ca-bundle.crt" }
      Idle_Time = 300
      SMTP_Extensions = ( "ENHANCEDSTATUSCODES" )
    }
    Control_Listener { Listen "127.0.0.1:2025" { } Listen /tmp/2025 { } }
    auth_ds { Scheme ecauth { QueryGroups { } } }`);
  expect(String(await run('config show ESMTP_Listener'))).toMatchInlineSnapshot(`
   "Listen ":25" { ... }
   Listen ":587" { ... }
   Idle_Time = 300
   SMTP_Extensions = (
     "ENHANCEDSTATUSCODES"
   )
   "
  `);
  expect(String(await run('config showrecurse ESMTP_Listener'))).toMatchInlineSnapshot(`
   "Listen ":25" {
   }
   Listen ":587" {
     Enable = false
     SMTP_Extensions = (
       "ENHANCEDSTATUSCODES"
       "STARTTLS"
     )
     TLS_Client_CA = "ca-bundle.crt"
   }
   Idle_Time = 300
   SMTP_Extensions = (
     "ENHANCEDSTATUSCODES"
   )
   "
  `);
  expect(String(await run('config locate listen'))).toMatchInlineSnapshot(`
   "Listen ":25"
     is at Esmtp_Listener::Listen:\\:25:
   Listen ":587"
     is at Esmtp_Listener::Listen:\\:587:
   Listen "127.0.0.1:2025"
     is at Control_Listener::Listen:127.0.0.1\\:2025:
   Listen "/tmp/2025"
     is at Control_Listener::Listen:/tmp/2025:
   "
  `);
  expect(String(await run('config locate QueryGroups'))).toMatchInlineSnapshot(`
   "QueryGroups
     is at auth_ds::Scheme:ecauth:QueryGroups::
   "
  `);
});

test('unset of a scope takes its scopes away with it', async () => {
  const { manager, run } = testConsole(EXAMPLE);
  expect(await run('config unset binding smtp-01')).toMatchObject({ status: 'COMPLETED', output: '' });
  expect(manager.running.root.childrenOf('binding')).toEqual([]);
});

test.each([
  ['config get message_expiration', { name: 'Message_Expiration', value: '86400', source: "scope ''" }],
  ['config eval blackhole', { name: 'Blackhole', value: '0', source: 'default' }],
  ['config get blackhole', { name: 'Blackhole', value: null }],
  [
    'config locate domain relay',
    [{ type: 'Domain', instance: 'relay.com', at: 'Binding:smtp-01:Domain:relay.com:' }],
  ],
  [
    'config show domain earthlink.net',
    { type: 'Domain', instance: 'earthlink.net', options: { Message_Expiration: '900' }, scopes: [] },
  ],
])('%s as data', async (line, data) => {
  expect((await testConsole(EXAMPLE).run(line)).data).toEqual(data);
});

test.each([
  ['config set', 'an option and its value expected, but the text ends'],
  ['config set x', 'an option and its value expected, but the text ends'],
  ['config set x = ( a', "this is never closed: ')' is missing"],
  ['config set x = 1 2', "the end of the command expected, but '2' stands here"],
])('%s is refused', async (line, reason) => {
  const { status, output } = await testConsole('').run(line);
  expect(status).toBe('FAILED');
  expect(output).toContain(reason);
});

test('write config shows what is running, not the transaction, and writes it', async () => {
  const files = new Map<string, string>();
  const { run } = testConsole('x = 1', {
    files: {
      readFile: () => undefined,
      listDirectory: () => undefined,
      writeFile: (file, text) => void files.set(file, text),
    },
  });
  await run('config begin');
  await run('config set x 2');
  const { output } = await run('write config');
  expect(output.endsWith('\nx = 1\n')).toBe(true);
  expect(String(await run('config show'))).toContain('\nx = 2\n');
  await run('write config /tmp/new.conf');
  expect(files.get('/tmp/new.conf')).toBe(output);
  expect((await run('write config a b')).status).toBe('FAILED');
});
