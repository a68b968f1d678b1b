/** 7.2: hooks that are told what is logged. */
import { Momentum } from '../../../src';
import { MAIL, withModules } from './mail';
import { prints, withModule } from './start';

type Effects = Readonly<Record<string, () => Promise<void>>>;

const START = Date.UTC(2026, 0, 1) / 1000;

/** A void hook of a message, in two modules. */
const told = (key: string, parameters: string, shown: string) =>
  withModules(Array<string>(2).fill(`function mod:${key}(${parameters}) print(${shown}) return 1 end`));

const twice = (line: string) => [line, line];

async function delivered(mta: Momentum): Promise<string> {
  const { messages } = await mta.smtp.send(MAIL);
  await mta.clock.advance(0);
  return messages[0]!.id;
}

const OF_ATTEMPT = 'tostring(msg.id), dr.domain, now.tv_sec, note, len';

export const logHooks: Effects = {
  'life-7.2-1': async () => {
    const mta = await told(
      'core_log_reception_v1',
      'ac, msg, now, note, len',
      'ac.remote_addr, tostring(msg.id), now.tv_sec, #note == len',
    );
    const id = await delivered(mta);
    expect(prints(mta)).toEqual(twice(`127.0.0.1:40000\t${id}\t${START}\ttrue`));
    expect(mta.mainlog).toMatchObject([{ type: 'R', id }]);
  },

  'life-7.2-2': async () => {
    const mta = await told(
      'core_log_attempt_v1',
      'msg, dr, now, note, len',
      'tostring(msg.id), dr.domain, now.tv_sec',
    );
    mta.remote('example.org').reply(450, 'busy');
    const id = await delivered(mta);
    await mta.clock.advance('30m');
    expect(prints(mta)).toEqual(
      [0, 1200].flatMap((second) => twice(`${id}\texample.org\t${START + second}`)),
    );
  },

  'life-7.2-3': async () => {
    const mta = await told('core_log_delivery_v1', 'msg, dr, now, note, len', OF_ATTEMPT);
    mta.remote('example.org').reply(250, '2.0.0 fine');
    const id = await delivered(mta);
    expect(prints(mta)).toEqual(twice(`${id}\texample.org\t${START}\t250 2.0.0 fine\t14`));
  },

  'life-7.2-4': async () => {
    for (const [what, code] of [
      ['transient', 450],
      ['permanent', 550],
    ] as const) {
      const mta = await told(`core_log_${what}_failure_v1`, 'msg, dr, now, note, len', OF_ATTEMPT);
      mta.remote('example.org').reply(code, 'no');
      const id = await delivered(mta);
      expect(prints(mta)).toEqual(twice(`${id}\texample.org\t${START}\t${code} no\t6`));
    }
  },

  'life-7.2-5': async () => {
    const hook = `function mod:core_log_rejection(now, ac, ctx, phase, format, args)
      print(now.tv_sec, ac.remote_addr, msys.type(ctx), phase, format) return 1 end\n`;
    const refusing = `function mod:validate_rcptto(msg, str, ac, vctx)
      vctx:set_code(550, "not here") return msys.core.VALIDATE_DONE end`;
    const mta = await withModules([hook + refusing, hook]);
    await mta.smtp.send(MAIL);
    const [rcptto] = await mta.eval('msys.core.MC_STATE_RCPTTO');
    expect(prints(mta)).toEqual(
      twice(`${START}\t127.0.0.1:40000\tmsys.core:_validate_context\t${String(rcptto)}\t550 not here`),
    );
    expect(mta.rejectlog).toMatchObject([{ code: 550 }]);
  },

  'life-7.2-6': async () => {
    const mta = await withModule(`
      function mod:core_log_client_connection_success(addr, dr, slot, now)
        print("success", dr.domain, slot, now.tv_sec)
      end
      function mod:core_log_client_connection_failure(addr, err, dr, slot, now)
        print("failure", err == msys.core.CONN_ERROR_CONNECT, dr.domain, slot, now.tv_sec)
      end`);
    mta.remote('example.org').accept().once.refuse();
    await delivered(mta);
    await mta.clock.advance('20m');
    expect(prints(mta)).toEqual([
      `failure\ttrue\texample.org\t0\t${START}`,
      `success\texample.org\t0\t${START + 1200}`,
    ]);
  },

  'life-7.2-7': async () => {
    const mta = await told('core_log_reopen', '...', 'select("#", ...)');
    await mta.console('reopen logs');
    expect(prints(mta)).toEqual(twice('0'));
  },
};
