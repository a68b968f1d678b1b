/** Choices about delivery: hooks, reports, real far sides, what the clock answers. */
import { once } from 'node:events';
import net from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Momentum, MomentumOptions } from '../../../src';
import { prints, START, withPolicy, type TestRow } from './support';

const DOMAIN = 'example.org';
const MESSAGE = {
  from: 'me@sender.test',
  to: `you@${DOMAIN}`,
  raw: Buffer.from('Subject: hello\r\n\r\nbody\r\n'),
};
const LOGGERS =
  'alerting { }\nec_logger "e" { }\nbounce_logger "b" { }\nhostname = mta.test\nrfc2822_trace_headers = false\n';

const queued = (hooks: string, text = '', options: MomentumOptions = {}): Promise<Momentum> =>
  withPolicy(hooks || 'function mod:core_log_reopen() end', {
    config: { text: LOGGERS + text },
    domains: { [DOMAIN]: { active: [MESSAGE] } },
    ...options,
  });

/** The bounce about the message. */
async function bounce(hooks: string, text = ''): Promise<string> {
  const mta = await queued(hooks, text);
  mta.remote('sender.test');
  mta.remote(DOMAIN).reply(550, 'no');
  await mta.clock.advance(0);
  return mta.remote('sender.test').deliveries[0]!.raw!.toString();
}

const secondsAt = (instant: Date) => (instant.getTime() - START) / 1000;

export function deliveryChoices(row: TestRow): void {
  logs(row);
  reports(row);
  hooks(row);
  farSides(row);
  functions(row);
}

function logs(row: TestRow): void {
  row('M12', async () => {
    const mta = await queued('', 'retry_interval = 10', {
      domains: { [DOMAIN]: { active: [{ ...MESSAGE, created: new Date(START - 1500) }] } },
    });
    mta.remote(DOMAIN).reply(550).once.reply(450);
    await mta.clock.advance('1m');
    mta.domains.add('b.test', { active: [{ created: new Date(mta.clock.now().getTime() - 18_530) }] });
    mta.remote('b.test');
    await mta.clock.advance(0);
    const timed = mta.mainlog.filter(({ type }) => type !== 'R');
    expect(timed.map(({ type, seconds }) => `${String(type)} ${String(seconds)}`)).toEqual([
      'T 1.500',
      'P 11.500',
      'D 18.530',
    ]);
  });

  row('M105', async () => {
    const mta = await queued('', 'retry_interval = 10');
    mta.remote(DOMAIN).reply(550, 'no').once.reply(450, 'busy');
    mta.domains.add('b.test', { active: 1 });
    mta.remote('b.test');
    const fired = await mta.clock.advance('10s');
    const labels = fired.map(({ label }) => label);
    expect(fired).toEqual(labels.map((label, i) => ({ label, at: fired[i]!.at })));
    expect(fired.events.map(({ at, type, domain }) => [secondsAt(at), type, domain])).toEqual([
      [0, 'transient', DOMAIN],
      [0, 'delivered', 'b.test'],
      [10, 'failed', DOMAIN],
      [10, 'bounced', DOMAIN],
    ]);
    expect((await mta.clock.advance('1s')).events).toEqual([]);
  });
}

function reports(row: TestRow): void {
  row('M95', async () => {
    const types = (text: string) => [...text.matchAll(/^Content-Type: ([^;\r]*)/gm)].map(([, type]) => type);
    const report = ['multipart/report', 'text/plain', 'message/delivery-status'];
    expect(types(await bounce(''))).toEqual([...report, 'text/rfc822-headers']);
    expect(types(await bounce('', 'bounces_inline_original = all'))).toEqual([...report, 'message/rfc822']);
    expect(types(await bounce('', 'bounces_inline_original = none'))).toEqual(report);
    expect(await bounce('')).toContain('From: Mail Delivery System <mailer-daemon@mta.test>\r\n');
  });

  row('M96', async () => {
    const mta = await queued(`function mod:core_post_generate_rfc3464_message(msg, report)
      report:context_set(core.ECMESS_CTX_MESS, "mark", "1")
      print(tostring(report.id))
    end`);
    mta.remote(DOMAIN).reply(550);
    await mta.clock.advance(0);
    const [message] = mta.domain('sender.test')!.messages;
    expect(message).toMatchObject({ context: { message: { mark: '1' } } });
    expect(prints(mta)).not.toEqual([message!.id]);
  });

  row('M97', async () => {
    const preamble = (written: string) =>
      bounce(`function mod:core_generate_rfc3464_message_preamble(msg, action, body)
        body:write(${JSON.stringify(written)}, ${Buffer.byteLength(written)})
        return true
      end`);
    expect(await preamble('\r\nmy text\r\n')).toContain('charset=UTF-8\r\n\r\nmy text\r\n');
    expect(await preamble('X-Mine: 1\r\nmy text\r\n')).toMatch(
      /\r\nX-Mine: 1\r\n[^]*UTF-8\r\n\r\nmy text\r\n/,
    );
  });

  row('M98', async () => {
    const text = await bounce(`function mod:core_rfc3464_inline_message_fragment(response)
      response:set("mine\\r\\n")
      return true
    end`);
    expect(text).toContain('\r\nContent-Type: text/rfc822-headers\r\n\r\nmine\r\n');
    expect(text).toContain('\r\nContent-Type: message/delivery-status\r\n\r\nArrival-Date: ');
  });

  row('M99', async () => {
    const text = await bounce('');
    for (const line of ['Remote-MTA: dns; [192.0.2.1]', 'Status: 5.0.0', 'Diagnostic-Code: smtp; 550 no'])
      expect(text).toContain(`\r\n${line}\r\n`);
  });

  row('M100', async () => {
    const mta = await queued('', 'delay_dsn "d" { }\ngenerate_delay_dsn = true\nmessage_expiration = 172800');
    mta.remote(DOMAIN).reply(450);
    const { events } = await mta.clock.advance('40h');
    const notices = events.filter(({ type }) => type === 'notified');
    expect(notices.map(({ at }) => secondsAt(at) / 3600)).toEqual([1, 3, 7, 15, 27, 39]);
  });
}

function hooks(row: TestRow): void {
  row('M101', async () => {
    const tried = async (body: string) => {
      const mta = await queued(`function mod:core_ec_message_set_next_attempt(msg, now, rv)
        msg.next_attempt.tv_sec = now.tv_sec + 60
        ${body}
      end`);
      mta.remote(DOMAIN).reply(450);
      await mta.clock.advance(0);
      return mta.domain(DOMAIN)!.delayedCount;
    };
    for (const body of ['rv[0] = 1 return 1', 'rv:set(1) return 1', 'return 1, 1', 'return rv:get(), 1'])
      expect([body, await tried(body)]).toEqual([body, 1]);
    expect(await tried('return 1')).toBe(0);
    const mta = await queued('function mod:core_ec_message_set_next_attempt(msg, now, rv) return rv[1] end');
    mta.remote(DOMAIN).reply(450);
    await expect(mta.clock.advance(0)).rejects.toThrow('there is one value, rv[0]');
    expect([...mta.diagnostics].map(({ code }) => code)).toEqual(['ARGV_RANGE']);
  });

  row('M102', async () => {
    const taken = async (result: string) => {
      const due = { ...MESSAGE, nextAttempt: new Date(START + 1000) };
      const mta = await queued(`function mod:core_mailq_insert_active() return ${result} end`, '', {
        domains: { [DOMAIN]: { delayed: [due] } },
      });
      await mta.clock.advance('1s');
      return mta.domain(DOMAIN)!.active === 0;
    };
    const results = ['0', 'false', '', '1', 'true', '"0"'];
    expect(await Promise.all(results.map(taken))).toEqual([true, true, false, false, false, false]);
  });

  row('M103', async () => {
    for (const hook of [
      'function mod:core_connection_goal(dr, slot, aq, goal) assert(aq == nil) goal:set(allowed) end',
      'function mod:core_veto_host_connection() return 1 - allowed end',
      'function mod:core_check_outbound_mess_throttle() return 1 - allowed end',
    ]) {
      const mta = await queued(`allowed = 0\n${hook}`);
      const remote = mta.remote(DOMAIN);
      await mta.clock.advance('20s');
      await mta.eval('allowed = 1');
      await mta.clock.advance('20s');
      expect([hook, remote.attempts.map(({ at }) => secondsAt(at))]).toEqual([hook, [30]]);
    }
  });

  row('M104', async () => {
    const mta = await queued(
      `function mod:generic_delivery_msg_dispose(msg)
         for _, key in ipairs({ "DLV_Response_Status", "DLV_Response_Status_Detail" }) do
           print(msg:context_get(core.ECMESS_CTX_MESS, key))
         end
       end`,
      'retry_interval = 10',
    );
    mta.remote(DOMAIN).accept().once.reply(450, '4.2.0 busy');
    await mta.clock.advance('10s');
    expect(prints(mta)).toEqual(['450', '4.2.0 busy', '', '']);
    const without = await queued('');
    without.remote(DOMAIN).reply(450);
    await without.clock.advance(0);
    expect(without.domain(DOMAIN)!.messages).toMatchObject([{ context: undefined }]);
  });

  row('M107', async () => {
    const mta = await queued('function mod:core_smtp_client_rcptto_args() return 1 end');
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect(mta.mainlog).toMatchObject([
      { type: 'T', stage: 4, note: '451 4.4.2 [internal] RCPT TO argument hook failed' },
    ]);
  });
}

function farSides(row: TestRow): void {
  row('M106', async () => {
    const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], logger: false });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const mta = await queued('', '', { domains: { [DOMAIN]: { active: [MESSAGE, MESSAGE] } } });
    mta.remote(DOMAIN).smtp((server.server.address() as net.AddressInfo).port);
    const { events } = await mta.clock.advance(0);
    server.close();
    expect(events.map(({ at, type }) => [type, secondsAt(at)])).toEqual(Array(2).fill(['delivered', 0]));
    expect(new Set(mta.mainlog.map(({ connectionId }) => connectionId)).size).toBe(2);
    expect(mta.mainlog[0]).toMatchObject({ ip: '192.0.2.1' });
  });
}

function functions(row: TestRow): void {
  row('M108', async () => {
    const mta = await queued('');
    const call = 'msys.bounce.classify_smtp_response';
    expect(
      await mta.eval(`require("msys.bounce") return ${call}("554 5.4.7 [internal] exceeded max time")`),
    ).toEqual([24, 'BC_SOFT_TIMEOUT', 'Timeout']);
    const other = `local msg = msys.core.ec_message_new(nil)
      msg:raw("X-Failed-Recipients: a@b.test\\r\\n\\r\\nuser unknown\\r\\n")
      return msys.bounce.classify(msg)`;
    expect(await mta.eval(other)).toEqual([10, 'BC_HARD_INVALID_RECIPIENT', 'Invalid Recipient', 'a@b.test']);
  });

  row('M109', async () => {
    const mta = await queued(`function mod:core_log_attempt_v1(msg)
      require("msys.rfc3464")
      print((msys.rfc3464.compute_delivery_status_string(msg, core.FAILED):gsub("\\r\\n.*", "")))
      print((msys.rfc3464.compute_delivery_status_string("450 busy"):gsub("\\r\\n", ";")))
    end`);
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect(prints(mta)).toEqual([
      'Arrival-Date: Thu, 01 Jan 2026 00:00:00 +0000',
      'Diagnostic-Code: smtp; 450 busy;Action: delayed;Status: 4.0.0;',
    ]);
  });
}
