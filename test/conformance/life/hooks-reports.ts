/** 7.4: hooks of bounces, of notices about delays, and of the classes of bounces. */
import type { Momentum } from '../../../src';
import { callout, MAIL, withModules } from './mail';
import { configWith, prints, withModule } from './start';

type Effects = Readonly<Record<string, () => Promise<void>>>;

/** The report that the sender of a mail gets that the far side refuses; what scripts print besides. */
async function bounced(
  bodies: readonly string[],
): Promise<{ report: string | undefined; lines: string[]; mta: Momentum }> {
  const mta = await withModules(bodies);
  mta.remote('example.org').reply(550, '5.1.1 unknown user');
  await mta.smtp.send(MAIL);
  await mta.clock.advance(0);
  const report = mta.messages.find(({ method }) => method === 'internal');
  return { report: report?.raw.toString(), lines: prints(mta), mta };
}

const say = (key: string, parameters: string, lua: string) =>
  `function mod:${key}(${parameters}) ${lua} end\n`;

const reports: Effects = {
  'life-7.4-12': async () => {
    const hook = (value: number, result: string) =>
      say(
        'core_generate_bounces',
        'msg, enabled',
        `print("(name)", enabled[0]) enabled:set(${value}) return msys.core.GENERATE_BOUNCES_HOOK_${result}`,
      );
    const stopped = await bounced([hook(0, 'OK'), hook(1, 'OK')]);
    expect([stopped.report, stopped.lines]).toEqual([undefined, ['one\t1']]);
    const going = await bounced([hook(0, 'CONT')]);
    expect(going.report).toContain('Action: failed');
  },

  'life-7.4-13': async () => {
    const hook = (lua: string) => say('core_generate_rfc3464_message', 'msg, action, mdn', lua);
    const make = `require("msys.extended.message")
      local own = msys.core.ec_message_new(nil)
      own:build({ Subject = "own report" }, { ["text/plain"] = "sorry" }, {})
      print(action == msys.core.FAILED)
      mdn:set(own)`;
    const own = await bounced([hook(`${make} return true`)]);
    expect([own.report?.includes('Subject: own report'), own.lines]).toEqual([true, ['true']]);
    expect((await bounced([hook(`${make} return false`)])).report).toContain('Action: failed');
    expect((await bounced([hook('return true')])).report).toBeUndefined();
  },

  'life-7.4-14': async () => {
    const hook = (result: string) =>
      say(
        'core_generate_rfc3464_message_preamble',
        'msg, action, body',
        `local text = "\\r\\nsorry for that\\r\\n" body:write(text, #text) return ${result}`,
      );
    const usual = (await bounced([])).report!;
    const complete = (await bounced([hook('true')])).report!;
    const added = (await bounced([hook('false')])).report!;
    for (const report of [complete, added]) expect(report).toContain('sorry for that');
    const said = /unknown user/g;
    const count = (text: string) => text.match(said)?.length ?? 0;
    expect([count(complete), count(added)]).toEqual([count(usual) - 1, count(usual)]);
  },

  'life-7.4-15': async () => {
    const hook = (result: string) =>
      say(
        'core_rfc3464_inline_message_fragment',
        'response, msg, action',
        `response:set("Subject: fragment\\r\\n") return ${result}`,
      );
    const taken = (await bounced([hook('true')])).report!;
    expect([taken.includes('Subject: fragment'), taken.includes('Subject: hello')]).toEqual([true, false]);
    const left = (await bounced([hook('false')])).report!;
    expect([left.includes('Subject: fragment'), left.includes('Subject: hello')]).toEqual([false, true]);
  },

  'life-7.4-16': async () => {
    const hook = say(
      'core_post_generate_rfc3464_message',
      'orig, bounce, action',
      `require("msys.extended.message")
       print(orig:rcptto(), bounce:rcptto(), bounce:header("Subject")[1] ~= nil, action == msys.core.FAILED) return 1`,
    );
    const { lines, report } = await bounced([hook, hook]);
    expect(lines).toEqual(Array(2).fill(`${MAIL.to}\t${MAIL.from}\ttrue\ttrue`));
    expect(report).toContain('Action: failed');
  },
};

/** The head of a message that is no report as RFC 3464 has them. */
const RECEIVED = 'Subject: failure notice\nContent-Transfer-Encoding: base64\n\n';

/** The classification of a refusal in the bouncelog. */
const classOf = (mta: Momentum): unknown => mta.bouncelog[0]?.classification;

const classes: Effects = {
  'life-7.4-10': async () => {
    const hook = (result: string) =>
      say(
        'core_smtp_error_classify',
        'response, domain',
        `print("(name)", response, domain) return ${result}`,
      );
    const first = await bounced([hook('70'), hook('22')]);
    expect([classOf(first.mta), first.lines]).toEqual([70, ['one\t550 5.1.1 unknown user\texample.org']]);
    const second = await bounced([hook('0'), hook('22')]);
    expect([classOf(second.mta), second.lines.length]).toEqual([22, 2]);
    expect(classOf((await bounced([hook('0')])).mta)).toBe(10);
  },

  'life-7.4-11': async () => {
    const hook = (result: string) =>
      say(
        'core_bounce_error_classify',
        'body, len, pos',
        `print("(name)", body, len, pos[0]) return ${result}`,
      );
    const asking = `require("msys.bounce")
      ${callout('validate_data', 'print((msys.bounce.classify(msg)))')}`;
    const received = async (...results: string[]) => {
      const mta = await withModules(results.map((result, i) => hook(result) + (i === 0 ? asking : '')));
      const text = Buffer.from('mailbox full').toString('base64');
      await mta.smtp.send({ ...MAIL, from: '', data: RECEIVED + text });
      return prints(mta);
    };
    const line = (name: string) => `${name}\tmailbox full\t12\t0`;
    expect(await received('70', '22')).toEqual([line('one'), '70']);
    expect(await received('0', '22')).toEqual([line('one'), line('two'), '22']);
  },
};

const NOTICES = configWith(
  'delay_dsn { }\ngenerate_delay_dsn = true\nESMTP_Listener { Open_Relay = true Listen ":25" { } }',
);

/** The seconds of the notices that the sender of a mail gets that nobody takes. */
async function notices(body: string): Promise<{ at: number[]; lines: string[] }> {
  const mta = await withModule(body, { config: NOTICES });
  mta.remote('example.org').reply(450, 'busy');
  await mta.smtp.send(MAIL);
  await mta.clock.advance('6h');
  const start = Date.UTC(2026, 0, 1);
  const reported = mta.messages.filter(({ method }) => method === 'internal');
  return { at: reported.map(({ created }) => (created.getTime() - start) / 1000), lines: prints(mta) };
}

const delays: Effects = {
  'life-7.4-19': async () => {
    const hook = (value: number, result: string) =>
      say(
        'delay_dsn_generate_delay_dsn',
        'msg, enabled',
        `print(enabled[0]) enabled:set(${value}) return msys.core.GENERATE_DELAY_DSN_HOOK_${result}`,
      );
    const usual = await notices('function mod:core_log_reopen() end');
    expect(usual.at.length).toBeGreaterThan(0);
    expect((await notices(hook(0, 'OK'))).at).toEqual([]);
    expect((await notices(hook(0, 'CONT'))).at).toEqual(usual.at);
  },

  'life-7.4-20': async () => {
    const hook = (result: string) =>
      say(
        'delay_dsn_next_delay_dsn',
        'msg, now, when',
        `when:set(now.tv_sec + 7200) return msys.core.GENERATE_DELAY_DSN_HOOK_${result}`,
      );
    expect((await notices(hook('OK'))).at).toEqual([7200, 14_400, 21_600]);
    expect((await notices(hook('CONT'))).at).not.toEqual([7200, 14_400, 21_600]);
  },

  'life-7.4-21': async () => {
    const hook = (result: string) =>
      say('delay_dsn_send_notification', 'msg', `print("own notice") return ${result}`);
    const own = await notices(hook('msys.core.DELAY_DSN_SEND_NOTIFICATION_OK'));
    expect([own.at, own.lines.length > 0]).toEqual([[], true]);
    expect((await notices(hook('nil'))).at.length).toBeGreaterThan(0);
  },
};

export const reportHooks: Effects = { ...reports, ...classes, ...delays };
