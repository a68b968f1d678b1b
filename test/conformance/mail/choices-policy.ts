/** Choices about envelopes, contexts and sessions. */
import { Momentum } from '../../../src';
import { PolicyFixture } from '../../api/support/policy';
import type { TestRow } from './support';

const BINDINGS = ['fast', { name: 'a', group: 'pool' }];

async function lua(statements: string, hook?: string): Promise<unknown[]> {
  return new PolicyFixture({ bindings: BINDINGS }).run(statements, hook);
}

const binding = (statements: string) => lua(statements, 'validate_set_binding');

export function policyChoices(row: TestRow): void {
  recipients(row);
  contexts(row);
  envelopes(row);
  codes(row);
  routes(row);
  sessions(row);
  sending(row);
  macros(row);
  fields(row);
}

function recipients(row: TestRow): void {
  row('M5', async () => {
    const policy = new PolicyFixture();
    const read = 'local list = vctx:recipient_list() return list[0], #list';
    expect(await policy.run(read)).toEqual([undefined, 0]);
    policy.session.recipients.replace(['a@x.test', 'b@x.test']);
    expect(await policy.run(read)).toEqual(['a@x.test', 1]);
    expect(
      await policy.run('local n = 0 for _ in ipairs(vctx:recipient_list()) do n = n + 1 end return n'),
    ).toEqual([1]);
    for (const given of ['{ "c@x.test", "d@x.test" }', '{ [0] = "c@x.test", [1] = "d@x.test" }']) {
      await policy.run(`vctx:recipient_list(${given})`);
      expect([...policy.session.recipients]).toEqual(['c@x.test', 'd@x.test']);
    }
  });

  row('M40', async () => {
    expect(await lua('return msg:mailfrom(" <a@x.test> "), msg:rcptto("<b@x.test>")')).toEqual([
      'a@x.test',
      'b@x.test',
    ]);
    const policy = new PolicyFixture();
    await policy.run(`msg:inject("<a@x.test>", ' <b@x.test>,"c,d"@x.test ')`);
    expect([...policy.server.messages].map(({ from, to }) => [from, to])).toEqual([
      ['a@x.test', 'b@x.test'],
      ['a@x.test', '"c,d"@x.test'],
    ]);
  });
}

function contexts(row: TestRow): void {
  row('M6', async () => {
    const set = (value: string) => `msg:context_set(core.ECMESS_CTX_MESS, "k", "${value}")`;
    expect(
      await lua(`return ${set('a')}, ${set('b')}, ${set('b')}, msg:context_get(core.ECMESS_CTX_MESS, "k")`),
    ).toEqual([1, 1, 0, 'b']);
  });

  row('M7', async () => {
    const kept = (value: string) =>
      lua(`vctx:set(core.VCTX_CONN, "k", ${value}) return vctx:get(core.VCTX_CONN, "k")`);
    for (const [value, text] of [
      ['12', '12'],
      ['1e15', '1000000000000000'],
      ['0.5', '0.5'],
      ['false', 'false'],
    ] as const)
      expect(await kept(value)).toEqual([text]);
    await expect(kept('{}')).rejects.toThrow('a string, a number or a boolean expected');
  });

  row('M46', async () => {
    expect(
      await lua(`
      local from, to, complete = core.EC_MSG_ENV_FROM, core.EC_MSG_ENV_TO, core.EC_MSG_ENV_COMPLETE
      return core.VCTX_MESS == core.ECMESS_CTX_MESS, core.VCTX_CONN == core.ECMESS_CTX_CONN,
        core.VCTX_MESS ~= core.VCTX_CONN, (from | to | complete) == from + to + complete`),
    ).toEqual([true, true, true, true]);
    for (const call of ['msg:context_get(0, "k")', 'vctx:set(2, "k", "v")'])
      await expect(lua(call)).rejects.toThrow('VCTX_MESS or VCTX_CONN expected');
  });
}

function envelopes(row: TestRow): void {
  row('M41', async () => {
    const get = (flags: string, second = 'core.string_new()') =>
      `return msg:get_envelope2(${flags}, core.string_new(), ${second})`;
    expect(await lua(get('core.EC_MSG_ENV_FROM'))).toEqual([1, 0]);
    expect(await lua(`msg:mailfrom("") ${get('core.EC_MSG_ENV_FROM')}`)).toEqual([1, 1]);
    expect(await lua(`msg:mailfrom("@x.test") ${get('core.EC_MSG_ENV_FROM')}`)).toEqual([0, 0]);
    expect(await lua(get('core.EC_MSG_ENV_TO | core.EC_MSG_ENV_COMPLETE', 'nil'))).toEqual([1, 0]);
    await expect(lua(get('core.EC_MSG_ENV_TO', 'nil'))).rejects.toThrow('_ec_string expected');
    for (const flags of ['0', 'core.EC_MSG_ENV_FROM | core.EC_MSG_ENV_TO'])
      await expect(lua(get(flags))).rejects.toThrow('not both');
  });
}

function codes(row: TestRow): void {
  row('M42', async () => {
    expect(
      await lua('return msg:code(421, "later"), msg:code(1000, "x"), msg:code(0, "x"), msg:code()'),
    ).toEqual(Array(4).fill('421 later'));
  });

  row('M43', async () => {
    expect(await lua('return msg:code(550, "one\\ntwo"), msg:code(0, "421 a\\r\\nb")')).toEqual([
      '550-one\r\n550 two',
      '421-a\r\n421 b',
    ]);
  });
}

function routes(row: TestRow): void {
  row('M44', async () => {
    expect(await binding('msg:binding("fast") return msg:binding("none"), msg:binding()')).toEqual([
      undefined,
      'fast',
    ]);
    expect(await binding('return msg:binding_group("none"), msg:binding()')).toEqual(['default', 'default']);
  });

  row('M45', async () => {
    const read =
      'return msg:binding(), msg:binding_group(), msg.binding_slot == core.EC_BINDING_SLOT_UNBOUND';
    expect(await binding(read)).toEqual([undefined, undefined, true]);
    const policy = new PolicyFixture();
    policy.message.disposition = 'queued';
    expect(await policy.run(read, 'core_log_delivery_v1')).toEqual(['default', 'default', false]);
  });
}

function sessions(row: TestRow): void {
  row('M47', async () => {
    const policy = new PolicyFixture();
    expect(await policy.run('vctx.disconnect = 1 return type(vctx.disconnect)')).toEqual(['function']);
    expect(policy.session.vctx.disconnect).toBe(true);
  });

  row('M48', async () => {
    const policy = new PolicyFixture();
    await policy.run('vctx:tarpit(1) vctx:tarpit(2.5) vctx:set_code("250", "fine") vctx.code = 0');
    expect(policy.session.vctx).toMatchObject({ tarpit: 3.5, code: 0, note: 'fine' });
    for (const call of ['vctx:set_code(600, "x")', 'vctx.code = 99'])
      await expect(policy.run(call)).rejects.toThrow('an SMTP code from 200 to 599 expected');
  });

  row('M49', async () => {
    const policy = new PolicyFixture();
    const { capabilities } = policy.session;
    capabilities.replace(['AUTH LOGIN', 'AUTH=LOGIN', 'SIZE 1', 'SIZEABLE']);
    await policy.run(
      'ac:esmtp_capability_remove("AUTH") ac:esmtp_capability_remove("SIZE 1")',
      'validate_ehlo',
    );
    expect([...capabilities]).toEqual(['SIZEABLE']);
  });
}

function sending(row: TestRow): void {
  row('M50', async () => {
    const policy = new PolicyFixture();
    const before = policy.message.content!.raw.toString();
    await policy.run(`
    msg:context_set(core.ECMESS_CTX_MESS, "k", "v")
    msg:inject("a@x.test", "b@x.test")
    msg:forward("a@x.test", "c@x.test", "see below")`);
    const [injected, forwarded] = policy.server.messages;
    expect(injected!.context.message.get('k')).toBe('v');
    expect(forwarded!.context.message.has('k')).toBe(false);
    expect(forwarded!.raw!.toString()).toMatch(
      /From: <a@x\.test>\r\nTo: <c@x\.test>\r\nDate: [^]*multipart\/mixed[^]*see below[^]*message\/rfc822/,
    );
    expect(forwarded!.raw!.toString()).toContain(before);
    expect(policy.message.content!.raw.toString()).toBe(before);
    await expect(policy.run('core.ec_message_new(nil):inject("a@x.test", "b@x.test")')).rejects.toThrow(
      'is empty',
    );
  });
}

function macros(row: TestRow): void {
  row('M51', async () => {
    const policy = new PolicyFixture();
    policy.session.vctx.message.set('mailfrom_domain', 'example.com');
    const expand = async (text: string) => (await policy.run(`return msys.expandMacro("${text}")`))[0];
    expect(await expand('%{mailfrom_domain} %{d2} %{custom_logger:h{Subject}} %{no:macro} 5%')).toBe(
      'example.com example.com hello %{no:macro} 5%',
    );
    for (const name of ['outbound_tls:local_ip', 'spfv1:p', 'custom_logger:C'])
      await expect(expand(`%{${name}}`)).rejects.toThrow('is part of Momentum and is not simulated');
  });

  row('M52', async () => {
    const policy = new PolicyFixture();
    const editor = (name: string, params: string) =>
      policy.run(`return msys.policyeditor.${name}({ whatever = msg }, {}, ${params})`);
    expect(await editor('get_rcptto', '{}')).toEqual(['jo@Example.NET']);
    for (const subject of ['one', 'one', 'two'])
      await editor(
        'send_email',
        `{ from = "a@x.test", to = "b@x.test", subject = "${subject}", body = "", throttle = 9 }`,
      );
    expect(policy.server.messages).toHaveLength(2);
  });
}

function fields(row: TestRow): void {
  row('M53', async () => {
    expect(
      await lua(
        'return msg.state == msg.delivered, msg.swapped, msg.delivered_class, msg.recv_method == core.P_ESMTP',
      ),
    ).toEqual([true, 0, 0, true]);
    await using mta = await Momentum.start();
    expect(await mta.eval('return msys.core.ec_message_new(nil).recv_method == msys.core.P_ESMTP')).toEqual([
      false,
    ]);
  });

  row('M54', async () => {
    const wrong = 'does not work in validate_data';
    await expect(lua('msg:binding("fast")', 'validate_data')).rejects.toThrow(wrong);
    expect(await lua('return msg:binding("fast")', 'core_final_validation')).toEqual(['fast']);
    expect(await lua('vctx:tarpit(1) return msg:routing_domain()', 'validate_data')).toEqual(['example.net']);
    expect(
      await lua('vctx:add_recipient("b@x.test") return vctx:recipient_list()[0]', 'validate_rcptto_list'),
    ).toEqual(['b@x.test']);
    await expect(lua('msg:routing_domain("q.test")')).rejects.toThrow(
      "before require('msys.extended.message_routing')",
    );
  });
}
