/** Choices about the reception of mail. */
import { Momentum, type MomentumOptions } from '../../../src';
import { Fixture } from '../../server/reception/support';
import type { TestRow } from './support';

const CONTENT = 'Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nSubject: s\r\n\r\nbody\r\n';
const MAIL = { from: 'me@example.com', to: 'you@example.org', data: CONTENT };
const TWO = { ...MAIL, to: ['a@example.org', 'b@example.org'] };

let mta: Momentum;

async function start(body: string, options: MomentumOptions = {}): Promise<Momentum> {
  const source = `require("msys.core") require("msys.extended.message") require("msys.extended.vctx")
    local core, mod = msys.core, {} ${body} msys.registerModule("mod", mod)`;
  return (mta = await Momentum.start({ modules: [{ name: 'mod', source }], ...options }));
}
const QUIET = 'function mod:validate_dealloc() end';
const callout = (name: string, body: string) =>
  `function mod:validate_${name} ${body} return core.VALIDATE_CONT end`;
const prints = () => mta.paniclog.map(({ message }) => message);
const configured = (listener: string, global = '') => ({
  config: {
    text: `scriptlet "scriptlet" { } alerting { } ec_logger "ec_logger" { } ${global}
      ESMTP_Listener { Listen ":25" { ${listener} } }`,
  },
});

export function receptionChoices(row: TestRow): void {
  describe('reception', () => {
    afterEach(() => mta.stop());

    replies(row);
    discarding(row);
    ids(row);
    calls(row);
    headers(row);
    recipients(row);
    ends(row);
    checks(row);
    reloads(row);
    own(row);
    logs(row);
  });
}

function replies(row: TestRow): void {
  row('M1', async () => {
    await start(QUIET);
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 250, text: `2.0.0 OK ${mta.messages[0]!.id}` });
    expect(await mta.smtp.send(TWO)).toMatchObject({ text: `2.0.0 OK ${mta.messages[1]!.batchId}` });
    await mta.stop();
    await start(QUIET, { reception: { acceptedText: 'queued as ' } });
    expect((await mta.smtp.send(MAIL)).text).toBe(`queued as ${mta.messages[0]!.id}`);
  });

  row('M8', async () => {
    const say = 'print(msys.type(str), "<" .. tostring(str) .. ">")';
    await start(`${callout('mailfrom(str)', say)} ${callout('rcptto(msg, str)', say)}`);
    await mta.smtp.send(MAIL);
    expect(prints()).toEqual([
      'msys.core:_ec_string\t<MAIL FROM:<me@example.com>>',
      'msys.core:_ec_string\t<RCPT TO:<you@example.org>>',
    ]);
  });
}

function discarding(row: TestRow): void {
  row('M9', async () => {
    await start(
      `${callout('data(msg)', 'msg:discard("550 no thanks")')} ${callout('set_binding(msg)', 'print(msg:rcptto())')}`,
    );
    expect(await mta.smtp.send(TWO)).toMatchObject({ code: 250 });
    expect(prints()).toEqual(TWO.to);
    expect(mta.messages.map(({ disposition }) => disposition)).toEqual(['discarded', 'discarded']);
    expect(mta.rejectlog.map(({ text }) => text.replace(/^.* CTXMESS=\[.*\] /, ''))).toEqual([
      'no thanks',
      'no thanks',
    ]);
    expect((await mta.console('summary')).output).toMatch(/Rejected messages:\s*2|rejected\D*2/i);
    expect([...mta.domains]).toEqual([]);
  });
}

function ids(row: TestRow): void {
  row('M11', async () => {
    const ids = async (options: MomentumOptions) => {
      await start(QUIET, options);
      await mta.smtp.send(TWO);
      await mta.stop();
      return mta.messages.flatMap(({ id, batchId, connectionId }) => [id, batchId, connectionId]);
    };
    const first = await ids({});
    for (const id of first) expect(id).toMatch(/^[0-9A-F]{2}\/[0-9A-F]{2}-00001-[0-9A-F]{8}$/);
    expect(await ids({})).toEqual(first);
    expect(await ids({ seed: 2 })).not.toEqual(first);
    expect(await ids({ now: '2027-01-01' })).not.toEqual(first);
  });

  row('M14', async () => {
    const refuse = callout(
      'mailfrom(str, ac, vctx)',
      'vctx:set(core.VCTX_MESS, "b", "1") vctx:set(core.VCTX_MESS, "a", "1") vctx:set_code(550, "no")',
    );
    await start(refuse);
    await mta.smtp.send(MAIL);
    expect(mta.rejectlog[0]!.text).toContain(
      'CTXMESS=[mailfrom_string="MAIL FROM:<me@example.com>",mailfrom_localpart=me,mailfrom_domain=example.com,b=1,a=1] no',
    );
    await mta.stop();
    await start(refuse, { reception: { rejectlogContext: 'sorted' } });
    await mta.smtp.send(MAIL);
    expect(mta.rejectlog[0]!.text).toContain('CTXMESS=[a=1,b=1,mailfrom_domain=');
  });
}

function calls(row: TestRow): void {
  row('M55', async () => {
    await start(
      'function mod:validate_ehlo() mod.count = (mod.count or 0) + 1 return core.VALIDATE_AGAIN end',
    );
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 250 });
    expect([...mta.diagnostics].map(({ code }) => code)).toEqual(['VALIDATE_RESULT']);
    expect([...mta.diagnostics][0]!.message).toContain('1000 times');
  });

  row('M56', async () => {
    await start(`
    ${callout('rcptto(msg)', 'self.id = tostring(msg.id)')}
    ${callout('data(msg)', 'print("data", tostring(msg.id) == self.id, msg:rcptto())')}
    ${callout('data_spool_each_rcpt(msg, ac, vctx)', 'print(tostring(msg.id) == self.id, msg:rcptto()) vctx:set(core.VCTX_MESS, "of", msg:rcptto())')}`);
    await mta.smtp.send(TWO);
    expect(prints().slice(1)).toEqual(['true\ta@example.org', 'false\tb@example.org']);
    expect(mta.messages.map(({ context }) => context.message.of)).toEqual(TWO.to);
  });

  row('M57', async () => {
    const set = (name: string) => `vctx:set(core.VCTX_CONN, "${name}", "1")`;
    await start(`
    ${callout('data_spool_each_rcpt(msg, ac, vctx)', set('each'))}
    function mod:core_final_validation(msg, ac, vctx)
      ${set('final')}
      print(msg:context_get(core.ECMESS_CTX_CONN, "each"), msg:context_exists(core.ECMESS_CTX_CONN, "final"))
    end`);
    await mta.smtp.send(MAIL);
    expect(prints()).toEqual(['1\t0']);
  });
}

function headers(row: TestRow): void {
  row('M58', async () => {
    await start(callout('data(msg)', 'print(msg:header("Return-Path")[1], #msg:header("Received"))'), {
      config: configured('Open_Relay = true', 'Hostname = "mta.test"').config,
    });
    const sent = await mta.smtp.send({ ...MAIL, peer: '192.0.2.1:4711', ehlo: 'client.test' });
    expect(prints()).toEqual(['<me@example.com>\t1']);
    expect(sent.messages[0]!.raw.toString()).toMatch(
      /^Return-Path: <me@example\.com>\r\nReceived: from \[192\.0\.2\.1\] \(\[192\.0\.2\.1:4711\] helo=client\.test\)\r\n\tby mta\.test \(envelope-from <me@example\.com>\)\r\n\t\(ecelerity [\d.]+\) with ESMTP\r\n\tid [^;]+; Thu, 01 Jan 2026 00:00:00 \+0000\r\n/,
    );
  });

  row('M59', async () => {
    await start(QUIET);
    const [{ id, raw }] = (await mta.smtp.send({ ...MAIL, data: 'Subject: s\r\n\r\n' })).messages as [
      (typeof mta.messages)[number],
    ];
    expect(raw.toString().split('\r\n').slice(-5)).toEqual([
      'Date: Thu, 01 Jan 2026 00:00:00 +0000',
      `Message-ID: <${id.replace(/[/-]/g, '.')}@localhost>`,
      'Subject: s',
      '',
      '',
    ]);
  });

  row('M60', async () => {
    await start(QUIET);
    const textFor = async (data: string) => (await mta.smtp.send({ ...MAIL, data })).text;
    expect(await textFor('words\r\n\r\nSubject: s\r\n')).toContain('Required headers not found');
    expect(await textFor('Subject: s\r\nwords\r\n\r\n')).toContain('Invalid header found');
    expect(await textFor('Subject: s\r\n')).toContain('OK');
  });

  row('M61', async () => {
    const codeFor = async (options: string, data: string) => {
      await start(QUIET, configured('Open_Relay = true', options));
      const { code, messages } = await mta.smtp.send({ ...MAIL, data });
      await mta.stop();
      return `${code} ${messages[0]?.raw.toString().split('\r\n\r\n')[1] ?? ''}`;
    };
    const body = (length: number) => `Date: d\r\n\r\n${'x'.repeat(length)}\r\n`;
    const LENGTH = 'RFC2822_Max_Line_Length';
    expect(await codeFor(`${LENGTH} = pedantic`, body(999))).toMatch(/^550/);
    expect(await codeFor(`${LENGTH} = 100`, body(200))).toMatch(/^250 x{200}\r\n$/);
    expect(await codeFor(`${LENGTH} = 100 ${LENGTH}_Policy = fix`, body(200))).toMatch(
      /^250 x{100}\r\nx{100}\r\n$/,
    );
    expect(await codeFor(`${LENGTH}_Policy = reject`, body(999))).toMatch(/^550/);
    const header = `X: ${'x'.repeat(1000)}\r\nDate: d\r\n\r\nbody\r\n`;
    expect(await codeFor(`${LENGTH} = fix`, header)).toBe('250 body\r\n');
    expect(await codeFor(`${LENGTH} = pedantic`, header)).toMatch(/^550/);
  });
}

function recipients(row: TestRow): void {
  row('M62', async () => {
    const add = callout('data(msg, ac, vctx)', 'print(pcall(vctx.add_recipient, vctx, "late@example.org"))');
    await start(add);
    await mta.smtp.send(MAIL);
    expect(mta.messages.map(({ envelope }) => envelope.to)).toEqual(['you@example.org', 'late@example.org']);
    await mta.stop();
    await start(`${add} ${callout('rcptto_list_final(node, vctx)', '')}`);
    await mta.smtp.send(MAIL);
    expect(mta.messages).toHaveLength(1);
    await mta.stop();
    await start(add.replace('data(', 'data_spool_each_rcpt('));
    await mta.smtp.send(MAIL);
    expect(mta.messages).toHaveLength(1);
    expect(prints()[0]).toContain('final');
  });

  row('M63', async () => {
    await start(callout('data_spool_each_rcpt(msg, ac, vctx)', 'vctx:set_code(550, msg:rcptto())'));
    expect(await mta.smtp.send(TWO)).toMatchObject({ code: 550, text: 'a@example.org' });
    expect(mta.rejectlog).toHaveLength(2);
    expect([...mta.domains]).toEqual([]);
  });
}

function ends(row: TestRow): void {
  row('M64', async () => {
    const deciding = (body: string) => `function mod:core_final_validation2(msg, ac, vctx) ${body} end`;
    const replyFor = async (body: string) => {
      await start(deciding(body));
      const { code, text } = await mta.smtp.send(MAIL);
      await mta.stop();
      return `${code} ${text}`;
    };
    expect(await replyFor('return core.EC_HOOK_DONE')).toBe('550 5.7.0 [internal] rejected by policy');
    expect(await replyFor('vctx:set_code(554, "x") return core.EC_HOOK_DONE')).toBe('554 x');
    expect(await replyFor('return core.EC_HOOK_RETRY')).toBe('451 4.3.0 transaction failed');
    expect(await replyFor('vctx:set_code(450, "x") return core.EC_HOOK_RETRY')).toBe('450 x');
    await start(deciding('return msg:rcptto():find("^a") and core.EC_HOOK_RETRY or core.EC_HOOK_CONT'));
    expect(await mta.smtp.send(TWO)).toMatchObject({ code: 250 });
    await mta.inject({ ...MAIL, to: 'a@example.org' });
    expect(mta.domain('example.org')).toMatchObject({ active: 1, delayedCount: 2 });
  });

  row('M65', async () => {
    const text = '4.3.5 configuration error, please try later';
    const none = configured('Open_Relay = true', 'Default_Binding = "none" Binding "fast" { }');
    for (const [binding, reply] of [
      ['default', { code: 451, text }],
      ['fast', { code: 250 }],
    ] as const) {
      await start(callout('set_binding(msg)', `msg:binding("${binding}")`), none);
      expect(await mta.smtp.send(MAIL)).toMatchObject(reply);
      await mta.stop();
    }
  });
}

function checks(row: TestRow): void {
  row('M66', async () => {
    const said = `print(name, vctx:get(core.VCTX_CONN, "can_relay"))`;
    const body = `
    ${callout('mailfrom(str, ac, vctx)', `local name = "mailfrom" ${said}`)}
    ${callout('rcptto(msg, str, ac, vctx)', `local name = "rcptto" ${said}`)}
    function mod:core_pre_ec_can_relay_to(domain) print("asked") end`;
    await start(
      body,
      configured('Relay_Domains = ( "example.org" )', 'Domain "example.org" { Blackhole = inline }'),
    );
    await mta.smtp.send(MAIL);
    expect(prints()).toEqual(['mailfrom\t', 'asked']);
    await mta.stop();
    await start(body, configured('Open_Relay = true'));
    await mta.smtp.send(MAIL);
    expect(prints()).toEqual(['mailfrom\t', 'rcptto\ttrue']);
  });

  row('M67', async () => {
    await start(QUIET);
    for (const peer of ['127.0.0.1', '192.0.2.1', '2001:db8::1'])
      expect(await mta.smtp.send({ ...MAIL, peer })).toMatchObject({ code: 250 });
    await mta.stop();
    await start(QUIET, configured(''));
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 550, text: '5.7.1 relaying denied' });
  });
}

function reloads(row: TestRow): void {
  row('M68', async () => {
    await start(`local born = os.time() ${callout('connect()', '')}
    function mod:validate_dealloc() print(born) end`);
    const session = mta.smtp.session();
    await session.ehlo();
    const born = mta.clock.seconds();
    await mta.clock.advance('10s');
    await mta.reload();
    expect(await session.mail('me@example.com')).toMatchObject({ code: 421 });
    await mta.stop();
    expect(prints()).toEqual([String(born)]);
  });
}

function own(row: TestRow): void {
  row('M69', async () => {
    await start(`
    ${callout('data(msg)', 'msg:inject("bot@example.com", "log@example.net")')}
    ${callout('set_binding(msg)', 'print("set_binding", msg:rcptto(), #msg:header("Received"))')}
    function mod:core_final_validation(msg) print("final", msg:rcptto()) end`);
    await mta.smtp.send(MAIL);
    expect(prints()).toEqual([
      'set_binding\tlog@example.net\t1',
      'final\tlog@example.net',
      'set_binding\tyou@example.org\t1',
      'final\tyou@example.org',
    ]);
    const injected = mta.messages.find(({ envelope }) => envelope.to === 'log@example.net')!;
    expect(injected.log[0]).toMatch(
      /@R@log@example\.net@bot@example\.com@127\.0\.0\.1@\d+@internal@default@default$/,
    );
    await mta.stop();
    await start(callout('set_binding(msg)', 'msg:inject("bot@example.com", "log@example.net")'));
    await mta.smtp.send(MAIL);
    expect(prints().join('\n')).toContain('100 messages that scripts inject are under way at once');
  });

  row('M70', async () => {
    await start(`
    function mod:core_final_validation2(msg, accept, vctx)
      vctx:set(core.VCTX_MESS, "k", "v")
      print(accept, msg:context_get(core.ECMESS_CTX_MESS, "k"))
      return core.EC_HOOK_DONE
    end`);
    await mta.inject(MAIL);
    expect(prints()).toEqual(['nil\tv']);
    expect(mta.rejectlog[0]!.text).toContain(' R="unknown" L="unknown" C="00/00-00000-00000000" ');
  });

  row('M71', async () => {
    const say = callout('ehlo()', 'print("called")');
    for (const [key, lines] of [
      ['__bypass_mod', []],
      ['__bypass_scriptlet', []],
      ['__bypass_other', ['called']],
    ] as const) {
      await start(say, configured(`Open_Relay = true context = [ ${key} = true ]`));
      await mta.smtp.send(MAIL);
      expect(prints()).toEqual(lines);
      await mta.stop();
    }
  });
}

function logs(row: TestRow): void {
  row('M72', async () => {
    await start(callout('ehlo(str, ac, vctx)', `vctx:set(core.VCTX_CONN, "k", 'a "b"')`), configured(''));
    await mta.smtp.send(MAIL);
    expect(mta.rejectlog[0]!.text).toMatch(
      / P="relaying denied" E=550 M=scriptlet CTXCONN=\[.*,k="a \\"b\\""/,
    );
    await mta.stop();
    await start(QUIET, configured(''));
    await mta.smtp.send(MAIL);
    expect(mta.rejectlog[0]!.text).toContain(
      ' E=550 M= CTXCONN=[pathway=default,ehlo_string="EHLO client.test"',
    );
    await mta.stop();
    await start(callout('data(msg, ac, vctx)', 'vctx:set_code(550, "x")'));
    await mta.smtp.send(MAIL);
    expect(mta.rejectlog[0]!.text).toContain(' P="async body handler" ');
  });

  row('M73', async () => {
    await start(`
    function mod:core_inc_inbound_connections(kind, ac) print(tostring(kind), msys.type(ac)) end
    function mod:core_log_rejection(now, ac, vctx, phase, format, args) print(phase, format, args) end
    function mod:core_log_reception_v1(ac, msg, now, note, len) print(#note, len) end
    ${callout('mailfrom(str, ac, vctx)', 'if tostring(str):find("bad") then vctx:set_code(550, "5% off") end')}`);
    await mta.smtp.send(MAIL);
    await mta.smtp.send({ ...MAIL, from: 'bad@example.com' });
    const opened = 'SMTP\tmsys.core:_accept_construct';
    expect(prints()).toEqual([opened, '0\t0', opened, '4\t550 5%% off\tnil']);
  });

  row('M74', async () => {
    await start(callout('data(msg, ac, vctx)', 'vctx:set_code(550, "no")'));
    await mta.smtp.send(TWO);
    expect(mta.messages.map(({ envelope, disposition }) => [envelope.to, disposition])).toEqual([
      ['b@example.org', 'rejected'],
    ]);
    const fixture = new Fixture();
    const session = await fixture.greet();
    expect((await fixture.send(session, { to: ['postmaster'] })).reply).toEqual({
      code: 554,
      text: 'No Valid Domain',
    });
  });
}
