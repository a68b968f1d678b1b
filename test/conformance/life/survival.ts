/** What a reload, and the setting of one option, leave of the server's state (section 4, second table). */
import { Momentum } from '../../../src';
import { codes, withModule, withScript, type Row } from './start';

const SET = 'config set suspend_delivery true';

/** Registers only when the script is loaded for the first time. */
const ONCE = (registration: string) => `
  if msys.counter.read("/loads") == 0 then ${registration} end
  msys.counter.inc("/loads")`;

const ENDPOINT = `msys.httpsrv.register("GET", "/once", function(session) session:response_status_ok("text/plain") end)`;

export function survival(row: Row): void {
  row('life-4-10a', async () => {
    const mta = await withScript(ONCE(ENDPOINT));
    expect((await mta.request({ url: '/once' })).status).toBe(200);
    await mta.reload();
    expect((await mta.request({ url: '/once' })).status).toBe(404);
  });

  row('life-4-10b', async () => {
    const registered = await withModule(`function mod:rsrc_setup() ${ENDPOINT} return true end`);
    await registered.console(SET);
    expect((await registered.request({ url: '/once' })).status).toBe(200);
    const lost = await withModule(`function mod:init() ${ENDPOINT} return true end`);
    expect((await lost.request({ url: '/once' })).status).toBe(200);
    await lost.console(SET);
    expect((await lost.request({ url: '/once' })).status).toBe(404);
    expect(codes(lost)).toEqual(['LOST_ENDPOINT']);
  });

  row('life-4-11a', async () => {
    const mta = await withModule(`
      function mod:init() msys.registerControl("kept", function() print("answers") end) return true end`);
    await mta.console(SET);
    await mta.console('config unset suspend_delivery');
    expect(String(await mta.console('kept'))).toBe('answers\n');
  });

  row('life-4-11b', async () => {
    const mta = await withScript(ONCE('msys.registerControl("once", function() print("answers") end)'));
    expect(String(await mta.console('once'))).toBe('answers\n');
    await mta.reload();
    expect((await mta.console('once')).output).toBe('Unknown command: once');
  });

  row('life-4-15', async () => {
    const mta = await Momentum.start();
    await mta.console(SET);
    expect(String(await mta.console('config eval suspend_delivery'))).toBe('Suspend_Delivery = true\n');
    await mta.console('config reload');
    expect((await mta.console('config get suspend_delivery')).output).toContain('is not set in scope');
  });

  row('life-4-16', async () => {
    const told = async (change: (mta: Momentum) => Promise<unknown>, command: string, options = {}) => {
      const mta = await Momentum.start(options);
      const session = mta.smtp.session();
      await session.ehlo();
      await change(mta);
      const noop = await session.noop();
      const { code, text } = await session.command(command);
      return [noop.code, code, text, session.disconnected];
    };
    const reload = (mta: Momentum) => mta.reload();
    const RECONFIGURED = [250, 421, '4.3.2 Reconfiguration in progress', true];
    for (const command of ['MAIL FROM:<me@example.com>', 'RSET'])
      expect(await told(reload, command)).toEqual(RECONFIGURED);
    expect(await told((mta) => mta.console(SET), 'RSET')).toEqual(RECONFIGURED);
    const listener = 'ESMTP_Listener { Reconfig_Message = "4.3.2 Please come back" Listen ":25" { } }';
    const config = { text: `alerting { }\n${listener}` };
    expect(await told(reload, 'RSET', { config })).toEqual([250, 421, '4.3.2 Please come back', true]);
  });

  row('life-4-17', async () => {
    const mta = await Momentum.start({ domains: { 'example.com': { delayed: 3 } } });
    await mta.eval('msys.counter.add("/path", 7)');
    await mta.console(SET);
    expect(mta.domain('example.com')?.delayedCount).toBe(3);
    expect(await mta.eval('msys.counter.read("/path")')).toEqual([7]);
  });
}
