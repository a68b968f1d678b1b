import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createControlServer, type ControlServer } from '../../src/listeners/control/server';
import { DEFAULT_SETTINGS } from '../../src/listeners/control/settings';
import { ConsoleResult, type ConsoleStatus } from '../../src/server/console/result';
import { cli, ROOT, runCli } from '../helpers/cli';
import { counterpart } from '../helpers/counterparts';
import { Conversation } from './console-conversation';

const onTerminal =
  process.platform === 'linux'
    ? counterpart('script')
    : (name: string) => test.skip(`${name} (Linux only)`, () => undefined);
const RUN_CONSOLE = [
  '-r',
  path.join(ROOT, 'test/helpers/typescript.cjs'),
  path.join(ROOT, 'src/cli/main.ts'),
  'console',
];
const conversations: Conversation[] = [];

// Each test starts a process or two.
jest.setTimeout(30_000);

function converse(args: readonly string[]): Conversation {
  const conversation = new Conversation(process.execPath, [...RUN_CONSOLE, ...args]);
  conversations.push(conversation);
  return conversation;
}

/** On a pseudo terminal, whose output is standard output. */
function converseOnTerminal(args: readonly string[]): Conversation {
  const command = [process.execPath, ...RUN_CONSOLE, ...args].map((word) => `'${word}'`).join(' ');
  const conversation = new Conversation('script', ['-qec', command, '/dev/null'], { HOME: directory });
  conversations.push(conversation);
  return conversation;
}

let directory: string;
let server: ControlServer;
let address: string;
let secured: ControlServer;
let securedAddress: string;

/** `STATUS text` is answered with the text and that status, anything else with itself. */
function answer(line: Buffer): Promise<ConsoleResult> {
  const [, status, output] = /^(FAILED|NOT_AUTHZ) (.*)/.exec(line.toString()) ?? [];
  if (line.toString() === 'bytes') return Promise.resolve(new ConsoleResult(Buffer.of(0xff, 0, 0x0a)));
  if (line.toString() === 'version') return Promise.resolve(new ConsoleResult('momentum-sim Version: 5.3\n'));
  if (status === undefined) return Promise.resolve(new ConsoleResult(line));
  return Promise.resolve(new ConsoleResult(output!, status as ConsoleStatus));
}

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'console-'));
  address = path.join(directory, '2025');
  server = createControlServer(answer, { commands: () => ['version', 'summary'] });
  await server.listen(address);
  secured = createControlServer(
    (line, { user }) => answer(Buffer.from(`${user ?? ''}: ${line.toString()}`)),
    {
      listener: { address: 0, settings: () => ({ ...DEFAULT_SETTINGS, enableAuthentication: true }) },
      authenticator: { login: (_user, password) => Promise.resolve(password === 'secret' ? 'ok' : 'fail') },
    },
  );
  const bound = await secured.listen();
  securedAddress = 'port' in bound ? `127.0.0.1:${bound.port}` : '';
});
afterEach(() => {
  for (const conversation of conversations.splice(0)) conversation.kill();
});
afterAll(async () => {
  await Promise.all([server.close(), secured.close()]);
  rmSync(directory, { recursive: true });
});

describe('one command', () => {
  test.each<[string[], number, string]>([
    [['one'], 0, 'one\n'],
    [['one', '"two words"', '--dry-run'], 0, 'one "two words" --dry-run\n'],
    [['FAILED no luck'], 1, 'no luck\n'],
    [['NOT_AUTHZ', 'refused'], 1, 'refused\n'],
  ])('%j', async (words, status, stdout) => {
    expect(await runCli(['console', address, ...words])).toMatchObject({ status, stdout, stderr: '' });
  });

  test('bytes are printed as they are', async () => {
    expect((await runCli(['console', address, 'bytes'])).stdoutBytes).toEqual(Buffer.of(0xff, 0, 0x0a));
  });
});

describe('commands of standard input', () => {
  test.each([
    ['one\ntwo\n', 0, 'one\ntwo\n'],
    ['one\r\n\n  \ntwo', 0, 'one\ntwo\n'],
    ['FAILED a\none\n', 1, 'a\none\n'],
    ['one\nquit\ntwo\n', 0, 'one\n'],
  ])('%j', async (input, status, stdout) => {
    expect(await runCli(['console', address], { input })).toMatchObject({ status, stdout, stderr: '' });
  });

  test('bytes are sent as they are', async () => {
    const input = Buffer.of(0x61, 0xff, 0x00, 0x0a);
    expect((await runCli(['console', address], { input })).stdoutBytes).toEqual(input);
  });

  test('a line that the server refuses ends it', async () => {
    const { status, stdout, stderr } = await runCli(['console', address], {
      input: `${'x'.repeat(100_000)}\none\n`,
    });
    expect([status, stdout]).toEqual([1, 'Line longer than 65536 bytes\n']);
    expect(stderr).toContain('the control channel');
  });
});

test('a connection that ends while no command comes is told, with status 1', async () => {
  const own = createControlServer(answer);
  const bound = await own.listen(0);
  const port = 'port' in bound ? bound.port : NaN;
  const program = converse([String(port)]);
  program.type('one\n');
  await program.waitFor(/^one$/m);
  await own.close();
  expect(await program.status()).toBe(1);
  expect(program.printed).toBe('one\nmomentum-sim: the control channel closed the connection\n');
});

describe('a server that wants a login', () => {
  test.each<[string, number, string, string]>([
    ['john:secret', 0, 'john: one\n', ''],
    ['john:wrong', 1, '', 'momentum-sim: Authentication failed\n'],
  ])('%s@', async (credentials, status, stdout, stderr) => {
    const target = `${credentials}@${securedAddress}`;
    expect(await runCli(['console', target, 'one'])).toMatchObject({ status, stdout, stderr });
  });

  test('without a password, and without a terminal to ask on', async () => {
    const program = converse([`john@${securedAddress}`, 'one']);
    expect(await program.status()).toBe(1);
    expect(program.printed).toMatch(/^momentum-sim: a password is needed, and there is no terminal/);
  });

  onTerminal('asks for the password, which is not shown', async () => {
    const program = converseOnTerminal([`john@${securedAddress}`, 'one']);
    await program.waitFor(/Authorization required for console session\r\nPassword:/);
    program.type('secret\r');
    expect(await program.status()).toBe(0);
    expect(program.printed).toMatch(/Password:\s*john: one\r\n$/);
    expect(program.printed).not.toContain('secret');
  });
});

onTerminal('on a terminal it is interactive', async () => {
  const program = converseOnTerminal([address]);
  await program.waitFor(/^# momentum-sim Version: 5\.3\r$/m);
  await program.waitFor(/\d\d:\d\d:\d\d \S+2025> /);
  program.type('sum');
  await program.waitFor(/> .*sum/);
  program.type('\t');
  await program.waitFor(/> .*summary/);
  program.type(' and more\r');
  await program.waitFor(/^summary and more\r$/m);
  program.type('quit\r');
  expect(await program.status()).toBe(0);
});

describe('does not start', () => {
  test.each([
    [['banana'], /^momentum-sim: "banana" is no control address/],
    [['ssh://user@host/ec@host:2025'], /^momentum-sim: tunnels through ssh are not simulated/],
    [['/nowhere/2025', 'version'], /^momentum-sim: the control channel at \/nowhere\/2025 does not answer: /],
    [['1', 'version'], /^momentum-sim: the control channel at 1 does not answer: /],
  ])('with %j', async (args, message) => {
    const { status, stdout, stderr } = await runCli(['console', ...args]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('--man shows the help', async () => {
  const [man, help] = await Promise.all([runCli(['console', '--man']), runCli(['console', '--help'])]);
  expect(man).toEqual(help);
  expect(man.status).toBe(0);
});

test('a reader that has seen enough ends it', async () => {
  const program = cli(['console', address], { input: 'one\n'.repeat(50_000) });
  program.process.stdout!.once('data', () => program.process.stdout!.destroy());
  expect((await program.outcome()).status).not.toBe(0);
});
