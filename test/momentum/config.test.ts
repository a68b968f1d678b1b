import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { ConfigError, Momentum, UsageError } from '../../src';
import '../../src/jest';

const BASE = 'alerting { }\nhttpsrv { }\nHTTP_Listener { Listen ":2081" { } }\n';
const moduleWith = (name: string, body: string) => ({
  name,
  source: `local mod = {} ${body} msys.registerModule("${name}", mod)`,
});
const endpointIn = (step: string, path: string) =>
  `function mod:${step}()
    msys.httpsrv.register("GET", "${path}", function(s) s:response_status_set_std(200, "ok", "text/plain") end)
    return true
  end`;

describe('the option config', () => {
  test.each([
    ['a number', 7],
    ['an empty path', ''],
    ['another member', { file: 'x.conf' }],
  ])('%s is refused', async (_, config) => {
    await expect(Momentum.start({ config: config as never })).rejects.toThrow(UsageError);
  });

  test('a file that is missing', async () => {
    await expect(Momentum.start({ config: '/no/such/ecelerity.conf' })).rejects.toThrow(ConfigError);
  });

  test('a text that cannot be read rejects with its place', async () => {
    const config = { text: 'alerting {\n  enabled = \n' };
    await expect(Momentum.start({ config })).rejects.toMatchObject({ line: expect.any(Number) as number });
  });

  test('scripts of its stanzas are found beside it, dots and slashes alike', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-'));
    const file = path.join(directory, 'ecelerity.conf');
    writeFileSync(
      path.join(directory, 'one.lua'),
      'print("one") msys.registerModule("one", { init = function() return true end })',
    );
    writeFileSync(
      file,
      `${BASE} scriptlet "scriptlet" { script "one" { source = "one" } script "boot" { source = "msys.boot" } }`,
    );
    const mta = await Momentum.start({ config: file });
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['one']);
  });

  test('sources in memory serve as well', async () => {
    const mta = await Momentum.start({
      config: '/conf/ecelerity.conf',
      files: {
        '/conf/ecelerity.conf': `${BASE} scriptlet "scriptlet" { script "deep" { source = "policy/deep" } }`,
        '/conf/policy/deep.lua': `local helper = require("policy.helper") ${moduleWith('deep', 'function mod:init() print(helper) return true end').source}`,
        '/conf/policy/helper.lua': 'return "helped"',
      },
    });
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['helped']);
  });

  test("the product's text for a source that is missing", async () => {
    const config = { text: `${BASE} scriptlet "scriptlet" { script "a" { source = "a.b.lua" } }` };
    await expect(Momentum.start({ config, lib: ['/conf'] })).rejects.toThrow(
      "Unable to open '/conf/a/b/lua.lua', errno=2 No such file or directory",
    );
  });

  test('stanzas of scriptlet of one name merge, two names are refused', async () => {
    const text = (other: string) =>
      `${BASE} scriptlet "scriptlet" { script "boot" { source = "msys.boot" } } scriptlet "${other}" { }`;
    await Momentum.start({ config: { text: text('scriptlet') } });
    await expect(Momentum.start({ config: { text: text('other') } })).rejects.toThrow('only one is allowed');
  });

  test('scripts without alerting are refused', async () => {
    const config = { text: 'scriptlet "scriptlet" { script "boot" { source = "msys.boot" } }' };
    await expect(Momentum.start({ config })).rejects.toThrow('alerting');
    const lenient = await Momentum.start({ config, strict: false });
    expect(lenient).toHaveDiagnostic('MISSING_ALERTING');
  });

  test('endpoints without httpsrv are worth a warning; without a listener nobody answers', async () => {
    const mta = await Momentum.start({
      config: { text: 'alerting { }' },
      modules: [moduleWith('mod', endpointIn('rsrc_setup', '/x'))],
    });
    expect(mta).toHaveDiagnostic('MISSING_HTTPSRV');
    expect(() => mta.http).toThrow('no HTTP_Listener');
    await expect(mta.request({ url: '/x' })).rejects.toThrow(UsageError);
  });
});

describe('config set makes a generation', () => {
  test('globals stay, rsrc_setup runs again, init does not', async () => {
    const mta = await Momentum.start({
      modules: [
        moduleWith(
          'mod',
          `counter = (counter or 0)
           function mod:init() print("init") return true end
           function mod:rsrc_setup() counter = counter + 1 print("setup " .. counter) return true end`,
        ),
      ],
    });
    expect(await mta.console('config set max_retries 7')).toMatchObject({
      status: 'COMPLETED',
      output: 'Max_Retries = 7\n',
    });
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['init', 'setup 1', 'setup 2']);
  });

  test.each([
    ['rsrc_setup', 200, false],
    ['init', 404, true],
  ])('an endpoint of %s then answers %d', async (step, status, isLost) => {
    const mta = await Momentum.start({ modules: [moduleWith('mod', endpointIn(step, '/x'))] });
    await request(mta.http).get('/x').expect(200);
    await mta.console('config set max_retries 7');
    await request(mta.http).get('/x').expect(status);
    expect([...mta.diagnostics].some(({ code }) => code === 'LOST_ENDPOINT')).toBe(isLost);
  });

  test('console commands stay', async () => {
    const body =
      'function mod:init() msys.registerControl("hello", function() print("hi") end) return true end';
    const mta = await Momentum.start({ modules: [moduleWith('mod', body)] });
    await mta.console('config set max_retries 7');
    expect(String(await mta.console('hello'))).toBe('hi\n');
  });

  test('a failing rsrc_setup leaves option, endpoints and commands as they were', async () => {
    const mta = await Momentum.start({
      modules: [
        moduleWith(
          'mod',
          `local runs = 0
           function mod:rsrc_setup()
             runs = runs + 1
             if runs == 2 then return false end
             msys.httpsrv.register("GET", "/x", function() end)
             msys.registerControl("run", function() print(runs) end)
             return true
           end`,
        ),
      ],
    });
    expect(await mta.console('config set max_retries 7')).toMatchObject({ status: 'FAILED' });
    expect(mta).toHaveDiagnostic('RSRC_SETUP_RESULT');
    expect(String(await mta.console('config eval max_retries'))).not.toContain('7');
    await request(mta.http).get('/x').expect(200);
    expect(mta).toHaveCommand('run');
  });

  test('scripts see what is being committed', async () => {
    const mta = await Momentum.start({
      modules: [
        moduleWith(
          'mod',
          'function mod:rsrc_setup() print((msys.config("eval", "max_retries"))) return true end',
        ),
      ],
    });
    await mta.console('config set max_retries 7');
    expect(mta.paniclog.at(-1)?.message).toBe('7');
  });
});

test('config reload reads the files anew; a broken one changes nothing', async () => {
  const conf = (path: string) => `${BASE}# ${path}\n`;
  const mta = await Momentum.start({
    config: '/conf/ecelerity.conf',
    files: { '/conf/ecelerity.conf': conf('first') },
    modules: [moduleWith('mod', 'counter = (counter or 0) + 1 function mod:init() return true end')],
  });
  mta.files.set('/conf/ecelerity.conf', `${conf('second')} max_retries = 3`);
  expect(String(await mta.console('config reload'))).toBe('Reconfigure complete.\n');
  expect(String(await mta.console('config get max_retries'))).toBe('Max_Retries = 3\n');
  mta.files.set('/conf/ecelerity.conf', 'max_retries = {');
  expect(await mta.console('config reload')).toMatchObject({
    status: 'FAILED',
    output: 'Reconfigure failed\n',
  });
  expect(mta).toHaveLogged('paniclog', '/conf/ecelerity.conf');
  expect(String(await mta.console('config get max_retries'))).toBe('Max_Retries = 3\n');
});

test('hooks around changes of options', async () => {
  const mta = await Momentum.start({
    modules: [
      moduleWith(
        'mod',
        `function mod:core_control_allow_writable_config(cc, response)
           return tostring(cc.command):find("Blackhole") and 0 or 1
         end
         function mod:core_config_option_pre_set(header, option)
           return option.name == "never_retry" and 1 or 0
         end
         function mod:core_config_option_post_set(header, option)
           print("set", header.name, option.name, option.value)
         end
         function mod:core_post_config_commit() print("committed") end`,
      ),
    ],
  });
  expect(await mta.console('config set Blackhole true')).toMatchObject({ status: 'FAILED' });
  await mta.console('config set never_retry true');
  expect(await mta.console('config get never_retry')).toMatchObject({ status: 'FAILED' });
  await mta.console('config set max_retries 7');
  expect(mta.paniclog.map(({ message }) => message)).toEqual([
    'committed',
    'committed',
    'set\t\tmax_retries\t7',
  ]);
});

test('listeners and delivery follow what was set', async () => {
  const mta = await Momentum.start({
    modules: [moduleWith('mod', endpointIn('rsrc_setup', '/x'))],
    domains: { 'a.example': { active: 1 } },
  });
  const { http } = await mta.listen({ http: 0 });
  await mta.console('config set http_listener listen :2081 always_deny true');
  expect(await mta.request({ url: '/x' })).toMatchObject({ status: 403 });
  await mta.console('config set http_listener listen :2081 always_deny false');
  await mta.console('config set http_listener listen :2081 enable false');
  await expect(fetch(`http://127.0.0.1:${http!.port}/x`)).rejects.toThrow('fetch failed');
  await mta.console('config set http_listener listen :2081 enable true');
  expect((await fetch(`http://127.0.0.1:${http!.port}/x`)).status).toBe(200);

  mta.remote('a.example').accept();
  await mta.console('config set suspend_delivery true');
  await mta.clock.advance(0);
  expect(mta.domain('a.example')).toMatchObject({ active: 1, deliveries: 0 });
  await mta.console('config unset suspend_delivery');
  await mta.clock.advance(0);
  expect(mta.domain('a.example')).toMatchObject({ active: 0, deliveries: 1 });
});
