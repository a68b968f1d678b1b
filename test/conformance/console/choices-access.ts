import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { Momentum } from '../../../src';
import { runCli } from '../../helpers/cli';
import {
  acctlog,
  answers,
  authorized,
  DONE,
  FILES,
  listening,
  LOGIN,
  onUnixSocket,
  PID,
  REFUSED,
  REQUIRED,
} from './access';
import { control, converse, login, output, withConfig, type TestRow } from './support';
import { ConsoleOnTerminal, ENTER } from './terminal';

export const FAILED = 'NOT_AUTHN: Authentication failed';
const TOM = login('tom', 'secret');

/** C20 to C37: who may connect, log in, and run commands. */
export function choicesOfAccess(row: TestRow): void {
  logins(row);
  switches(row);
  client(row);
  rules(row);
}

function logins(row: TestRow): void {
  row('C20', () =>
    onUnixSocket(LOGIN, async (address) => {
      const [id] = await converse(address, 'authz id');
      expect(id).toContain(`username="${userInfo().username}"`);
    }),
  );

  row('C21', async () => {
    expect(await answers(await listening(LOGIN), 'pid', '', 'no such command')).toEqual([
      REQUIRED,
      REQUIRED,
      REQUIRED,
    ]);
  });

  row('C22', async () => {
    const mta = await listening(LOGIN);
    expect(await answers(mta, login('tom', 'x'), TOM, 'pid', login('tom', 'x'), 'pid')).toEqual([
      FAILED,
      DONE,
      PID,
      FAILED,
      REQUIRED,
    ]);
  });

  row('C23', async () => {
    const digest = 'AuthDigestMD5Parameters = [ uri = "digest:///etc/digests" ]';
    const cram = 'AuthCramMD5Parameters = [ uri = "file:///etc/none" ]';
    // Each time the first in the order decides: ann is in the file of LOGIN only.
    expect(await answers(await listening(`${LOGIN} ${digest}`), TOM, login('ann', 'secret'))).toEqual([
      DONE,
      FAILED,
    ]);
    const mta = await listening(`${LOGIN} ${cram}`);
    expect(await answers(mta, TOM)).toEqual([`${FAILED}: the password could not be checked`]);
    expect(mta.paniclog).toHaveLength(1);
  });
}

function switches(row: TestRow): void {
  row('C24', async () => {
    expect(await answers(await listening('Always_Deny = true'), 'pid')).toEqual([REQUIRED]);
    expect(await answers(await listening('Always_Deny = true Always_Allow = true'), 'pid')).toEqual([
      REQUIRED,
    ]);
  });

  row('C25', async () => {
    const mta = await listening(`${LOGIN} Always_Allow = true Enable_Authorization = true`);
    expect(await answers(mta, 'pid')).toEqual([REFUSED]);
    expect(await answers(await listening(`${LOGIN} Always_Allow = true`), 'pid')).toEqual([PID]);
  });

  row('C26', async () => {
    expect(await answers(await listening(LOGIN), 'pid')).toEqual([REQUIRED]);
    expect(await answers(await listening(`${LOGIN} Enable_Authentication = false`), 'pid')).toEqual([PID]);
  });

  row('C27', async () => {
    const mta = await authorized('Role "tom" { allow = ( "^pid$" ) }');
    expect(await answers(mta, TOM, '  xml  pid ', 'xml version')).toEqual([
      DONE,
      'COMPLETED: <Pid><Pid>1</Pid></Pid>\n',
      REFUSED,
    ]);
    expect(acctlog(mta).map((text) => text.split('@').slice(6).join('@'))).toEqual([
      '',
      'pid@tom',
      'version',
    ]);
  });
}

const KEY_CTRL_C = '\x03';

function client(row: TestRow): void {
  row('C28', async () => {
    const mta = await listening('');
    const address = await control(mta);
    const port = 'port' in address ? address.port : NaN;
    // Nobody asks for a password, and the user is not told to the server.
    const { status, stdout } = await runCli(['console', `tom@127.0.0.1:${port}`, 'authz id']);
    expect([status, stdout.split('\n')[0]]).toEqual([0, '<AuthzInformation username="">']);
  });

  row('C29', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'console-'));
    const file = path.join(directory, '2025');
    const other = createServer();
    try {
      const start = async () => (await withConfig('Control_Listener { }')).listen({ control: file });
      await once(other.listen(file), 'listening');
      await expect(start()).rejects.toThrow(/the control channel cannot listen: .*EADDRINUSE/);
      expect(statSync(file).isSocket()).toBe(true);
      writeFileSync(`${file}.text`, 'mine');
      const mta = await Momentum.start();
      await expect(mta.listen({ control: `${file}.text` })).rejects.toThrow('EADDRINUSE');
      expect(existsSync(`${file}.text`)).toBe(true);
      await leaveSocketBehind(`${file}.dead`);
      expect(await mta.listen({ control: `${file}.dead` })).toEqual({ control: { path: `${file}.dead` } });
    } finally {
      other.close();
      rmSync(directory, { recursive: true });
    }
  });

  row('C30', async () => {
    const terminal = await ConsoleOnTerminal.open(await control(await Momentum.start()), false);
    await terminal.type('');
    await terminal.type(`\\pager${ENTER}`);
    expect(terminal.shown).toContain('\nPAGER is not set.\n');
    await terminal.leave(`quit${ENTER}`);
  });

  row('C31', async () => {
    const source = 'msys.registerControl("wait", function() msys.core.dns_get_domain("x") end)';
    const mta = await Momentum.start({
      modules: [{ name: 'mod', source: `require("msys.core") ${source}` }],
    });
    let finish = (): void => undefined;
    const waiting = new Promise<void>((called) =>
      mta.fake('msys.core.dns_get_domain', () => {
        called();
        return new Promise((resolve) => (finish = () => resolve(undefined)));
      }),
    );
    const terminal = await ConsoleOnTerminal.open(await control(mta));
    await terminal.type('');
    const status = terminal.leave(`wait${ENTER}`);
    await waiting;
    void terminal.leave(KEY_CTRL_C).catch(() => undefined);
    await expect(status).rejects.toThrow('the control channel');
    finish();
  });
}

/** The file of a Unix socket whose server was killed. */
async function leaveSocketBehind(file: string): Promise<void> {
  const code = `require('node:net').createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, 'SIGKILL'))`;
  const { spawn } = await import('node:child_process');
  await once(spawn(process.execPath, ['-e', code]), 'close');
}

const ENUM_GROUPS = `require("msys.core")
  local mod = {}
  function mod:init()
    msys.registerAuth("mine", { authenticate = function() return msys.core.EC_AUTH_OK end,
      enumGroups = function() return msys.core.EC_AUTH_FAIL end, queryGroups = function() return {} end })
    return true
  end
  msys.registerModule("mod", mod)`;

function rules(row: TestRow): void {
  const role = async (config: string) => {
    const mta = await authorized(config);
    await answers(mta, login('ann', 'secret'), 'pid');
    return acctlog(mta)[1]?.split('@').slice(5).join('@');
  };

  row('C32', async () => {
    const users = 'Role "users" { allow = ( "^pid$" ) }';
    const staff = 'Role "staff" { allow = ( "^pid$" ) }';
    const ann = 'Role "ann" { allow = ( "^pid$" ) }';
    expect(await role(`${staff} ${users} ${ann}`)).toBe('1@pid@ann');
    // The group file has users first.
    expect(await role(`${staff} ${users}`)).toBe('1@pid@users');
  });

  row('C33', async () => {
    const groups = 'AuthorizationParameters = [ uri = "groups:///etc/none" ]';
    const missing = await listening(
      `${LOGIN} Enable_Authorization = true ${groups}`,
      'Authorization { Role "tom" { allow = ( ".*" ) } }',
    );
    const broken = await authorized('Role "tom" { allow = ( "(" ) }');
    for (const mta of [missing, broken]) {
      expect(await answers(mta, TOM, 'pid')).toEqual([DONE, REFUSED]);
      expect(acctlog(mta)[1]).toMatch(/@tom@-1@pid$/);
      expect(mta.paniclog).toMatchObject([{ subsystem: 'auth' }]);
    }
  });

  row('C34', async () => {
    const mine = '[ uri = "mine://" ]';
    const mta = await withConfig(
      `Authorization { Role "tom" { allow = ( "^pid$" ) } Role "users" { allow = ( ".*" ) } }
       Control_Listener { Listen "*:2025" {
         AuthLoginParameters = ${mine} AuthorizationParameters = ${mine} Enable_Authorization = true } }`,
      { files: FILES, modules: [{ name: 'mod', source: ENUM_GROUPS }] },
    );
    expect(await answers(mta, TOM, 'pid', 'version')).toEqual([DONE, PID, REFUSED]);
    expect(mta.paniclog).toEqual([]);
  });

  row('C35', async () => {
    const mta = await listening(LOGIN);
    await answers(mta, login(encodeURIComponent('a@b\\c\nd\x01'), 'x'));
    expect(acctlog(mta)).toEqual(['1767225600@N@*:2025@127.0.0.1:PORT@a\\@b\\\\c\\\nd\\\x01@0']);
  });

  row('C36', async () => {
    const mta = await withConfig(
      'Control_Listener { Timeout = 1 Enable_Authentication = true Listen "*:2025" { } }',
    );
    const address = await control(mta);
    const { connect } = await import('node:net');
    await once(connect('port' in address ? address.port : NaN, '127.0.0.1').resume(), 'close');
    expect(acctlog(mta)).toEqual(['1767225600@T@*:2025@127.0.0.1:PORT@@0']);
  });

  row('C37', async () => {
    const mta = await withConfig(
      'Authorization { Role "b" { allow = ( ) } Role "a" { allow = ( ) } Role "b" { allow = ( "x" ) } }',
    );
    expect(await output(mta, 'authz roles list')).toBe(
      '<Roles>\n <Role name="b"/>\n <Role name="a"/>\n</Roles>\n',
    );
  });
}
