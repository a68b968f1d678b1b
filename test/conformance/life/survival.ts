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
    // Sessions of SMTP are not simulated; the text that they get is known, and can be set.
    const mta = await Momentum.start();
    expect(String(await mta.console('config eval ESMTP_Listener Reconfig_Message'))).toBe(
      'Reconfig_Message = "4.3.2 Reconfiguration in progress"\n',
    );
    await mta.console('config set ESMTP_Listener Reconfig_Message "4.3.2 Please come back"');
    expect(String(await mta.console('config eval ESMTP_Listener Reconfig_Message'))).toBe(
      'Reconfig_Message = "4.3.2 Please come back"\n',
    );
  });

  row('life-4-17', async () => {
    const mta = await Momentum.start({ domains: { 'example.com': { delayed: 3 } } });
    await mta.eval('msys.counter.add("/path", 7)');
    await mta.console(SET);
    expect(mta.domain('example.com')?.delayedCount).toBe(3);
    expect(await mta.eval('msys.counter.read("/path")')).toEqual([7]);
  });
}
