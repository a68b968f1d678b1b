/** The choices about the loading and the life of modules. */
import { Momentum } from '../../src';
import { choices } from './harness';
import {
  codes,
  COMMIT_FAILED,
  configWith,
  moduleScript,
  prints,
  refusal,
  withModule,
  withScript,
} from './life/start';
import { prototypesOf } from './life/modules';

const { row, end } = choices('L');

const SET = 'config set suspend_delivery true';
const REGISTER = `msys.httpsrv.register("GET", "/own", function(s) s:response_status_ok("text/plain") end)`;
const DEFAULT_ROOT = '/opt/msys/ecelerity/etc/conf/default';

const talkative = (name: string) =>
  moduleScript(
    `print("${name} chunk")
     function mod:init() print("${name} init") return true end
     function mod:rsrc_setup() print("${name} rsrc_setup") return true end
     function mod:deinit() print("${name} deinit") return true end`,
    name,
  );
const twice = (body: string) =>
  Momentum.start({
    modules: ['one', 'two'].map((name) => moduleScript(body.replaceAll('NAME', name), name)),
  });

row('L1', async () => {
  const mta = await Momentum.start({ modules: [talkative('one'), talkative('two')] });
  const steps = ['chunk', 'init', 'rsrc_setup'].flatMap((step) => [`one ${step}`, `two ${step}`]);
  expect(prints(mta)).toEqual(steps);
  const failing = moduleScript('function mod:init() return false end', 'two');
  const later = moduleScript('function mod:rsrc_setup() print("never") return true end', 'three');
  expect(await refusal({ modules: [failing, later] })).toContain(
    'Module two: init() of module two returned false',
  );
});

row('L2', async () => {
  for (const result of ['', 'nil', 'false']) {
    const module = moduleScript(`function mod:rsrc_setup() return ${result} end`);
    expect(await refusal({ modules: [module] })).toContain(COMMIT_FAILED);
    const mta = await Momentum.start({ modules: [module], strict: false });
    expect(codes(mta)).toEqual(['RSRC_SETUP_RESULT']);
  }
});

row('L3', async () => {
  const sources = [
    'error("broken")',
    ...['init', 'rsrc_setup'].map((step) => `function mod:${step}() error("broken") end`),
  ];
  for (const source of sources) {
    const error = await refusal({ modules: [moduleScript(source)] });
    expect(error).toContain(COMMIT_FAILED);
    expect(error).toContain('broken');
  }
});

row('L4', async () => {
  const body = (end: string) => `function mod:validate_ehlo() ${end} end`;
  const mail = { from: 'me@example.com', to: 'you@example.org', data: 'Subject: s\r\n\r\n' };
  const failing = await withModule(body('error("broken")'));
  expect(await failing.smtp.send(mail)).toMatchObject({ code: 421, text: '4.4.5 Service unavailable' });
  expect(prints(failing)).toEqual([
    'validate_ehlo error: (null)',
    'mod error: (null)',
    expect.stringMatching(/broken\nstack traceback:/),
  ]);
  const silent = await withModule(body(''));
  expect(await silent.smtp.send(mail)).toMatchObject({ code: 250 });
  expect(prints(silent)).toEqual(['validate_ehlo error: (null)', 'mod error: (null)']);
  expect(codes(silent)).toEqual(['VALIDATE_RESULT']);
  const lenient = await withModule(body(''), { strict: { VALIDATE_RESULT: 'off' } });
  expect(await lenient.smtp.send(mail)).toMatchObject({ code: 250 });
  expect(codes(lenient)).toEqual([]);
});

row('L5', async () => {
  const mta = await withModule('function mod:validate_connect() end');
  const session = mta.smtp.session();
  await session.ehlo();
  const time = mta.clock.seconds();
  expect(mta.paniclog.map(({ text }) => text)).toEqual([
    `${time}:scriptlet-00147: validate_connect error: (null)`,
    `${time}:scriptlet-00239: mod error: (null)`,
  ]);
  expect(codes(mta)).toEqual(['VALIDATE_RESULT']);
});

row('L6', async () => {
  const mta = await Momentum.start({ modules: [talkative('mod')] });
  await mta.reload();
  expect(prints(mta, 3)).toEqual(['mod chunk', 'mod init', 'mod rsrc_setup', 'mod deinit']);
});

row('L7', async () => {
  const prototypes = await prototypesOf(await Momentum.start());
  expect(prototypes.get('core_log_delivery_v1')?.types.slice(-2)).toEqual(['string', 'number']);
});

row('L8', async () => {
  const mta = await withModule(`
    function mod:core_config_option_pre_set(...) print("pre", select("#", ...), (select(3, ...))) return 0 end
    function mod:core_config_option_post_set(...) print("post", select("#", ...), (select(3, ...))) end`);
  await mta.console(SET);
  expect(prints(mta)).toEqual(['pre\t3\tnil', 'post\t3\tnil']);
  const { types } = (await prototypesOf(mta)).get('core_pre_ec_can_relay_to')!;
  expect(types).toEqual(['string', 'userdata', 'userdata']);
});

row('L9', async () => {
  const mta = await twice('function mod:core_log_reopen() print("NAME") end');
  await mta.console('reopen logs');
  expect(prints(mta)).toEqual(['one', 'two']);
});

row('L10', async () => {
  const mta = await withScript('loaded = true');
  await mta.eval('mark = "kept"');
  await mta.console(SET);
  expect(await mta.eval('mark')).toEqual(['kept']);
  await mta.console('config reload');
  expect(await mta.eval('loaded, mark')).toEqual([true, undefined]);
});

row('L11', async () => {
  const mta = await withModule(`
    mod.shown = "shown"
    function mod:init() print("init", self == mod) return true end
    function mod:rsrc_setup() print("rsrc_setup", self == mod) return true end
    function mod:deinit() print("deinit", self == mod) return true end
    function mod:core_log_reopen()
      local kept = self.kept
      self.kept = true
      print("hook", self == mod, self.shown, kept)
    end`);
  await mta.console('reopen logs');
  await mta.console('reopen logs');
  await mta.stop();
  const hook = 'hook\tfalse\tshown\tnil';
  expect(prints(mta)).toEqual(['init\ttrue', 'rsrc_setup\ttrue', hook, hook, 'deinit\ttrue']);
});

row('L12', async () => {
  const mta = await withModule('function mod:core_no_such_hook() end function mod:core_log_reopen() end');
  expect([...mta.diagnostics]).toMatchObject([{ code: 'UNKNOWN_CALLOUT', severity: 'warning' }]);
});

row('L13', async () => {
  const source = 'msys.registerControl("last", function(cc) print(cc.argv[cc.argc]) end)';
  const mta = await withScript(source);
  await expect(mta.console('last')).rejects.toMatchObject({ code: 'ARGV_RANGE' });
  expect(codes(mta)).toEqual(['ARGV_RANGE']);
  const lenient = await withScript(source, { strict: false });
  expect(String(await lenient.console('last'))).toBe('nil\n');
  expect(codes(lenient)).toContain('ARGV_RANGE');
});

row('L14', async () => {
  const mta = await withModule(`
    function mod:validate_ehlo(str, accept, vctx)
      local core = msys.core
      print(msys.type(str), tostring(str), vctx:get(core.VCTX_CONN, "ehlo_string"), vctx:get(core.VCTX_CONN, "ehlo_domain"))
      return core.VALIDATE_CONT
    end`);
  await mta.smtp.session().ehlo('client.test');
  expect(prints(mta)).toEqual(['msys.core:_ec_string\tEHLO client.test\r\n\tEHLO client.test\tclient.test']);
});

row('L15', async () => {
  const module = moduleScript('function mod:init() return 1 end');
  expect(await refusal({ modules: [module], strict: false })).toContain(COMMIT_FAILED);
});

row('L16', async () => {
  const source = 'msys.registerModule("mod", { helper = function() end })';
  expect(await refusal({ modules: [{ name: 'mod', source }] })).toContain('no usable methods found');
  const mta = await withScript(source, { strict: false });
  expect(prints(mta)).toEqual(['no usable methods found for module mod in registerModule call']);
  expect(codes(mta)).toContain('NO_USABLE_CALLOUT');
});

row('L17', async () => {
  const mta = await withScript('counted = (counted or 0) + 1');
  await mta.reload();
  expect(await mta.eval('counted')).toEqual([1]);
});

row('L18', async () => {
  const config = configWith('scriptlet "scriptlet" { }\nscriptlet "other_name" { }');
  expect(await refusal({ config })).toContain('only one is allowed');
});

row('L19', async () => {
  const files = { [`${DEFAULT_ROOT}/more.lua`]: talkative('more').source };
  const mta = await Momentum.start({ modules: [talkative('mod')], files });
  await mta.console(SET);
  expect(prints(mta, 3)).toEqual(['mod rsrc_setup']);
  await mta.console('config set scriptlet scriptlet script more source more');
  expect(prints(mta, 4).slice(0, 2).sort()).toEqual(['mod chunk', 'more chunk']);
});

row('L20', async () => {
  for (const [strict, severity] of [
    [true, 'violation'],
    [false, 'warning'],
  ] as const) {
    const mta = await withModule(`function mod:init() ${REGISTER} return true end`, { strict });
    await mta.console(SET);
    expect((await mta.request({ url: '/own' })).status).toBe(404);
    expect([...mta.diagnostics]).toMatchObject([{ code: 'LOST_ENDPOINT', severity }]);
  }
});

row('L21', async () => {
  const says = (where: string) => `print("${where}") msys.registerControl("x", print)`;
  const places = ['/conf/mod.lua', '/lib/mod.lua', `${DEFAULT_ROOT.replace('default', 'global')}/mod.lua`];
  const files: Record<string, string> = {
    '/conf/ecelerity.conf': configWith('scriptlet "scriptlet" { script "mod" { source = "mod" } }').text,
    [`${DEFAULT_ROOT}/mod.lua`]: says(`${DEFAULT_ROOT}/mod.lua`),
  };
  for (const place of places) files[place] = says(place);
  for (const place of [...places, `${DEFAULT_ROOT}/mod.lua`]) {
    const mta = await Momentum.start({ config: '/conf/ecelerity.conf', lib: ['/lib'], files: { ...files } });
    expect(prints(mta)).toEqual([place]);
    Reflect.deleteProperty(files, place);
  }
});

row('L22', async () => {
  const mta = await withModule(`
    function mod:rsrc_setup() print("rsrc_setup") return true end
    function mod:config_rsrc_setup(transaction) print(msys.type(transaction), transaction.name) return false end`);
  expect(prints(mta)).toEqual(['rsrc_setup', 'msys.core:_ec_config_header\t']);
});

row('L23', async () => {
  const module = `
    function mod:core_control_shutdown() print("shutdown") end
    function mod:core_control_shutdown_ex() print("shutdown_ex") end
    function mod:deinit() print("deinit") return true end`;
  const stopped = await withModule(module);
  await stopped.stop();
  expect(prints(stopped)).toEqual(['deinit']);
  const mta = await withModule(module);
  await mta.console('shutdown');
  await mta.stop();
  expect(prints(mta)).toEqual(['shutdown', 'shutdown_ex', 'deinit']);
});

row('L24', async () => {
  const failing = moduleScript('function mod:deinit() error("broken") end', 'one');
  const quiet = moduleScript('function mod:deinit() end', 'two');
  const mta = await Momentum.start({ modules: [failing, quiet] });
  await mta.stop();
  expect(prints(mta)).toEqual([
    expect.stringContaining('broken'),
    'deinit() of module two did not return true; its resources may not be released',
  ]);
});

row('L25', async () => {
  for (const [level, expected] of [
    ['warn', ['SILENT_SCRIPT']],
    ['off', []],
  ] as const) {
    const mta = await withScript('local mod = {}', { strict: { SILENT_SCRIPT: level } });
    expect(codes(mta)).toEqual(expected);
  }
});

row('L26', async () => {
  const modules = [{ name: 'stanza', path: 'fixtures/conformance/life/registers-other.lua' }];
  const mta = await Momentum.start({ modules });
  expect(codes(mta)).toEqual(['NAME_MISMATCH']);
  const silent = await Momentum.start({ modules, strict: { NAME_MISMATCH: 'off' } });
  expect(codes(silent)).toEqual([]);
});

row('L27', async () => {
  const mta = await withModule(`
    function mod:core_config_option_pre_set(header, option)
      print(header.name, option.name:lower(), option.value)
      return 0
    end`);
  await mta.console('config set domain example.com max_retries 3');
  expect(prints(mta)).toEqual(['Domain:example.com:\tmax_retries\t3']);
});

row('L28', async () => {
  const mta = await withModule(`
    function mod:core_control_post_control(cc, argc, argv, input, output)
      print(type(input), input, msys.type(output), tostring(output))
    end`);
  const { output } = await mta.console('pid');
  expect(prints(mta)).toEqual([`string\tpid\tmsys.core:_ec_string\t${output}`]);
});

row('L29', async () => {
  const mta = await twice('function mod:core_log_reopen() print("NAME") error("broken") end');
  await mta.console('reopen logs');
  const traceback = expect.stringMatching(/broken\nstack traceback:/) as string;
  expect(prints(mta)).toEqual(['one', traceback, 'two', traceback]);
});

row('L30', async () => {
  const mta = await withModule(`
    function mod:validate_connect() _TLS.own = "session" return msys.core.VALIDATE_CONT end
    function mod:core_validate_connect()
      local inner = coroutine.wrap(function() return tostring(_TLS.own) end)
      print(_TLS.own, inner(), (select(2, msys.runInPool("CPU", function() return _TLS.own end))))
    end
    function mod:core_log_reopen() print(tostring(_TLS.own)) end
    function mod:rsrc_setup()
      msys.httpsrv.register("GET", "/", function(s)
        print(tostring(_TLS.own))
        _TLS.own = "request"
        s:response_status_ok("text/plain")
      end)
      return true
    end`);
  const session = mta.smtp.session();
  await session.ehlo();
  await mta.console('reopen logs');
  for (let i = 0; i < 2; i++) await mta.request({ url: '/' });
  await session.quit();
  expect(prints(mta)).toEqual(['session\tnil\tsession', 'nil', 'nil', 'nil']);
});

end();
