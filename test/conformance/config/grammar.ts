import { stat } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectConfig, expectRefused, output, withConfig, withFiles, type TestRow } from './support';

/** 1. Grammar, within one file. */
export function grammar(row: TestRow): void {
  comments(row);
  names(row);
  quoting(row);
  values(row);
  scopes(row);
}

function comments(row: TestRow): void {
  row('config-1-1a', () =>
    expectConfig('# max_retries = 1\nmax_retries = 2 # max_retries = 3\n#', {
      'config get max_retries': 'Max_Retries = 2',
    }),
  );
  row('config-1-1b', () =>
    expectConfig('/* max_retries = 1\n max_retries = */ max_retries /* = */ = 2/* 3 */ /**/', {
      'config get max_retries': 'Max_Retries = 2',
    }),
  );
  row('config-1-1c', () =>
    expectRefused('/* outer /* inner */ max_retries = 2 */', "'*/' cannot be the name of an option"),
  );
  row('config-1-2', () =>
    expectConfig('\n\tmax_retries\n\n=\r\n  2 domain   a.test\n{gateway="two  blanks"}', {
      'config get max_retries': 'Max_Retries = 2',
      'config get domain a.test gateway': 'Gateway = "two  blanks"',
    }),
  );
}

function names(row: TestRow): void {
  row('config-1-3a', () =>
    expectConfig('MAX_retries = 2 my_MODULE { my_Option = 3 }', {
      'config get max_retries': 'Max_Retries = 2',
      'config get MAX_RETRIES': 'Max_Retries = 2',
      'config get My_Module MY_OPTION': 'my_Option = 3',
    }),
  );
  row('config-1-3b', async () => {
    await expectRefused('max$retries = 3', "'max$retries' cannot be the name of an option or of a stanza");
    const mta = await withConfig('max-retries = 3');
    expect([...mta.diagnostics].map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'CONFIG_OPTION: max-retries = 3: Momentum documents no such option. A misspelt option has no effect in production. (ecelerity.conf:1:1)',
    ]);
  });
  row('config-1-3c', () =>
    expectConfig('suspend_delivery = True domain a.test { gateway = Relay.TEST }', {
      'config get suspend_delivery': 'Suspend_Delivery = True',
      'config get domain a.test gateway': 'Gateway = Relay.TEST',
    }),
  );
}

/** Of the characters that need quotes the samples use the slash without. */
const NEED_QUOTES = [' ', '\t', '#', '"', "'", '=', '{', '}', '[', ']', '(', ')'];

function quoting(row: TestRow): void {
  row('config-1-5a', async () => {
    for (const character of [...NEED_QUOTES, '/'])
      await expectConfig(`gateway = "a${character === '"' ? '\\"' : character}b" max_retries = 2`, {
        'config get gateway': `Gateway = "a${character === '"' ? '\\"' : character}b"`,
        'config get max_retries': 'Max_Retries = 2',
      });
    for (const character of NEED_QUOTES) {
      const config = withConfig(`gateway = a${character}b`).then((mta) => output(mta, 'config get gateway'));
      // What follows `#` is a comment; everything else is refused.
      if (character === '#') expect(await config).toBe('Gateway = a\n');
      else await expect(config).rejects.toMatchObject({ code: 'CONFIG_SYNTAX' });
    }
  });
  row('config-1-5b', async () => {
    const mta = await withConfig('binding "one" { }\nbinding_group "g" { binding "two words" { } }');
    expect([...mta.diagnostics].map(({ message }) => message)).toEqual([
      'Binding "two words": names of bindings and of their groups cannot contain spaces. (ecelerity.conf:2:21)',
    ]);
  });
}

function values(row: TestRow): void {
  row('config-1-6', async () => {
    const mta = await withConfig('relay_hosts = ( "10.0.0.1"\n10.0.0.2\t"10.0.0.3" )');
    expect(await mta.eval('msys.config("get", "relay_hosts")')).toEqual([
      ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
      'Relay_Hosts = (\n  "10.0.0.1"\n  10.0.0.2\n  "10.0.0.3"\n)',
    ]);
  });
  row('config-1-7', async () => {
    const mta = await withConfig(
      'Control_Listener { AuthLoginParameters = [ uri = "ecauth://" crypt=none ] }',
    );
    expect(await mta.eval('msys.config("get", "control_listener", "authloginparameters")')).toEqual([
      { uri: 'ecauth://', crypt: 'none' },
      'AuthLoginParameters = [\n  uri = "ecauth://"\n  crypt = none\n]',
    ]);
  });
  row('config-1-11', async () => {
    for (const [text, value] of Object.entries(TRUTH)) {
      const mta = await withConfig(`suspend_delivery = ${text}`, { domains: { 'a.test': { active: 1 } } });
      expect([...mta.diagnostics]).toEqual([]);
      expect(await mta.eval('(msys.config("get", "suspend_delivery"))')).toEqual([value]);
      const remote = mta.remote('a.test').accept();
      await mta.clock.advance(0);
      expect([text, remote.deliveries.length]).toEqual([text, 1 - value]);
    }
  });
  row('config-1-12', async () => {
    const mta = await withConfig('Control_Listener { Listen "/tmp/2025" { file_mode = 0640 } }');
    expect(
      await mta.eval('msys.config("get", "control_listener", "listen", "/tmp/2025", "file_mode")'),
    ).toEqual([0o640, 'File_Mode = 0640']);
    const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-'));
    try {
      await mta.listen({ control: path.join(directory, 'socket') });
      expect((await stat(path.join(directory, 'socket'))).mode & 0o777).toBe(0o640);
    } finally {
      await mta.stop();
      rmSync(directory, { recursive: true });
    }
  });
}

const TRUTH = { on: 1, true: 1, enabled: 1, 1: 1, off: 0, false: 0, disabled: 0, 0: 0 } as const;

function scopes(row: TestRow): void {
  row('config-1-8a', () =>
    expectConfig('Domain earthlink.net { gateway = a } Domain "example.com" { gateway = b }', {
      'config locate domain':
        'Domain "earthlink.net"\n  is at Domain:earthlink.net:\nDomain "example.com"\n  is at Domain:example.com:',
      'config get domain earthlink.net gateway': 'Gateway = a',
      'config get domain example.com gateway': 'Gateway = b',
    }),
  );
  row('config-1-8b', () =>
    expectConfig('alerting { } Esmtp_Listener { Listen ":25" { } Idle_Time = 300 }', {
      'config locate alerting': 'alerting\n  is at alerting::',
      'config get esmtp_listener idle_time': 'Idle_Time = 300',
    }),
  );
  row('config-1-8c', () =>
    expectConfig('ESMTP_Listener = {\n  Listen ":465" {\n    TLS_Ciphers = "DEFAULT"\n  }\n}', {
      'config get esmtp_listener listen :465 tls_ciphers': 'TLS_Ciphers = "DEFAULT"',
    }),
  );
  row('config-1-9a', async () => {
    const group = (binding: string, more = '') =>
      `binding_group "group1" { ${more} binding "${binding}" { bind_address = "10.10.10.10" } }`;
    const mta = await withFiles(`${group('example', 'max_outbound_connections = 5')}\ninclude "more.conf"`, {
      'more.conf': group('example2'),
    });
    const found = 'Binding_Group "group1"\n  is at Binding_Group:group1:\n';
    expect(await output(mta, 'config locate binding_group')).toBe(found);
    for (const binding of ['example', 'example2'])
      expect(
        await output(mta, `config eval binding_group group1 binding ${binding} max_outbound_connections`),
      ).toBe('Max_Outbound_Connections = 5\n');
  });
  row('config-1-9b', () =>
    expectConfig(
      'alerting { } scriptlet "scriptlet" { script_ttl = 5 } scriptlet "scriptlet" { gc_pause = 6 }',
      {
        'config show scriptlet scriptlet': 'script_ttl = 5\ngc_pause = 6',
      },
    ),
  );
}
