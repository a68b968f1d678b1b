/** Reports to senders: bounces and notices of delays, and what scripts have to say about them. */
import { Momentum, type MomentumOptions } from '../../src';
import '../../src/jest';

const DOMAIN = 'example.com';
const START = Date.UTC(2026, 0, 1);
const RAW = 'Subject: hello\r\nX-One: 1\r\n\r\nmy body\r\n';
const MESSAGE = {
  from: 'a@sender.test',
  to: `one@${DOMAIN}`,
  raw: Buffer.from(RAW),
  created: new Date(START - 60_000),
};
const BARE = 'rfc2822_trace_headers = false\nrfc2822_messageid_header = ignore\nhostname = mta.test\n';

interface Options extends Omit<MomentumOptions, 'config'> {
  readonly config?: string;
}

const start = (hooks = '', { config = '', ...options }: Options = {}): Promise<Momentum> =>
  Momentum.start({
    config: { text: `alerting { }\nec_logger "e" { }\nbounce_logger "b" { }\n${BARE}${config}` },
    domains: { [DOMAIN]: { active: [MESSAGE] } },
    strict: { SILENT_SCRIPT: 'off' },
    ...options,
    modules: hooks
      ? [
          {
            name: 'mod',
            source: `require("msys.core") require("msys.extended.message") require("msys.rfc3464")
              local mod, core = {}, msys.core
              ${hooks}
              msys.registerModule("mod", mod)`,
          },
        ]
      : [],
  });

/** The text of the bounce about the message, undefined when there is none. */
async function bounced(hooks = '', options: Options = {}): Promise<string | undefined> {
  const mta = await start(hooks, options);
  mta.remote('sender.test');
  mta.remote(DOMAIN).reply(550, '5.1.1 no such user');
  await mta.clock.advance(0);
  expect(mta.paniclog.map(({ message }) => message)).toEqual([]);
  const [delivery] = mta.remote('sender.test').deliveries;
  await mta.stop();
  return delivery?.raw?.toString('latin1');
}

/** The parts of a multipart: what is between its boundaries. */
function partsOf(text: string): string[] {
  const [, boundary = ''] = /boundary="([^"]*)"/.exec(text) ?? [];
  return text.split(`--${boundary}`).slice(1, -1);
}

describe('a bounce', () => {
  test('is a report for people and for programs', async () => {
    const text = (await bounced())!;
    const [headers = ''] = text.split('\r\n\r\n');
    const report =
      /^Content-Type: multipart\/report; report-type=delivery-status;\r\n\tboundary="[^"]+"$/m.exec(headers);
    expect(report).not.toBeNull();
    for (const line of [
      'From: Mail Delivery System <mailer-daemon@mta.test>',
      'To: <a@sender.test>',
      'Subject: Mail Delivery Failure',
      'Date: Thu, 01 Jan 2026 00:00:00 +0000',
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
    ])
      expect(headers.split('\r\n')).toContain(line);
    const [forPeople, status, original, ...more] = partsOf(text);
    expect(forPeople).toMatch(/^\r\nContent-Type: text\/plain; charset=UTF-8\r\n\r\n/);
    expect(forPeople).toContain(`<one@${DOMAIN}>: 550 5.1.1 no such user\r\n`);
    expect(status!.trim().split('\r\n')).toEqual([
      'Content-Type: message/delivery-status',
      '',
      'Arrival-Date: Wed, 31 Dec 2025 23:59:00 +0000',
      'Reporting-MTA: dns; mta.test',
      '',
      'Remote-MTA: dns; [192.0.2.1]',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      'Action: failed',
      `Final-Recipient: rfc822; one@${DOMAIN}`,
      'Last-Attempt-Date: Thu, 01 Jan 2026 00:00:00 +0000',
      'Status: 5.1.1',
    ]);
    expect(original).toBe('\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: hello\r\nX-One: 1\r\n\r\n');
    expect(more).toEqual([]);
  });

  test('is a message of the server: null sender, internal, in the logs, told by the clock', async () => {
    const mta = await start();
    mta.remote(DOMAIN).reply(550);
    const { events } = await mta.clock.advance(0);
    const [bounce] = mta.domain('sender.test')!.messages;
    expect(bounce).toMatchObject({ from: '', to: 'a@sender.test' });
    expect(events.map(({ type, to, note }) => [type, to, note])).toEqual([
      ['failed', MESSAGE.to, '550'],
      ['bounced', MESSAGE.to, bounce!.id],
    ]);
    expect(mta.mainlog).toMatchObject([{ type: 'P' }, { type: 'R', id: bounce!.id, protocol: 'internal' }]);
    expect([...mta.messages]).toMatchObject([{ id: bounce!.id }]);
  });

  test('names the far side where its name is known', async () => {
    const text = await bounced('', {
      dns: {
        [DOMAIN]: { MX: [{ preference: 10, exchange: 'mx.test' }] },
        'mx.test': { A: '192.0.2.9' },
        'sender.test': { A: '192.0.2.8' },
      },
    });
    expect(text).toContain('\r\nRemote-MTA: dns; mx.test\r\n');
  });

  test.each<[string, (text: string) => unknown, unknown]>([
    ['bounces_inline_original = none', (text) => partsOf(text).length, 2],
    [
      'bounces_inline_original = all',
      (text) => partsOf(text)[2],
      `\r\nContent-Type: message/rfc822\r\n\r\n${RAW}\r\n`,
    ],
    ['bounces_inline_original = headers', (text) => partsOf(text).length, 3],
    [
      'mailerdaemon = "postmaster@x.test"',
      (text) => text.includes('From: Mail Delivery System <postmaster@x.test>\r\n'),
      true,
    ],
  ])('%s', async (config, look, expected) => {
    expect(look((await bounced('', { config }))!)).toEqual(expected);
  });

  test('bytes that are not ASCII are declared', async () => {
    const raw = Buffer.from('Subject: x\r\n\r\nä\r\n');
    const text = await bounced('', {
      config: 'bounces_inline_original = all',
      domains: { [DOMAIN]: { active: [{ ...MESSAGE, raw }] } },
    });
    expect(partsOf(text!)[2]).toContain('\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: x\r\n');
  });

  test('says when no server was reached, and that time is over', async () => {
    const mta = await start('', { config: 'max_retries = 1\nretry_interval = 10' });
    mta.remote(DOMAIN).reply(450, '4.2.0 busy');
    await mta.clock.advance('10s');
    mta.remote('sender.test');
    await mta.clock.advance(0);
    const text = mta.remote('sender.test').deliveries[0]!.raw!.toString();
    expect(text).toContain('\r\nDiagnostic-Code: smtp; 554 5.4.7 [internal] exceeded max retries');
    expect(text).toContain('\r\nStatus: 5.4.7\r\n');
    await mta.console('config set mailerdaemon x@y.test');
    mta.domains.add('b.test', { active: [MESSAGE] });
    await mta.console('fail domain b.test');
    await mta.clock.advance(0);
    const second = mta.remote('sender.test').deliveries[1]!.raw!.toString();
    expect(second).not.toContain('Remote-MTA');
  });
});

describe('scripts', () => {
  test.each<[string, string, boolean]>([
    ['core_generate_bounces turns them off', 'enabled:set(0) return core.GENERATE_BOUNCES_HOOK_OK', false],
    ['core_generate_bounces with an extra result', 'return core.GENERATE_BOUNCES_HOOK_OK, 0', false],
    ['core_generate_bounces that leaves it', 'enabled:set(0) return core.GENERATE_BOUNCES_HOOK_CONT', true],
    ['core_generate_bounces without a result', '', true],
  ])('%s', async (_, body, expected) => {
    const hook = `function mod:core_generate_bounces(msg, enabled) ${body} end`;
    expect((await bounced(hook)) !== undefined).toBe(expected);
  });

  test('core_generate_bounces turns them on', async () => {
    const hook = `function mod:core_generate_bounces(msg, enabled)
      assert(enabled[0] == 0)
      enabled[0] = 1
      return core.GENERATE_BOUNCES_HOOK_OK
    end`;
    expect(await bounced(hook, { config: 'generate_bounces = false' })).toBeDefined();
  });

  test('core_generate_rfc3464_message makes the whole report, or none', async () => {
    const hook = (result: string) => `function mod:core_generate_rfc3464_message(msg, action, mdn)
      assert(action == core.FAILED)
      local own = core.ec_message_new(nil)
      own:raw("Subject: sorry\\r\\n\\r\\nabout " .. msg:rcptto() .. "\\r\\n")
      ${result}
    end`;
    for (const result of ['mdn:set(own) return true', 'mdn[0] = own return 1', 'return true, own'])
      expect(await bounced(hook(result))).toMatch(/^Subject: sorry\r\n[^]*\r\nabout one@example\.com\r\n$/);
    expect(await bounced(hook('return true'))).toBeUndefined();
    expect(await bounced(hook('mdn:set(own) return false'))).toContain('multipart/report');
  });

  test('core_generate_rfc3464_message_preamble changes headers and text', async () => {
    const hook = (result: string) => `function mod:core_generate_rfc3464_message_preamble(msg, action, body)
      local headers = tostring(body):gsub("Subject: [^\\r]*", "Subject: other")
      body:set(headers .. "\\r\\nHello " .. msg:mailfrom() .. "\\r\\n")
      ${result}
    end`;
    const complete = (await bounced(hook('return true')))!;
    expect(complete).toContain('\r\nSubject: other\r\n');
    expect(partsOf(complete)[0]).toBe(
      '\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nHello a@sender.test\r\n\r\n',
    );
    const added = (await bounced(hook('return false')))!;
    expect(partsOf(added)[0]).toMatch(/\r\n\r\nHello a@sender\.test\r\nYour message [^]*no such user\r\n/);
  });

  test('core_rfc3464_inline_message_fragment stands for the message', async () => {
    const hook = (result: string) => `function mod:core_rfc3464_inline_message_fragment(response, msg, action)
      response:set("Subject: hidden\\r\\n")
      return ${result}
    end`;
    expect(partsOf((await bounced(hook('true')))!)[2]).toBe(
      '\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: hidden\r\n\r\n',
    );
    expect(partsOf((await bounced(hook('false')))!)[2]).toContain('Subject: hello');
  });

  test('core_post_generate_rfc3464_message hands state on', async () => {
    const mta = await start(`function mod:core_post_generate_rfc3464_message(msg, bounce, action)
      bounce:context_set(core.ECMESS_CTX_MESS, "about", msg:rcptto())
      bounce:header("X-About", msg:rcptto())
    end`);
    mta.remote(DOMAIN).reply(550);
    await mta.clock.advance(0);
    expect(mta.domain('sender.test')!.messages).toMatchObject([
      { context: { message: { about: MESSAGE.to } } },
    ]);
    mta.remote('sender.test');
    await mta.clock.advance(0);
    expect(mta.remote('sender.test').deliveries[0]!.raw!.toString()).toContain(
      `\r\nX-About: ${MESSAGE.to}\r\n`,
    );
  });

  test('core_smtp_error_classify gives the class', async () => {
    const mta = await start(
      'function mod:core_smtp_error_classify(text, domain) return text:match("odd") and domain == "example.com" and 99 or 0 end',
    );
    mta.remote(DOMAIN).reply(550, 'user unknown').once.reply(450, 'odd');
    await mta.clock.advance('1h');
    expect(mta.bouncelog.map(({ classification }) => classification)).toEqual([99, 10]);
  });

  test('a report may be made in the hook of a failure', async () => {
    const mta = await start(
      `function mod:core_log_permanent_failure_v1(msg) sent = msys.rfc3464.send_mdn(msg, core.FAILED) end`,
      { config: 'generate_bounces = false' },
    );
    mta.remote(DOMAIN).reply(550);
    await mta.clock.advance(0);
    expect(await mta.eval('sent')).toEqual([1]);
    expect(mta.domain('sender.test')).toMatchObject({ active: 1 });
  });
});

describe('delay_dsn', () => {
  const HOUR = 3_600_000;
  const NOTICES = 'delay_dsn "d" { }\ngenerate_delay_dsn = true\nmessage_expiration = 172800\n';

  /** Hours at which notices were sent within two days. */
  async function notices(config: string, hooks = ''): Promise<number[]> {
    const mta = await start(hooks, { config });
    mta.remote(DOMAIN).reply(450, '4.2.0 busy');
    const { events } = await mta.clock.advance('50h');
    const hours = events
      .filter(({ type }) => type === 'notified')
      .map(({ at }) => (at.getTime() - START) / HOUR);
    expect(mta.remote(DOMAIN).attempts.length).toBeGreaterThan(0);
    await mta.stop();
    return hours;
  }

  test.each<[string, string, string, number[]]>([
    ['doubles its interval, up to 12 hours', '', NOTICES, [1, 3, 7, 15, 27, 39]],
    ['has no longest interval', '', `${NOTICES}delay_dsn_max_retry_interval = 0`, [1, 3, 7, 15, 31]],
    [
      'has a longest interval',
      '',
      `${NOTICES}delay_dsn_retry_interval = 10800\ndelay_dsn_max_retry_interval = 43200`,
      [3, 9, 21, 33, 45],
    ],
    ['does nothing without generate_delay_dsn', '', 'delay_dsn "d" { }', []],
    ['does nothing without the module', '', 'generate_delay_dsn = true', []],
    ['can be off for a domain', '', `${NOTICES}domain "${DOMAIN}" { generate_delay_dsn = false }`, []],
    ['ends with the message', '', `${NOTICES}domain "${DOMAIN}" { message_expiration = 7200 }`, [1]],
    [
      'is turned on by a script',
      'function mod:delay_dsn_generate_delay_dsn(msg, enabled) return core.GENERATE_DELAY_DSN_HOOK_OK, 1 end',
      'delay_dsn "d" { }\nmessage_expiration = 14400',
      [1, 3],
    ],
    [
      'is sent by a script',
      'function mod:delay_dsn_send_notification(msg) return core.DELAY_DSN_SEND_NOTIFICATION_OK end',
      NOTICES,
      [],
    ],
    [
      'has the schedule of a script',
      `function mod:delay_dsn_next_delay_dsn(msg, now, when)
         when:set(now.tv_sec + 36000)
         return core.GENERATE_DELAY_DSN_HOOK_OK
       end`,
      NOTICES,
      [10, 20, 30, 40],
    ],
  ])('%s', async (_, hooks, config, expected) => {
    expect(await notices(config, hooks)).toEqual(expected);
  });

  test('says that delivery goes on', async () => {
    const mta = await start('', { config: NOTICES });
    mta.remote(DOMAIN).reply(450, '4.2.0 busy');
    await mta.clock.advance('1h');
    mta.remote('sender.test');
    await mta.clock.advance(0);
    const text = mta.remote('sender.test').deliveries[0]!.raw!.toString();
    expect(text).toContain('\r\nSubject: Mail Delivery Delayed\r\n');
    expect(text).toContain('\r\nAction: delayed\r\n');
    expect(text).toContain('\r\nStatus: 4.2.0\r\n');
    expect(text).toContain('\r\nWill-Retry-Until: Fri, 02 Jan 2026 23:59:00 +0000\r\n');
  });

  test('a delivered message gets none, and a delivery ends the timers', async () => {
    const mta = await start('', { config: NOTICES });
    mta.remote(DOMAIN);
    await mta.clock.runAll();
    expect(mta.domain('sender.test')).toBeUndefined();
  });
});
