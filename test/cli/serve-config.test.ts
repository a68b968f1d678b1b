import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cli, runCli, type Program } from '../helpers/cli';

jest.setTimeout(20_000);

const SCRIPT = `
local mod = {}
local function text(session, body)
  session:response_status_set_std(200, body, "text/plain")
end
function mod:rsrc_setup()
  msys.httpsrv.register("GET", "/ping", function(session) text(session, "pong") end)
  msys.httpsrv.register("GET", "/slow", function(session)
    print("slow begins")
    msys.sleep(100000)
    text(session, "never")
  end)
  return true
end
msys.registerModule("mod", mod)
`;
const EXTRA = `
msys.registerControl("extra", function() print("also here") end)
msys.registerControl("crash", function(cc) print(cc.argv[99]) end)
`;
const scripts = (...names: string[]) =>
  `alerting { }\nhttpsrv { }\nscriptlet "scriptlet" {\n${names
    .map((name) => `  script "${name}" { source = "${name}" }\n`)
    .join('')}}\n`;
const listen = (kind: string, ...addresses: string[]) =>
  `${kind} {\n${addresses.map((address) => `  Listen "${address}" { }\n`).join('')}}\n`;

let directory: string;
const programs: Program[] = [];
const at = (name: string) => path.join(directory, name);
const socket = () => at('control');

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-serve-'));
  writeFileSync(at('mod.lua'), SCRIPT);
  writeFileSync(at('extra.lua'), EXTRA);
});
afterEach(() => {
  for (const { process } of programs.splice(0)) process.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** The path of a configuration of the text. */
function conf(text: string): string {
  writeFileSync(at('ecelerity.conf'), text);
  return at('ecelerity.conf');
}

const usual = () =>
  conf(scripts('mod') + listen('HTTP_Listener', '127.0.0.1:0') + listen('Control_Listener', socket()));

async function serve(...args: string[]) {
  const program = cli(['serve', ...args]);
  programs.push(program);
  const [, control] = await program.waitFor('stdout', /^control: (\S+)\n/m);
  const http = [...program.stdout.matchAll(/^https?: (\S+)\n/gm)].map(([, url]) => url!);
  return { program, control: control!, http };
}

async function end(program: Program, signal: NodeJS.Signals = 'SIGINT') {
  program.process.kill(signal);
  return program.outcome();
}

const ping = async (url = '') => (await fetch(`${url}/ping`)).text();

describe('with a configuration', () => {
  test('all listeners listen where it says', async () => {
    const file = conf(
      scripts('mod') +
        `HTTP_Listener { Listen "127.0.0.1:0" { } Listen "127.0.0.2:0" { } Listen "127.0.0.3:0" { Enable = false } }
         Control_Listener { Listen "${socket()}" { file_mode = 0600 } Listen "127.0.0.1:0" { } }
         ESMTP_Listener { Listen "127.0.0.1:0" { } Listen "127.0.0.1:26" { Enable = false } }
         XMPP_Listener { Listen ":5222" { } }`,
    );
    const { program, http, control } = await serve(file);
    expect(control).toBe(socket());
    expect(await Promise.all(http.map(ping))).toEqual(['pong', 'pong']);
    expect((await runCli(['console', socket(), 'version'])).status).toBe(0);
    const { status, stdout, stderr } = await end(program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.replaceAll(/:\d{4,}$/gm, ':PORT').split('\n')).toEqual([
      expect.stringMatching(/^momentum-sim \d/) as string,
      'endpoints:',
      '  GET /ping',
      '  GET /slow',
      'commands:',
      '  (none)',
      'http: http://127.0.0.1:PORT',
      'http: http://127.0.0.2:PORT',
      'smtp: 127.0.0.1:PORT',
      `control: ${socket()}`,
      'control: 127.0.0.1:PORT',
      'not served: XMPP_Listener ":5222" (this kind of listener is not simulated)',
      '',
    ]);
    expect(existsSync(socket())).toBe(false);
  });

  test('--http takes the place of the first HTTP_Listener, the others stay', async () => {
    const file = conf(
      scripts('mod') +
        listen('HTTP_Listener', '192.0.2.1:80', '127.0.0.2:0') +
        listen('Control_Listener', socket()),
    );
    const { http } = await serve(file, '--http', '127.0.0.3:0');
    expect(http.map((url) => new URL(url).hostname)).toEqual(['127.0.0.3', '127.0.0.2']);
    expect(await Promise.all(http.map(ping))).toEqual(['pong', 'pong']);
  });

  test('--control takes the place of the Control_Listener, with its options', async () => {
    const file = conf(
      `${scripts('mod')}${listen('HTTP_Listener', '127.0.0.1:0')}
       Control_Listener { Listen "/no/such/directory" { Always_Deny = true } }`,
    );
    const { http, control } = await serve(file, '--control', '0');
    expect(control).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await ping(http[0])).toBe('pong');
    expect((await runCli(['console', control, 'version'])).status).toBe(1);
  });

  test('--smtp takes the place of the first ESMTP_Listener, with its options', async () => {
    const file = conf(
      `${scripts('mod')}${listen('HTTP_Listener', '127.0.0.1:0')}${listen('Control_Listener', socket())}
       ESMTP_Listener { Listen "192.0.2.1:25" { Static_Banner = "220 hello" } }`,
    );
    const { program } = await serve(file, '--smtp', '0', '--control', '0');
    const [, port] = await program.waitFor('stdout', /^smtp: 127\.0\.0\.1:(\d+)$/m);
    const client = connect(Number(port), '127.0.0.1');
    expect(String(((await once(client, 'data')) as [Buffer])[0])).toBe('220 hello\r\n');
    client.destroy();
  });

  test('modules of the command line come on top', async () => {
    const { program, control } = await serve(at('extra.lua'), usual());
    expect((await runCli(['console', control, 'extra'])).stdout).toBe('also here\n');
    expect(program.stdout).toContain('  GET /ping\n');
  });

  test('a certificate makes it https', async () => {
    const pem = path.resolve('fixtures/tls/server.pem');
    const { program } = await serve(
      conf(
        `${scripts('mod')}${listen('Control_Listener', socket())}
         HTTP_Listener { Listen "127.0.0.1:0" { TLS_Certificate = "${pem}" } }`,
      ),
    );
    expect(program.stdout).toMatch(/^http: https:\/\/127\.0\.0\.1:\d+$/m);
  });
});

describe('without a configuration', () => {
  test("the console is at the product's address", async () => {
    const program = cli(['serve', '--http', '0', at('extra.lua')]);
    programs.push(program);
    // Another server of this machine may be there.
    const said = await Promise.race([
      program.waitFor('stdout', /^control: (.*)\n/m).then(([, address]) => address),
      program.outcome().then(({ stderr }) => /^momentum-sim: --control: (\S+) is in use/.exec(stderr)?.[1]),
    ]);
    expect(said).toBe('/tmp/2025');
    await end(program);
  });
});

describe('does not start', () => {
  const refused = async (args: string[], status: number, message: RegExp) => {
    const outcome = await runCli(['serve', ...args]);
    expect(outcome.stderr).toMatch(message);
    expect({ status: outcome.status, stdout: outcome.stdout }).toEqual({ status, stdout: '' });
  };

  test.each([
    [['a.conf', 'b.conf'], 2, /^momentum-sim: one configuration at most, not a\.conf and b\.conf\n/],
    [
      ['--smtp', 'nowhere'],
      1,
      /^momentum-sim: --smtp: a port, host:port or the path of a Unix socket expected/,
    ],
    [['missing.conf'], 1, /^momentum-sim: Unable to open the configuration file .*missing\.conf/],
  ])('with %j', (args, status, message) => refused(args, status, message));

  test('with a configuration that cannot be read: its place and excerpt', () =>
    refused([conf('alerting {\n  enabled = }\n')], 1, /ecelerity\.conf:2:\d+: [^]*> 2 \| {3}enabled = }/));

  test('at a configured address that is in use; what was bound is released', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = `127.0.0.1:${(holder.address() as AddressInfo).port}`;
    const file = conf(listen('HTTP_Listener', '127.0.0.1:0') + listen('Control_Listener', socket(), address));
    await refused(
      [file],
      1,
      new RegExp(
        `^momentum-sim: a listener of the configuration cannot listen: .*EADDRINUSE.*${address}; give the first of its kind another address with --http, --smtp or --control\n$`,
      ),
    );
    holder.close();
    expect(existsSync(socket())).toBe(false);
  });

  test.each([
    ['HTTP_Listener', ['127.0.0.1:0', '127.0.0.2:0']],
    ['Control_Listener', ['127.0.0.1:0', '127.0.0.2:0']],
  ])('with --control for several listeners of kind %s', (kind, addresses) =>
    refused(
      [conf(listen(kind, ...addresses)), '--control', '0'],
      1,
      new RegExp(
        `^momentum-sim: --control: the configuration has several listeners \\(${kind} "127\\.0\\.0\\.2:0"\\)`,
      ),
    ),
  );

  test('with --http where nothing serves HTTP', () =>
    refused(
      [conf(scripts()), '--http', '0'],
      1,
      /^momentum-sim: --http: the configuration has no HTTP_Listener/,
    ));
});

describe('ends', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('with 0 on %s while a request is in flight', async (signal) => {
    const { program, http } = await serve(usual());
    const request = fetch(`${http[0]}/slow`);
    const lost = expect(request).rejects.toThrow();
    await program.waitFor('stderr', /slow begins/);
    expect((await end(program, signal)).status).toBe(0);
    await lost;
    expect(existsSync(socket())).toBe(false);
  });

  test('with 0 while a reload runs', async () => {
    const { program } = await serve(usual(), '--watch');
    const hook = `function mod:core_post_config_commit() print("commit begins") msys.sleep(100000) end\n`;
    writeFileSync(at('mod.lua'), SCRIPT.replace('function mod:rsrc_setup', `${hook}function mod:rsrc_setup`));
    await program.waitFor('stderr', /commit begins/);
    const { status, stdout } = await end(program);
    expect(status).toBe(0);
    expect(stdout).not.toContain('reloaded');
    expect(existsSync(socket())).toBe(false);
  });

  test('at once on a second signal', async () => {
    writeFileSync(
      at('mod.lua'),
      SCRIPT.replace(
        'function mod:rsrc_setup',
        'function mod:deinit() print("deinit begins") while true do end end\nfunction mod:rsrc_setup',
      ),
    );
    const { program } = await serve(usual());
    program.process.kill('SIGINT');
    await program.waitFor('stderr', /deinit begins/);
    expect((await end(program, 'SIGTERM')).status).toBeNull();
    expect(program.process.signalCode).toBe('SIGTERM');
  });

  test("with 0 on the console's shutdown", async () => {
    const { program, control } = await serve(usual());
    expect(await runCli(['console', control, 'shutdown'])).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const { status, stderr } = await program.outcome();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(existsSync(socket())).toBe(false);
  });

  test.each([
    ['a command', ['crash']],
    ['deinit', ['keep', 'shutdown']],
  ])('with 1 when %s takes the server down', async (_, commands) => {
    const keeper = `local kept
      msys.registerControl("keep", function(cc) kept = cc.argv end)
      msys.registerModule("extra", { deinit = function() return kept[99] end })`;
    writeFileSync(at('extra.lua'), EXTRA + keeper);
    const { program, control } = await serve(usual(), at('extra.lua'));
    for (const command of commands) await runCli(['console', control, command]);
    const { status, stderr } = await program.outcome();
    expect(stderr).toMatch(/^crash ARGV_RANGE: /);
    expect(status).toBe(1);
  });
});
