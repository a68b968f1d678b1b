/** From the loading of a script to the end of the server (section 4). */
import { Momentum } from '../../../src';
import { callout, MAIL } from './mail';
import { COMMIT_FAILED, moduleScript, prints, refusal, withModule, withScript, type Row } from './start';

const RETURNS = ['', 'nil', 'false', '1', '"true"', '{}'];

/** Console commands in turn, and how often `rsrc_setup` has run after each; the start was the first time. */
const GENERATIONS = [
  ['config reload', 2],
  ['config set suspend_delivery true', 3],
  ['config unset suspend_delivery', 4],
  ['config begin', 4],
  ['config set suspend_delivery true', 4],
  ['config commit', 5],
] as const;

export function lifecycle(row: Row): void {
  row('life-4-1a', async () => {
    const mta = await withScript('print("chunk")');
    await mta.reload();
    await mta.reload();
    expect(prints(mta)).toEqual(['chunk', 'chunk', 'chunk']);
  });

  row('life-4-1b', async () => {
    const mta = await withScript('msys.registerControl("from_chunk", function() print("answers") end)');
    expect(String(await mta.console('from_chunk'))).toBe('answers\n');
  });

  row('life-4-2a', async () => {
    const mta = await withModule('function mod:init() print("init") return true end');
    expect(prints(mta)).toEqual(['init']);
    await mta.console('config reload');
    expect(prints(mta)).toEqual(['init', 'init']);
  });

  row('life-4-2b', async () => {
    for (const result of RETURNS) {
      const body = `function mod:init() return ${result} end`;
      expect([result, await refusal({ modules: [moduleScript(body)] })]).toEqual([
        result,
        expect.stringContaining(COMMIT_FAILED),
      ]);
    }
    const mta = await withModule(`
      loads = msys.counter.read("/loads") msys.counter.inc("/loads")
      function mod:init() return loads == 0 end`);
    expect((await mta.console('config reload')).output).toBe('Reconfigure failed\n');
    expect(prints(mta)[0]).toContain(COMMIT_FAILED);
  });

  row('life-4-2c', async () => {
    const module = moduleScript('function mod:init() return false end');
    await expect(Momentum.start({ modules: [module] })).rejects.toMatchObject({ code: 'CONFIG' });
  });

  row('life-4-2d', async () => {
    const mta = await withModule(`
      function mod:init()
        self.timer = msys.timer.after(10, function() print("timer") end)
        msys.registerAuth("own", { authenticate = function() return msys.core.EC_AUTH_OK end })
        msys.audit_series.define("series", "string", 60, 5)
        msys.cidr.define("block", { type = "empty" })
        return true
      end`);
    await mta.clock.advance('10s');
    expect(prints(mta)).toEqual(['timer']);
    expect(
      await mta.eval(
        'msys.audit_series.add("series", { key = "k" }) return msys.audit_series.count("series", { key = "k" })',
      ),
    ).toEqual([1]);
  });

  row('life-4-2e', async () => {
    const mta = await withModule(`
      function mod:init() _OSTLS.marker = "scheduler" return true end
      ${callout('validate_connect', 'print(_OSTLS.marker)')}`);
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(['scheduler']);
    expect(await mta.eval('msys.runInPool("CPU", function() return tostring(_OSTLS.marker) end)')).toEqual([
      true,
      'nil',
    ]);
  });

  row('life-4-3a', async () => {
    const mta = await withModule('function mod:rsrc_setup() print("rsrc_setup") return true end');
    expect(prints(mta)).toHaveLength(1);
    for (const [line, count] of GENERATIONS) {
      const { status } = await mta.console(line);
      expect([line, status, prints(mta).length]).toEqual([line, 'COMPLETED', count]);
    }
  });

  row('life-4-3b', async () => {
    const mta = await withModule(`
      function mod:rsrc_setup()
        msys.httpsrv.register("POST", "/somepath", function(session)
          session:response_status_set_std(200, "answers", "text/plain")
        end)
        msys.registerControl("some_command", function() print("answers") end)
        return true
      end`);
    expect((await mta.request({ method: 'POST', url: '/somepath' })).text).toBe('answers');
    expect(String(await mta.console('some_command'))).toBe('answers\n');
  });

  row('life-4-4', async () => {
    const mta = await withModule(`
      function mod:core_post_config_commit()
        print("committed", (msys.config("eval", "suspend_delivery")))
      end`);
    const before = prints(mta);
    await mta.console('config set suspend_delivery true');
    expect([before, prints(mta, 1)]).toEqual([['committed\t0'], ['committed\t1']]);
  });

  row('life-4-6', async () => {
    const mta = await withModule(`
      ${callout('validate_connect', '')}
      function mod:validate_dealloc(...) print("dealloc", select("#", ...)) end`);
    const session = mta.smtp.session();
    await session.ehlo();
    expect(prints(mta)).toEqual([]);
    await session.quit();
    expect(prints(mta)).toEqual(['dealloc\t0']);
  });

  row('life-4-7a', async () => {
    const mta = await withModule(`
      function mod:init() print("init") return true end
      function mod:deinit() print("deinit") return true end`);
    await mta.stop();
    expect(prints(mta)).toEqual(['init', 'deinit']);
  });

  row('life-4-7b', async () => {
    const mta = await withModule('function mod:deinit() return false end');
    await mta.stop();
    expect(prints(mta)).toEqual([
      'deinit() of module mod did not return true; its resources may not be released',
    ]);
  });

  row('life-4-8', async () => {
    const mta = await withModule(`
      function mod:core_control_shutdown(...) print("shutdown", select("#", ...)) end
      function mod:core_control_shutdown_ex(die, ret, file, lineno)
        print("shutdown_ex", die, ret, type(file), type(lineno))
      end`);
    await mta.console('shutdown');
    await mta.stop();
    expect(prints(mta)).toEqual(['shutdown\t0', 'shutdown_ex\t0\t0\tstring\tnumber']);
  });
}
