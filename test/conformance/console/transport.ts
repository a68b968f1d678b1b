import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { ConsoleResult, Momentum, type ConsoleStatus } from '../../../src';
import { runCli } from '../../helpers/cli';
import { control, converse, exchange, output, request, withConfig, type TestRow } from './support';
import { ConsoleOnTerminal, ENTER, TAB } from './terminal';

/** Calls `body` with a path for a Unix socket. */
async function withSocketPath(body: (file: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'console-'));
  try {
    await body(path.join(directory, '2025'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const fileMode = async (file: string, options: string) => {
  const mta = await withConfig(`Control_Listener { Listen "${file}" { ${options} } }`);
  expect(await mta.listenConfigured()).toMatchObject({ control: [{ path: file }] });
  return statSync(file).mode & 0o777;
};

async function runConsole(mta: Momentum, words: readonly string[], input?: string, user = '') {
  const address = await control(mta);
  const target = 'port' in address ? `${user}${address.address}:${address.port}` : address.path;
  return runCli(['console', target, ...words], { input });
}

const LOGIN = `Control_Listener { Listen "127.0.0.1:2025" {
  AuthLoginParameters = [ uri = "file:///etc/passwords" ] Enable_Authorization = true } }
  Authorization { Role "admin" { allow = ( "^pid$" ) } }`;
const PASSWORDS = { '/etc/passwords': 'admin:secret\n' };

/** 1. Transport and client. */
export function transport(row: TestRow): void {
  endpoints(row);
  client(row);
  channel(row);
}

function endpoints(row: TestRow): void {
  row('console-1-1a', async () => {
    const mta = await Momentum.start();
    expect(await output(mta, 'config locate listen')).toContain(
      'Listen "/tmp/2025"\n  is at Control_Listener::Listen:/tmp/2025:\n',
    );
    expect((await runCli(['console', '--man'])).stdout).toContain('/tmp/2025 by default');
  });

  row('console-1-1b', () =>
    withSocketPath(async (file) => {
      const mta = await withConfig(`Control_Listener { Listen "${file}" { } }`);
      await mta.listenConfigured();
      expect(await runCli(['console', file, 'pid'])).toMatchObject({ status: 0, stdout: '1\n' });
    }),
  );

  row('console-1-1c', async () => {
    expect(await runConsole(await Momentum.start(), ['pid'])).toMatchObject({ status: 0, stdout: '1\n' });
  });

  row('console-1-1d', async () => {
    const mta = await Momentum.start();
    const { control: bound } = await mta.listen({ control: '[::1]:0' });
    const port = bound && 'port' in bound ? bound.port : NaN;
    expect(await runCli(['console', `[::1]:${port}`, 'pid'])).toMatchObject({ status: 0, stdout: '1\n' });
  });

  row('console-1-1e', async () => {
    const mta = await withConfig(LOGIN, { files: PASSWORDS });
    expect(await runConsole(mta, ['pid'], '', 'admin:secret@')).toMatchObject({ status: 0, stdout: '1\n' });
  });

  row('console-1-1f', async () => {
    // The client knows the form and says that it has no tunnels.
    const { status, stderr } = await runCli(['console', 'ssh://user@hostname/ecuser@hostname:2025']);
    expect([status, stderr]).toEqual([
      1,
      'momentum-sim: tunnels through ssh are not simulated: open one with ssh -L and connect to its port\n',
    ]);
  });
}

function client(row: TestRow): void {
  row('console-1-2a', async () => {
    const { status, stdout } = await runConsole(await Momentum.start(), ['config', 'eval', 'blackhole']);
    expect([status, stdout]).toEqual([0, 'Blackhole = 0\n']);
  });

  row('console-1-2b', async () => {
    const { status, stdout } = await runConsole(await Momentum.start(), [], 'pid\nversion\n');
    expect([status, stdout]).toEqual([0, '1\nMomentum Version: 5.3\n']);
  });

  const onTerminal = async () => {
    const terminal = await ConsoleOnTerminal.open(await control(await Momentum.start()));
    await terminal.type('');
    return terminal;
  };
  const RULE = '#'.repeat(46);

  row('console-1-2c', async () => {
    const terminal = await onTerminal();
    expect(terminal.shown).toContain(`${RULE}\n# Momentum Version: 5.3\n${RULE}\n`);
    await terminal.leave(`quit${ENTER}`);
  });

  row('console-1-2d', async () => {
    const terminal = await onTerminal();
    expect(terminal.shown.split('\n').at(-1)).toBe('10:47:35 /tmp/2025> ');
    await terminal.leave(`quit${ENTER}`);
  });

  row('console-1-2e', async () => {
    const terminal = await onTerminal();
    await terminal.type(`sysi${TAB}`, 'sysinfo');
    await terminal.type(ENTER);
    expect(terminal.shown).toContain('product name: Momentum\n');
    await terminal.leave(`quit${ENTER}`);
  });

  row('console-1-2f', async () => {
    expect(await (await onTerminal()).leave(`quit${ENTER}`)).toBe(0);
    const mta = await Momentum.start();
    expect(await runConsole(mta, [], 'pid\nquit\nversion\n')).toMatchObject({ stdout: '1\n' });
  });

  row('console-1-2g', async () => {
    const terminal = await onTerminal();
    await terminal.type(`\\pager${ENTER}`);
    await terminal.type(`pid${ENTER}`);
    await terminal.type(`config show${ENTER}`);
    await terminal.type(`\\pager${ENTER}`);
    await terminal.type(`config show${ENTER}`);
    await terminal.leave(`quit${ENTER}`);
    // The short answer was not paged, nor what came after the second time.
    expect(terminal.paged).toEqual([expect.stringMatching(/^ThreadPool "SwapOut"/)]);
  });
}

function channel(row: TestRow): void {
  row('console-1-3a', async () => {
    const address = await control(await Momentum.start());
    expect(await converse(address, 'pid', 'config eval blackhole')).toEqual([
      'COMPLETED: 1\n',
      'COMPLETED: Blackhole = 0\n',
    ]);
  });

  row('console-1-3b', async () => {
    const address = await control(await Momentum.start());
    const bytes = await exchange(address, `${request('framed')}\nversion\n`);
    expect(bytes.toString()).toBe('COMPLETED 0\nCOMPLETED 22\nMomentum Version: 5.3\n');
  });

  row('console-1-5', async () => {
    const config = 'Control_Listener { Listen "127.0.0.1:2025" { TLS_Certificate = "cert.pem" } }';
    const mta = await withConfig(config, { strict: false });
    const address = await control(mta);
    const port = 'port' in address ? address.port : NaN;
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await expect(once(socket, 'secureConnect')).rejects.toThrow();
    socket.destroy();
  });

  row('console-1-6a', async () => {
    const mta = await withConfig('Control_Listener { Timeout = 1 Listen "127.0.0.1:2025" { } }');
    const standard = await Momentum.start();
    expect(await output(standard, 'config eval control_listener timeout')).toBe('Timeout = 60\n');
    const address = await control(mta);
    const socket = connectSocket('port' in address ? address.port : NaN, '127.0.0.1');
    socket.resume();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  row('console-1-6b', () =>
    withSocketPath(async (file) => {
      expect((await fileMode(file, '')).toString(8)).toBe('660');
    }),
  );

  row('console-1-6c', () =>
    withSocketPath(async (file) => {
      expect((await fileMode(file, 'file_mode = 0666')).toString(8)).toBe('666');
    }),
  );

  row('console-1-7', async () => {
    const codes: [ConsoleStatus, number][] = [
      ['COMPLETED', 0],
      ['AGAIN', 1],
      ['FAILED', 2],
      ['NOT_AUTHZ', 3],
      ['NOT_AUTHN', 4],
      ['CONTINUE', 5],
      ['ASYNC', 6],
    ];
    for (const [status, code] of codes) expect(new ConsoleResult('', status).code).toBe(code);
    const mta = await Momentum.start();
    expect((await mta.console('pid')).code).toBe(0);
    expect((await mta.console('no_such_command')).code).toBe(2);
  });

  row('console-1-8', async () => {
    const mta = await Momentum.start();
    expect(await output(mta, 'xml pid')).toBe('<Pid><Pid>1</Pid></Pid>\n');
    expect(await output(mta, 'pid')).toBe('1\n');
  });
}
