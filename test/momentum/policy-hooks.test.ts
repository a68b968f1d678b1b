import { Momentum, type MomentumOptions } from '../../src';

const start = (body: string, options: MomentumOptions = {}) =>
  Momentum.start({
    modules: [
      {
        name: 'hooks',
        source: `require("msys.core") require("msys.extended.message") local core, mod = msys.core, {}
          ${body}
          msys.registerModule("hooks", mod)`,
      },
    ],
    ...options,
  });

const MAIL = {
  from: 'me@example.com',
  to: 'you@example.org',
  data: 'Date: d\r\nSubject: hello\r\n\r\nbody\r\n',
};
const prints = (mta: Momentum) => mta.paniclog.map(({ message }) => message);

const listener = (options: string) => ({
  text: `scriptlet "scriptlet" { } alerting { } ec_logger "ec_logger" { } ESMTP_Listener { Listen ":25" { ${options} } }`,
});

test('core_config_get_message_routing_domain: the example of 4/lua/ref-msys-register-module', async () => {
  const mta = await start(`
    function mod:core_config_get_message_routing_domain(scope, msg, buff)
      buff:set("Relay.example.com");
      return #buff;
    end`);
  await mta.smtp.send(MAIL);
  expect(mta.messages[0]).toMatchObject({ domain: 'relay.example.com', envelope: { to: 'you@example.org' } });
  expect(mta.domain('relay.example.com')).toMatchObject({ active: 1 });
  await mta.stop();
});

test('core_config_get_message_routing_domain that returns 0 leaves it at that', async () => {
  const mta = await start(`
    function mod:core_config_get_message_routing_domain(scope, msg, buff) buff:set("x.example.com") return 0 end`);
  await mta.smtp.send(MAIL);
  expect(mta.messages[0]!.domain).toBe('example.org');
  await mta.stop();
});

test('core_get_received_header_text and core_get_protocol_string_for_trace_headers', async () => {
  const mta = await start(`
    function mod:core_get_protocol_string_for_trace_headers(ac, vctx, msg)
      return vctx:get(core.VCTX_CONN, "ehlo_domain") == "own" and "LMTP" or nil
    end
    function mod:core_get_received_header_text(msg, mc, ac, vctx, response)
      if vctx:get(core.VCTX_CONN, "ehlo_domain") ~= "text" then return 0 end
      response:set("by " .. msys.type(mc) .. " for " .. msg:rcptto())
      return 1
    end`);
  for (const ehlo of ['own', 'text', 'none']) await mta.smtp.send({ ...MAIL, ehlo });
  const received = mta.messages.map(({ headers }) => headers.get('Received')!);
  expect(received[0]).toContain(' with LMTP');
  expect(received[1]).toBe('by msys.core:_message_construct for you@example.org');
  expect(received[2]).toContain(' with ESMTP');
  await mta.stop();
});

describe('relaying', () => {
  const relay = async (body: string, options = '') => {
    const mta = await start(body, { config: listener(options) });
    const { code } = await mta.smtp.send(MAIL);
    const said = prints(mta);
    await mta.stop();
    return [code, ...said];
  };

  test('is denied without a configuration that allows it', async () => {
    expect(await relay('mod.validate_connect = function() return core.VALIDATE_CONT end')).toEqual([550]);
    expect(
      await relay('mod.validate_connect = function() return core.VALIDATE_CONT end', 'Open_Relay = true'),
    ).toEqual([250]);
  });

  test('a script makes the session relayable', async () => {
    const body = `function mod:validate_ehlo(str, ac, vctx)
      vctx:set(core.VCTX_CONN, "can_relay", "true") return core.VALIDATE_CONT end`;
    expect(await relay(body)).toEqual([250]);
  });

  test('core_pre_ec_can_relay_to skips the configuration with VALIDATE_DONE', async () => {
    const body = (cont: string) => `function mod:core_pre_ec_can_relay_to(domain, rv, cont)
      print(domain, rv[0]) rv:set(1) ${cont} end`;
    expect(await relay(body('cont[0] = core.VALIDATE_DONE'))).toEqual([250, 'example.org\t0']);
    expect(await relay(body(''))).toEqual([550, 'example.org\t0']);
  });

  test('core_config_get_domain_relay decides when it returns something', async () => {
    const body = (end: string) => `function mod:core_config_get_domain_relay(cs, domain, retval)
      print(cs, domain) retval:set(1) ${end} end`;
    expect(await relay(body('return 1'))).toEqual([250, 'nil\texample.org']);
    expect(await relay(body('return 0'))).toEqual([550, 'nil\texample.org']);
    expect(await relay(body('return 1, 0'))).toEqual([550, 'nil\texample.org']);
  });
});

test.each([
  ['EC_MESSAGE_ENQUEUE_HOOK_CONT', 250, 'queued', 1],
  ['EC_MESSAGE_ENQUEUE_HOOK_OK', 250, 'taken', 0],
  ['EC_MESSAGE_ENQUEUE_HOOK_ERR', 451, 'rejected', 0],
])('core_ec_message_enqueue: %s', async (result, code, disposition, active) => {
  const mta = await start(`
    function mod:core_ec_message_enqueue(msg, now) print(now.tv_sec) return core.${result} end`);
  expect(await mta.smtp.send(MAIL)).toMatchObject({ code });
  expect(mta.messages[0]).toMatchObject({ disposition });
  expect(mta.domain('example.org')?.active ?? 0).toBe(active);
  expect(prints(mta)).toEqual([String(mta.clock.seconds())]);
  await mta.stop();
});

test('core_log_reception_v1 and core_log_rejection are told', async () => {
  const mta = await start(`
    function mod:validate_mailfrom(str, ac, vctx)
      if tostring(str):find("bad") then vctx:set_code(550, "100% bad") end
      return core.VALIDATE_CONT
    end
    function mod:core_log_reception_v1(ac, msg, now, note, len) print(msg:rcptto(), now.tv_sec, note == "", len) end
    function mod:core_log_rejection(now, ac, vctx, phase, format)
      print(phase == core.MC_STATE_MAILFROM, format, vctx:get(core.VCTX_MESS, "mailfrom_localpart"))
    end`);
  await mta.smtp.send(MAIL);
  await mta.smtp.send({ ...MAIL, from: 'bad@example.com' });
  expect(prints(mta)).toEqual([
    `you@example.org\t${mta.clock.seconds()}\ttrue\t0`,
    'true\t550 100%% bad\tbad',
  ]);
  await mta.stop();
});

test('connections, commands, and clients that go away', async () => {
  const mta = await start(`
    function mod:core_inc_inbound_connections(kind, ac) print("inc", tostring(kind), ac.remote_addr ~= nil) end
    function mod:core_dec_inbound_connections(kind) print("dec", tostring(kind)) end
    function mod:core_validate_accept(ac, vctx) print("accept") return 0 end
    function mod:core_validate_connect(ac, vctx) vctx:set_code(220, "hello") end
    function mod:core_post_smtp_command(b, mc, vctx) print("command", b[0], msys.type(mc)) end
    function mod:core_server_esmtp_session_abort(ac) print("abort") end`);
  const session = mta.smtp.session();
  expect(await session.ehlo('me')).toMatchObject({ code: 250 });
  await mta.stop();
  expect(prints(mta)).toEqual([
    'inc\tSMTP\ttrue',
    'accept',
    'command\t0\tmsys.core:_message_construct',
    'abort',
    'dec\tSMTP',
  ]);
});

test('core_validate_data_spool_each_rcpt and the hook after it may decide', async () => {
  const mta = await start(`
    function mod:validate_data_spool_each_rcpt() print("callout") return core.VALIDATE_CONT end
    function mod:core_validate_data_spool_each_rcpt(msg, ac, vctx) print("hook", self.seen) self.seen = true end
    function mod:core_post_validate_data_spool_each_rcpt_v1(msg, ac, vctx)
      print("post", self.seen) vctx:set_code(550, "5.7.1 late")
    end`);
  expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 550, text: '5.7.1 late' });
  expect(prints(mta)).toEqual(['callout', 'hook\tnil', 'post\ttrue']);
  await mta.stop();
});

test('core_post_validate_set_binding is called when the binding has changed', async () => {
  const mta = await start(
    `function mod:validate_set_binding(msg)
       if msg:rcptto():find("fast") then msg:binding("fast") else msg:binding("default") end
       return core.VALIDATE_CONT
     end
     function mod:core_post_validate_set_binding(msg) print(msg:rcptto(), msg:binding()) end`,
    { bindings: ['fast'] },
  );
  for (const to of ['fast@example.org', 'slow@example.org']) await mta.smtp.send({ ...MAIL, to });
  expect(prints(mta)).toEqual(['fast@example.org\tfast']);
  await mta.stop();
});

describe('core_final_validation2', () => {
  test.each([
    ['EC_HOOK_CONT', '', 250, 'void\tpost'],
    ['EC_HOOK_DONE', '', 550, ''],
    ['EC_HOOK_DONE', 'vctx:set_code(554, "5.6.0 unsigned")', 554, ''],
    ['EC_HOOK_RETRY', '', 451, ''],
    ['EC_HOOK_RETRY', 'vctx:set_code(450, "later")', 450, ''],
    ['EC_HOOK_RETRY', 'vctx:set_code(550, "never")', 451, ''],
  ])('%s %s', async (result, body, code, printed) => {
    const mta = await start(`
      function mod:core_final_validation2(msg, ac, vctx) ${body} return core.${result} end
      function mod:core_final_validation(msg, ac, vctx) self.first = "void" end
      function mod:core_post_final_validation(msg, ac, vctx) print(self.first, "post") return 1 end`);
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code });
    expect(prints(mta).join()).toBe(printed);
    await mta.stop();
  });
});

test('authentication', async () => {
  const mta = await start(
    `function mod:core_pre_esmtp_auth(ac, mc, vctx)
       print(msys.type(ac), msys.type(mc), msys.type(vctx))
       return core.EC_AUTH_OK
     end
     function mod:core_validate_auth(vctx, info, status)
       print(vctx:get(core.VCTX_CONN, "auth_status"), msys.type(info), status == core.EC_AUTH_OK)
     end`,
    { config: listener('SMTP_Extensions = ( "AUTH PLAIN" )') },
  );
  const sent = await mta.smtp.send({ ...MAIL, auth: { user: 'jo', password: 'x', method: 'PLAIN' } });
  expect(sent).toMatchObject({ code: 250 });
  expect(prints(mta)).toEqual([
    'msys.core:_accept_construct\tmsys.core:_message_construct\tmsys.core:_validate_context',
    'pass\tmsys.core:_ec_auth_info\ttrue',
  ]);
  expect(mta.messages[0]!.context.connection).toMatchObject({ auth_status: 'pass', can_relay: 'true' });
  await mta.stop();
});

test('core_inbound_smtp_tls_post_accept drops the connection', async () => {
  const mta = await start(
    `function mod:core_inbound_smtp_tls_post_accept(mc, event, eventtype, closure, now)
       print(mc.ctx:get(core.VCTX_CONN, "tls"), msys.type(event), closure, now.tv_sec > 0)
       mc.ctx.code = 554
       mc.ctx.disconnect = 1
       mc.ctx:set(core.VCTX_CONN, "_tls_note", "421 4.7.0 not with me")
     end`,
    {
      config: listener(
        'Open_Relay = true SMTP_Extensions = ( "STARTTLS" ) TLS_Certificate = "/c.pem" TLS_Key = "/k.pem"',
      ),
      files: { '/c.pem': 'c', '/k.pem': 'k' },
    },
  );
  const session = mta.smtp.session({ tls: true });
  const reply = await session.ehlo('me').catch((error: unknown) => error);
  expect(prints(mta)).toEqual(['on\tmsys.core:_Event\tnil\ttrue']);
  expect(mta.rejectlog[0]!.text).toContain(' E=421 M=scriptlet ');
  expect(mta.rejectlog[0]!.text).toMatch(/ 4\.7\.0 not with me$/);
  expect(reply).toBeDefined();
  await mta.stop();
});
