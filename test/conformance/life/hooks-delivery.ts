/** 7.3 and 7.4: hooks of the SMTP client. */
import { MAIL, withModules } from './mail';
import { prints, withModule } from './start';

type Effects = Readonly<Record<string, () => Promise<void>>>;

export const deliveryHooks: Effects = {
  'life-7.3-19': async () => {
    const mta = await withModule(`
      require("msys.core") require("msys.extended.message")
      function mod:core_body_modify(msg, iop)
        local io = msys.core.io_wrapper_copy_memory("replaced\\r\\n", 10, 0)
        iop:set(io)
        return 1
      end`);
    const remote = mta.remote('example.org');
    const { messages } = await mta.smtp.send(MAIL);
    await mta.clock.advance(0);
    const [sent] = remote.deliveries;
    expect(sent!.raw!.toString()).toMatch(/Subject: hello\r\n\r\nreplaced\r\n$/);
    expect(messages[0]!.raw.toString()).toMatch(/body\r\n$/);
  },

  'life-7.4-2': async () => {
    for (const [what, command] of [
      ['mailfrom', 'MAIL FROM:<me@example.com>'],
      ['rcptto', 'RCPT TO:<you@example.org>'],
    ] as const) {
      const hook = (result: number) => `function mod:core_smtp_client_${what}_args(dc, args)
        msys.core.smtp_client_args_add(args, "X(name)", "1")
        print(tostring(dc.message.id)) return ${result} end`;
      const sent = async (...results: number[]) => {
        const mta = await withModules(results.map(hook));
        await mta.console('trace smtp add * example.org /var/tmp/smtp.log');
        mta.remote('example.org');
        await mta.smtp.send(MAIL);
        await mta.clock.advance(0);
        const dialogue = mta.files.get('/var/tmp/smtp.log')?.toString() ?? '';
        const { type } = mta.mainlog.at(-1)!;
        return [
          dialogue
            .split('\n')
            .find((line) => line.includes(command))
            ?.trim(),
          type,
          prints(mta).length,
        ];
      };
      expect(await sent(0, 0)).toEqual([expect.stringMatching(/> Xone=1 Xtwo=1$/), 'D', 2]);
      expect((await sent(1, 0)).slice(1)).toEqual(['T', 1]);
    }
  },

  'life-7.4-3': async () => {
    const connections = async (result: number) => {
      const mta = await withModule(`function mod:core_smtp_should_session_shutdown(dc)
        print(tostring(dc.message.id)) return ${result} end`);
      mta.remote('example.org');
      for (let i = 0; i < 2; i++) {
        await mta.smtp.send(MAIL);
        await mta.clock.advance(0);
      }
      expect(prints(mta)).toEqual(mta.messages.map(({ id }) => id));
      const deliveries = mta.mainlog.filter(({ type }) => type === 'D');
      return new Set(deliveries.map(({ connectionId }) => connectionId)).size;
    };
    expect([await connections(0), await connections(1)]).toEqual([1, 2]);
  },

  'life-7.4-22': async () => {
    const body = `function mod:generic_delivery_msg_dispose(msg)
      local function get(key) return msg:context_get(msys.core.ECMESS_CTX_MESS, key) end
      print(get("DLV_Response_Status"), get("DLV_Response_Status_Detail"))
      return 1
    end`;
    const mta = await withModules([body, body]);
    mta.remote('example.org').accept().once.reply(550, '5.1.1 unknown user');
    for (let i = 0; i < 2; i++) {
      await mta.smtp.send(MAIL);
      await mta.clock.advance(0);
    }
    expect(mta.messages.map(({ disposition }) => disposition).slice(0, 2)).toEqual([
      'failed',
      expect.any(String),
    ]);
    expect(prints(mta)).toEqual([
      ...Array<string>(2).fill('550\t5.1.1 unknown user'),
      ...Array<string>(2).fill('\t'),
    ]);
  },
};
