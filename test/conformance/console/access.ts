import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { Momentum } from '../../../src';
import { readPassword } from '../../../src/cli/console/password';
import { control, converse, login, output, withConfig, type ControlAddress, type TestRow } from './support';

export const FILES = {
  '/etc/passwords': 'tom:secret\nann:secret\njoe:secret\n',
  // Of tom and the password `secret` in the realm `momentum`.
  '/etc/digests': '# comment\ntom:momentum:fddac8dd953d9cd8b6af34d2f5dd3fcf\n',
  '/etc/roles': 'users:tom,ann\nstaff:unused:ann\n',
};
export const LOGIN = 'AuthLoginParameters = [ uri = "file:///etc/passwords" log_authentication = "true" ]';
const ROLES = 'AuthorizationParameters = [ uri = "groups:///etc/roles" ]';
export const REQUIRED = 'NOT_AUTHN: Authorization required for console session';
export const REFUSED = 'NOT_AUTHZ: Not Authorized for this command';
export const DONE = 'COMPLETED: ';
export const PID = 'COMPLETED: 1\n';

/** With a TCP listener that has these options. */
export const listening = (options: string, more = '') =>
  withConfig(`Control_Listener { Listen "*:2025" { ${options} } } ${more}`, { files: FILES });

export const authorized = (rules: string) =>
  listening(`${LOGIN} Enable_Authorization = true ${ROLES}`, `Authorization { ${rules} }`);

/** What a connection is answered to these lines. */
export const answers = async (mta: Momentum, ...lines: string[]) => converse(await control(mta), ...lines);

/** Calls `body` with the address of a Unix socket whose listener has these options. */
export async function onUnixSocket(
  options: string,
  body: (address: ControlAddress, mta: Momentum, file: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'console-'));
  const file = path.join(directory, '2025');
  const mta = await withConfig(`Control_Listener { Listen "${file}" { ${options} } }`, { files: FILES });
  await mta.listenConfigured();
  try {
    await body({ path: file }, mta, file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export const acctlog = (mta: Momentum) =>
  mta.acctlog.map(({ text }) => text.replace(/(127\.0\.0\.1):\d+/, '$1:PORT'));
const NOW = '1767225600';

/** 4. Authentication and authorization. */
export function access(row: TestRow): void {
  unixSocket(row);
  options(row);
  roles(row);
  accounts(row);

  row('console-4-7a', async () => {
    const mta = await authorized('Role "tom" { allow = ( ".*" ) }');
    const information =
      '<AuthzInformation username="tom">\n  <Roles>\n    <Role name="users"/>\n  </Roles>\n</AuthzInformation>\n';
    const [, answer, xml] = await answers(mta, login('tom', 'secret'), 'authz id', 'xml authz id');
    expect([answer, xml]).toEqual([`COMPLETED: ${information}`, `COMPLETED: ${information}`]);
  });

  row('console-4-7b', async () => {
    const mta = await withConfig(
      'Authorization { Role "users" { allow = ( "x" ) } Role "admin" { allow = ( ) } }',
    );
    expect(await output(mta, 'authz roles list')).toBe(
      '<Roles>\n <Role name="users"/>\n <Role name="admin"/>\n</Roles>\n',
    );
  });
}

function unixSocket(row: TestRow): void {
  row('console-4-1a', () =>
    onUnixSocket(LOGIN, async (address) => {
      const [answer] = await converse(address, 'authz id');
      expect(answer).toContain(`COMPLETED: <AuthzInformation username="${userInfo().username}">\n`);
    }),
  );

  row('console-4-1b', () =>
    onUnixSocket('Peer "127.0.0.1" { Always_Deny = true }', async (address) => {
      expect(await converse(address, 'pid')).toEqual([REQUIRED]);
    }),
  );
}

function options(row: TestRow): void {
  row('console-4-2a', async () => {
    const mta = await listening('Enable_Authentication = true');
    expect(await answers(mta, 'pid')).toEqual([REQUIRED]);
    expect(await answers(await listening('Enable_Authentication = false'), 'pid')).toEqual([PID]);
  });

  row('console-4-2b', async () => {
    expect(await answers(await listening('Enable_Authorization = true'), 'pid')).toEqual([REFUSED]);
    expect(await answers(await listening('Enable_Authorization = false'), 'pid')).toEqual([PID]);
  });

  row('console-4-2c', async () => {
    const mta = await listening('Enable_Authentication = true Always_Allow = true');
    expect(await answers(mta, 'pid')).toEqual([PID]);
  });

  row('console-4-2d', async () => {
    const mta = await listening(`${LOGIN} Always_Allow = true Always_Deny = true`);
    const denied = [REQUIRED, 'NOT_AUTHN: Authentication failed', REQUIRED];
    expect(await answers(mta, 'pid', login('tom', 'secret'), 'pid')).toEqual(denied);
  });

  row('console-4-2e', async () => {
    const mta = await listening(LOGIN);
    expect(await answers(mta, login('tom', 'secret'), 'pid')).toEqual([DONE, PID]);
    expect(await answers(mta, login('tom', 'wrong'), 'pid')).toEqual([
      'NOT_AUTHN: Authentication failed',
      REQUIRED,
    ]);
  });

  row('console-4-2f', async () => {
    const mta = await listening('AuthDigestMD5Parameters = [ uri = "digest:///etc/digests" ]');
    expect(await answers(mta, login('tom', 'secret'), 'pid')).toEqual([DONE, PID]);
    expect(await answers(mta, login('tom', 'wrong'), 'pid')).toEqual([
      'NOT_AUTHN: Authentication failed',
      REQUIRED,
    ]);
  });

  row('console-4-2g', async () => {
    const mta = await listening('AuthCramMD5Parameters = [ uri = "file:///etc/passwords" ]');
    expect(await answers(mta, 'pid', login('tom', 'secret'), 'pid')).toEqual([REQUIRED, DONE, PID]);
  });

  row('console-4-2h', async () => {
    const mta = await authorized('Role "users" { allow = ( ".*" ) }');
    expect(await answers(mta, login('tom', 'secret'), 'pid')).toEqual([DONE, PID]);
    expect(await answers(mta, login('joe', 'secret'), 'pid')).toEqual([DONE, REFUSED]);
  });

  row('console-4-2i', async () => {
    const peer = 'Peer "127.0.0.1" { Enable_Authentication = false }';
    const scopes = (listen: string) =>
      withConfig(`Control_Listener { Enable_Authentication = true Listen "*:2025" { ${listen} } }`);
    expect(await answers(await scopes(''), 'pid')).toEqual([REQUIRED]);
    expect(await answers(await scopes('Enable_Authentication = false'), 'pid')).toEqual([PID]);
    expect(await answers(await scopes(peer), 'pid')).toEqual([PID]);
  });
}

function roles(row: TestRow): void {
  const asks = (id: string, rules: string, user: string, expected: readonly (readonly [string, boolean])[]) =>
    row(id, async () => {
      const mta = await authorized(rules);
      const commands = expected.map(([command]) => command);
      const [, ...given] = await answers(mta, login(user, 'secret'), ...commands);
      expect(given.map((answer) => answer !== REFUSED)).toEqual(expected.map(([, allowed]) => allowed));
    });

  asks('console-4-3a', 'Role "users" { allow = ( ".*" ) }', 'ann', [['pid', true]]);
  asks('console-4-3b', 'Role "staff" { allow = ( ".*" ) }', 'ann', [['pid', true]]);
  asks('console-4-4a', 'Role "other" { allow = ( ".*" ) }', 'tom', [['pid', false]]);
  asks('console-4-4b', 'Role "joe" { allow = ( "^pid$" ) }', 'joe', [
    ['pid', true],
    ['version', false],
  ]);
  asks('console-4-4c', 'Role "users" { allow = ( "^pid" ) } Role "staff" { allow = ( "^version" ) }', 'ann', [
    ['pid', true],
    ['version', true],
    ['sysinfo', false],
  ]);
  asks('console-4-4d', 'Role "tom" { allow = ( "^config (?!set)" "\\bpid\\b" ) }', 'tom', [
    ['config eval blackhole', true],
    ['config set max_retries 1', false],
    ['help pid', true],
    ['pids', false],
  ]);

  row('console-4-4e', async () => {
    // The second pattern does not compile: it is never tried.
    const mta = await authorized('Role "tom" { allow = ( "^pid$" "[" ) }');
    expect(await answers(mta, login('tom', 'secret'), 'pid')).toEqual([DONE, PID]);
    expect(mta.paniclog).toEqual([]);
  });

  row('console-4-4f', async () => {
    const mta = await listening(ROLES, 'Authorization { Role "tom" { allow = ( "^pid$" ) } }');
    expect(await answers(mta, 'version')).toEqual(['COMPLETED: Momentum Version: 5.3\n']);
  });

  row('console-4-5a', async () => {
    const mta = await authorized('Role "john" { allow = ( "^config" ) }');
    expect((await answers(mta, login('tom', 'secret'), 'summary'))[1]).toBe(
      'NOT_AUTHZ: Not Authorized for this command',
    );
  });

  row('console-4-5b', async () => {
    expect(await answers(await listening(LOGIN), 'pid')).toEqual([
      'NOT_AUTHN: Authorization required for console session',
    ]);
  });
}

function accounts(row: TestRow): void {
  row('console-4-5c', async () => {
    const screen = new PassThrough({ encoding: 'utf8' });
    const input = new PassThrough();
    const password = readPassword(input, screen, 'Authorization required for console session');
    input.write('secret\r');
    expect(await password).toBe('secret');
    expect(screen.read()).toBe('Authorization required for console session\nPassword:\n');
  });

  row('console-4-6a', () =>
    onUnixSocket('', async (address, mta, file) => {
      await converse(address, 'pid');
      expect(acctlog(mta)).toEqual([`${NOW}@N@${file}@@${userInfo().username}@1`]);
    }),
  );

  row('console-4-6b', async () => {
    const mta = await listening(LOGIN);
    await answers(mta, login('tom', 'secret'), login('tom', 'wrong'));
    expect(acctlog(mta)).toEqual([
      `${NOW}@N@*:2025@127.0.0.1:PORT@tom@1`,
      `${NOW}@N@*:2025@127.0.0.1:PORT@tom@0`,
    ]);
  });

  row('console-4-6c', async () => {
    const mta = await withConfig(
      'Control_Listener { Timeout = 1 Enable_Authentication = true Listen "*:2025" { } }',
    );
    const address = await control(mta);
    const socket = connect('port' in address ? address.port : NaN, '127.0.0.1');
    await once(socket.resume(), 'close');
    expect(acctlog(mta)).toEqual([`${NOW}@T@*:2025@127.0.0.1:PORT@@0`]);
  });

  const decided = (id: string, rules: string, command: string, line: string) =>
    row(id, async () => {
      const mta = await authorized(rules);
      await answers(mta, login('tom', 'secret'), command);
      expect(acctlog(mta)[1]).toBe(`${NOW}@Z@*:2025@127.0.0.1:PORT@tom@${line}`);
      expect(mta.paniclog).toHaveLength(line.startsWith('-1') ? 1 : 0);
    });
  decided('console-4-6d', 'Role "users" { allow = ( "^summary$" ) }', 'summary', '1@summary@users');
  decided('console-4-6e', 'Role "users" { allow = ( "^summary$" ) }', 'shutdown', '0@shutdown');
  decided('console-4-6f', 'Role "users" { allow = ( "[" ) }', 'summary', '-1@summary');
  decided('console-4-6g', 'Role "users" { allow = ( "x" ) }', 'a@b\\c\td', '0@a\\@b\\\\c\\\td');
}
