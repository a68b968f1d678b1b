import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cli, runCli, type Program } from '../helpers/cli';

const MODULE = `
require('msys.httpsrv')
require('msys.extended.httpsrv')

local function ping(session)
  print('pinged at ' .. os.time())
  session:response_status_set_std(200, 'pong', 'text/plain')
end

local function fail(session)
  error('no luck')
end

local function hold(cc)
  local record = msys.core.dns_get_domain(cc.argv[1])
  if record == nil then
    print('unknown domain')
  else
    msys.core.mail_queue_delay_domain(record, '451 4.4.1 held')
    print('held ' .. cc.argv[1])
  end
end

local mod = {}
function mod:rsrc_setup()
  msys.httpsrv.register('GET', '/ping', ping)
  msys.httpsrv.register(nil, '/fail', fail)
  msys.registerControl('hold', hold)
  msys.registerControl('crash', function(cc) print(cc.argv[99]) end)
  return true
end
msys.registerModule('served', mod)
`;

let directory: string;
let file: string;
const programs: Program[] = [];

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-serve-'));
  file = path.join(directory, 'served.lua');
  writeFileSync(file, MODULE);
});
afterEach(() => {
  for (const { process } of programs.splice(0)) process.kill('SIGKILL');
});
afterAll(() => rmSync(directory, { recursive: true }));

async function serve(...args: string[]) {
  const program = cli(['serve', '--http', '0', '--control', '0', ...args]);
  programs.push(program);
  const [, http] = await program.waitFor('stdout', /^http: (http:\S+)\n/m);
  const [, control] = await program.waitFor('stdout', /^control: (\S+)\n/m);
  return { program, http: http!, control: control! };
}

it('prints what it serves, serves it, and ends with status 0 on SIGINT', async () => {
  const { program, http, control } = await serve('--domain', 'example.com', file);
  const response = await fetch(`${http}/ping`);
  expect([response.status, await response.text()]).toEqual([200, 'pong']);
  expect(await runCli(['console', control, 'hold', 'example.com'])).toMatchObject({
    status: 0,
    stdout: 'held example.com\n',
    stderr: '',
  });
  expect((await runCli(['console', control, 'hold "nowhere.test"'])).stdout).toBe('unknown domain\n');
  program.process.kill('SIGINT');
  const { status, stdout, stderr } = await program.outcome();
  expect(status).toBe(0);
  expect(stdout.replaceAll(/:\d+$/gm, ':PORT')).toMatch(
    /^momentum-sim \S+\nendpoints:\n {2}GET \/ping\n {2}\* \/fail\ncommands:\n {2}hold\n {2}crash\nhttp: http:\/\/127\.0\.0\.1:PORT\ncontrol: 127\.0\.0\.1:PORT\n$/,
  );
  expect(stderr).toMatch(/^paniclog: \d+:scriptlet: pinged at \d+\n$/);
});

it('ends with status 0 on SIGTERM, also while a client stays connected', async () => {
  const { program, http } = await serve(file);
  await fetch(`${http}/ping`, { headers: { connection: 'keep-alive' } });
  program.process.kill('SIGTERM');
  expect((await program.outcome()).status).toBe(0);
});

it('streams the paniclog to stderr', async () => {
  const { program, http } = await serve(file);
  expect((await fetch(`${http}/fail`)).status).toBe(500);
  await program.waitFor('stderr', /^paniclog: \d+:scriptlet: .*no luck\nstack traceback:\n/m);
});

it('lives in real time', async () => {
  const { program, http } = await serve(file);
  const before = Math.floor(Date.now() / 1000);
  await fetch(`${http}/ping`);
  const [, time] = await program.waitFor('stderr', /pinged at (\d+)/);
  expect(Math.abs(Number(time) - before)).toBeLessThanOrEqual(2);
});

it('ends with status 1 when a script takes the server down', async () => {
  const { program, control } = await serve(file);
  const client = await runCli(['console', control, 'crash']);
  expect(client).toMatchObject({ status: 1, stdout: '' });
  expect(client.stderr).toMatch(/^momentum-sim: the control channel at \S+ does not answer/);
  const { status, stderr } = await program.outcome();
  expect(status).toBe(1);
  expect(stderr).toMatch(/^crash ARGV_RANGE: /m);
});

it('with --no-strict goes on, and warns', async () => {
  const { program, control } = await serve('--no-strict', file);
  expect((await runCli(['console', control, 'crash'])).stdout).toBe('nil\n');
  await program.waitFor('stderr', /^warning ARGV_RANGE: .*\n {4}at .*served\.lua:\d+\)$/m);
});

it('serves the console on a Unix socket', async () => {
  const socket = path.join(directory, 'control');
  const { control } = await serve('--control', socket, file);
  expect(control).toBe(socket);
  expect((await runCli(['console', socket, 'hold', 'x'])).stdout).toBe('unknown domain\n');
});

describe('does not start', () => {
  it('with a module that cannot be loaded', async () => {
    const broken = path.join(directory, 'broken.lua');
    writeFileSync(broken, 'local x = 1\nlocal y = = 2\n');
    const { status, stdout, stderr } = await runCli(['serve', '--http', '0', '--control', '0', broken]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^momentum-sim: Module 'scriptlet' instance 'scriptlet' initialization failed/);
    expect(stderr).toContain("broken.lua:2: unexpected symbol near '='");
  });

  test.each(['http', 'control'])('at an address of %s that is in use', async (kind) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = `127.0.0.1:${(holder.address() as AddressInfo).port}`;
    const { status, stderr } = await runCli([
      'serve',
      '--http',
      '0',
      '--control',
      '0',
      `--${kind}`,
      address,
      file,
    ]);
    holder.close();
    expect(status).toBe(1);
    expect(stderr).toBe(
      `momentum-sim: --${kind}: ${address} is in use already; give another address, or 0 for any free port\n`,
    );
  });

  test.each([
    [['--http', 'banana'], /^momentum-sim: --http: .*banana/],
    [['--control', 'banana'], /^momentum-sim: --control: .*banana/],
    [['--domain', ''], /^momentum-sim: .*domain/],
    [
      ['missing.lua'],
      /^Script "missing": Unable to open '.*missing\.lua', errno=2 No such file or directory$/m,
    ],
  ])('with %j', async (args, message) => {
    const { status, stderr } = await runCli(['serve', '--http', '0', '--control', '0', ...args]);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });
});

it('console: says that nobody answers', async () => {
  const { status, stderr } = await runCli(['console', path.join(directory, 'nobody'), 'version']);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^momentum-sim: the control channel at \S+ does not answer: /);
});
