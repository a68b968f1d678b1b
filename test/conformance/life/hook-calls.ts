/** Hooks that the simulator calls itself: console, configuration, logs, authentication (section 7). */
import { Momentum } from '../../../src';
import { codes, moduleScript, prints, withModule, type Row } from './start';

const AUTH_CONFIG = {
  text: `
alerting {}
httpsrv {}
ac_auth {}
scriptlet "scriptlet" {}
HTTP_Listener {
  enable_authentication = true
  AuthPlainParameters = [ uri = "ac_auth://" ]
  Listen ":2081" {}
}`,
};

const AUTH_HOOKS = `
  msys.httpsrv.register("GET", "/", function(session) session:response_status_ok("text/plain") end)
  function mod:ac_auth_perform_auth(username, password, ac, response)
    print(username, password, msys.type(ac), msys.type(response))
    return password == "test2006" and msys.core.EC_AUTH_OK or msys.core.EC_AUTH_FAIL
  end
  function mod:ac_auth_log_auth_failure(username, ac, response)
    print("failure", username, msys.type(ac), msys.type(response))
  end`;

const ARGUMENTS = 'msys.core:_accept_construct\tmsys.core:_ec_string';

async function logIn(password: string) {
  const mta = await Momentum.start({ config: AUTH_CONFIG, modules: [moduleScript(AUTH_HOOKS)] });
  const authorization = `Basic ${Buffer.from(`Test User:${password}`).toString('base64')}`;
  const { status } = await mta.request({ url: '/', headers: { authorization } });
  return { mta, status };
}

/** What `config_rsrc_setup` is told, and how to register in it. */
const SETUP_HOOK = `
  function mod:config_rsrc_setup(...)
    local transaction = ...
    print(select("#", ...), msys.type(transaction), rawget(self, "config_rsrc_setup"))
    msys.httpsrv.register("GET", "/", function(session) session:response_status_ok("text/plain") end)
  end`;

export function hookCalls(row: Row): void {
  row('life-7.2-7a', async () => {
    const mta = await withModule('function mod:core_log_reopen(...) print("reopen", select("#", ...)) end');
    await mta.console('reopen logs');
    expect(prints(mta)).toEqual(['reopen\t0']);
  });

  row('life-7.3-8a', async () => {
    const { mta, status } = await logIn('test2006');
    expect([status, prints(mta)]).toEqual([200, [`Test User\ttest2006\t${ARGUMENTS}`]]);
  });

  row('life-7.3-9a', async () => {
    const { mta, status } = await logIn('guess');
    expect([status, prints(mta)]).toEqual([
      401,
      [`Test User\tguess\t${ARGUMENTS}`, `failure\tTest User\t${ARGUMENTS}`],
    ]);
  });

  row('life-7.5-1a', async () => {
    const mta = await withModule(SETUP_HOOK);
    await mta.console('config set suspend_delivery true');
    await mta.console('config reload');
    expect(prints(mta)).toEqual(Array(3).fill('1\tmsys.core:_ec_config_header\tnil'));
    expect((await mta.request({ url: '/' })).status).toBe(200);
    expect(codes(mta)).toEqual([]);
  });

  row('life-7.5-2a', async () => {
    const hook = (name: string) =>
      moduleScript(
        `function mod:core_control_pre_command(cc, response)
           print("${name}", cc.argv[0])
           response:write("instead", 7)
           return 1
         end`,
        name,
      );
    const mta = await Momentum.start({ modules: [hook('one'), hook('two')] });
    expect(await mta.console('version')).toMatchObject({ output: 'instead', status: 'COMPLETED' });
    expect(prints(mta)).toEqual(['one\tversion']);
  });

  row('life-7.5-2b', async () => {
    const mta = await withModule('function mod:core_control_pre_command() return 0 end');
    expect((await mta.console('version')).output).toMatch(/^Momentum Version: /);
  });

  row('life-7.5-3a', async () => {
    const mta = await withModule(`
      function mod:core_control_post_command(cc, response) print(tostring(cc.command), tostring(response)) return 1 end`);
    const { output } = await mta.console('pid');
    expect(prints(mta)).toEqual([`pid\t${output}`]);
  });

  row('life-7.5-4a', async () => {
    const mta = await withModule(`
      function mod:core_control_post_control(cc, argc, argv, input, output)
        print(msys.type(cc), argc, argv[argc - 1], tostring(input), tostring(output))
      end`);
    const { output } = await mta.console('config get suspend_delivery');
    expect(prints(mta)).toEqual([
      `msys.core:_command_construct\t3\tsuspend_delivery\tconfig get suspend_delivery\t${output}`,
    ]);
  });

  const writable = ['core_control_allow_writable_config', 'core_control_allow_writable_config2'];
  for (const [id, hook] of writable.map((name, i) => [`life-7.5-5${'ab'[i]!}`, name] as const))
    row(id, async () => {
      const mta = await withModule(`
        allowed = 0
        function mod:${hook}(...) print(select("#", ...), msys.type((...))) return allowed end`);
      const set = 'config set suspend_delivery true';
      expect(await mta.console(set)).toMatchObject({ status: 'FAILED' });
      expect((await mta.console('config get suspend_delivery')).output).toContain('is not set');
      await mta.eval('allowed = 1');
      expect(await mta.console(set)).toMatchObject({ status: 'COMPLETED' });
      const count = hook.endsWith('2') ? 5 : 2;
      expect(prints(mta)).toEqual(Array(2).fill(`${count}\tmsys.core:_command_construct`));
    });

  row('life-7.5-6a', async () => {
    const hook = (name: string) =>
      moduleScript(
        `function mod:core_config_option_pre_set(header, option)
           print("${name}", msys.type(header), msys.type(option))
           return 1
         end`,
        name,
      );
    const mta = await Momentum.start({ modules: [hook('one'), hook('two')] });
    expect(String(await mta.console('config set suspend_delivery true'))).toBe('Suspend_Delivery = true\n');
    expect((await mta.console('config get suspend_delivery')).output).toContain('is not set');
    expect(prints(mta)).toEqual(['one\tmsys.core:_ec_config_header\tmsys.core:_ec_config_option']);
  });

  row('life-7.5-7a', async () => {
    const mta = await withModule(`
      function mod:core_config_option_post_set(header, option)
        print(option.name:lower(), option.value, (msys.config("eval", "suspend_delivery")))
      end`);
    await mta.console('config set suspend_delivery true');
    expect(prints(mta)).toEqual(['suspend_delivery\ttrue\t1']);
  });

  row('life-7.5-8a', async () => {
    const mta = await withModule(`
      function mod:core_post_config_commit(...) print("committed", select("#", ...)) end
      function mod:rsrc_setup() return msys.counter.read("/refuse") == 0 end`);
    await mta.console('config set suspend_delivery true');
    await mta.console('config reload');
    const committed = Array(3).fill('committed\t0');
    expect(prints(mta)).toEqual(committed);
    await mta.eval('msys.counter.inc("/refuse")');
    expect(await mta.console('config unset suspend_delivery')).toMatchObject({ status: 'FAILED' });
    expect(prints(mta).filter((line) => line.startsWith('committed'))).toEqual(committed);
  });

  row('life-7.5-9a', async () => {
    const mta = await withModule(`
      function mod:core_control_shutdown() print("shutdown") end
      function mod:core_control_shutdown_ex(die, ret) print("shutdown_ex", die, ret) end`);
    await mta.console('shutdown');
    await mta.stop();
    expect(prints(mta)).toEqual(['shutdown', 'shutdown_ex\t0\t0']);
  });

  row('life-7.5-10a', async () => {
    const keys = ['pre_console_release', 'pre_drop_privileges', 'post_drop_privileges', 'sys_init'];
    const functions = keys.map((key) => `function mod:core_${key}() print("${key}") end`);
    const mta = await withModule(functions.join('\n'));
    await mta.reload();
    await mta.stop();
    expect([prints(mta), codes(mta)]).toEqual([[], []]);
  });
}
