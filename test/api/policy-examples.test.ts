/** The examples of the documentation, as they are there, in real sessions. */
import { Momentum, type MomentumOptions } from '../../src';

const DATA = ['Subject: hello', 'Date: Thu, 01 Jan 2026 00:00:00 +0000', '', 'text', ''].join('\r\n');
const MAIL = { from: 'jo@mydomain.com', to: 'you@example.org', data: DATA, peer: '10.1.2.3:4711' };

let mta: Momentum;
afterEach(() => mta.stop());

async function send(source: string, mail: Partial<typeof MAIL> = {}, options: MomentumOptions = {}) {
  mta = await Momentum.start({ modules: [{ name: 'example', source }], bindings: ['mydomain'], ...options });
  return mta.smtp.send({ ...MAIL, ...mail });
}

const printed = () => mta.paniclog.map(({ message }) => message);

test('4/lua/ref-msg-binding', async () => {
  await send(`
    require('msys.core');
    require('msys.extended.message');

    local mod = {};

    function mod:validate_set_binding(msg)
      local localpart_str = msys.core.string_new();
      local domain_str = msys.core.string_new();
      msg:get_envelope2(msys.core.EC_MSG_ENV_FROM, localpart_str, domain_str);
      local domain = tostring(domain_str);
      localpart_str = nil;
      if msys.pcre.match(domain, "mydomain.com") then
        msg:binding("mydomain");
      end
      return msys.core.VALIDATE_CONT;
    end
    msys.registerModule("validate_set_binding", mod);`);
  expect(mta.messages[0]?.binding).toBe('mydomain');
});

test('4/lua/ref-msys-expand-macro', async () => {
  await send(`
    require("msys.core")
    local mod = {};

    function mod:validate_ehlo(str, accept, vctx)
      print("ehlo string is:", msys.expandMacro("%{vctx_conn:ehlo_string}"));
      return msys.core.VALIDATE_CONT;
    end

    msys.registerModule("ehlo_phase", mod);`);
  expect(printed()).toContainEqual(expect.stringMatching(/^ehlo string is:\tEHLO \S+$/));
});

test('4/lua/ref-vctx-disconnect', async () => {
  const outcome = await send(
    `
    require("msys.core");
    require("msys.extended.message");
    require("msys.extended.vctx");
    local mod = {};

    function mod:validate_mailfrom(str, accept, vctx)
      str = tostring(str);
      if (string.find(str, "disconnect@example.com") != nil) then
        print("Disconnecting " .. str);
        vctx:disconnect(421, "Go away dude");
        return msys.core.VALIDATE_DONE;
      end
      return msys.core.VALIDATE_CONT;
    end

    msys.registerModule("vctx_disconnect", mod);`,
    { from: 'disconnect@example.com' },
  );
  expect(outcome.transcript.join('\n')).toContain('S: 421 Go away dude');
  expect(mta.messages).toEqual([]);
});

test('4/lua/ref-msg-reception-peer', async () => {
  await send(`
    require("msys.extended.message");

    local mod = {};
    function mod:validate_data(msg, ac, vctx)
      print(msg:reception_peer('ip'));
      print(msg:reception_peer('port'));
      print(msg:reception_peer('all'));
      print(msg:reception_peer()); -- defaults to 'all'
      return msys.core.VALIDATE_CONT;
    end

    msys.registerModule("myMod", mod);`);
  expect(printed()).toEqual(['10.1.2.3', '4711', '10.1.2.3:4711', '10.1.2.3:4711']);
});

test('4/lua/ref-ac-esmtp-capability-add', async () => {
  const outcome = await send(`
    require("msys.core");
    require("msys.extended.message");
    require("msys.extended.ac");
    local mod = {};

    function mod:validate_connect(ac, vctx)
      ac:esmtp_capability_add("XEXTRA");
      return msys.core.VALIDATE_CONT;
    end

    msys.registerModule("validate_connect", mod);`);
  expect(outcome.transcript.join('\n')).toContain('XEXTRA');
});

test('4/lua/ref-vctx-add-recipient', async () => {
  await send(`
    require("msys.core");
    require("msys.extended.message");
    require("msys.extended.vctx");
    local mod = {};

    local function sum_table(tbl)
      if (tbl == nil) then
        return "";
      end
      local sum = "";
      for i=0,#tbl do
        sum = sum..tbl[i].." ";
      end
      return sum;
    end

    function mod:validate_data(str, accept, vctx)
      vctx:add_recipient("mailfrom@messagesystems.com");
      local addrs = vctx:recipient_list();
      print ("validate_mailfrom:rcpts: "..sum_table(addrs));
      return msys.core.VALIDATE_CONT;
    end

    msys.registerModule("validate_data", mod);`);
  expect(printed()).toEqual(['validate_mailfrom:rcpts: you@example.org mailfrom@messagesystems.com ']);
  expect(mta.messages.map(({ envelope }) => envelope.to)).toEqual([
    'you@example.org',
    'mailfrom@messagesystems.com',
  ]);
});

test('the message construct of 4/modules/ac-auth, and what it knows during a transaction', async () => {
  await send(`
    local mod = {}
    function mod:validate_data(msg, ac, vctx)
      local mc, vctx
      if ac.protocol == msys.core.P_ESMTP then
        mc = msys.core.accept_construct_get_message_construct(ac)
      end
      if mc then
        vctx = mc.ctx
      end
      print(vctx:get(msys.core.VCTX_CONN, "ehlo_domain") ~= "", mc.message == msg, mc.message_rcpt_count,
        mc.connection_message_count)
      return msys.core.VALIDATE_CONT
    end
    msys.registerModule("construct", mod)`);
  expect(printed()).toEqual(['true\ttrue\t1\t1']);
});

// 4/lua/ref-msg-discard
test('a discarded message is accepted, logged as a rejection and in no queue', async () => {
  const outcome = await send(`
    local mod = {}
    function mod:validate_data_spool_each_rcpt(msg, ac, vctx)
      msg:discard("550 Bounce message processed")
      return msys.core.VALIDATE_CONT
    end
    msys.registerModule("discard", mod)`);
  expect(outcome.accepted).toEqual(['you@example.org']);
  expect(mta.messages[0]?.disposition).toBe('discarded');
  expect(mta.rejectlog).toHaveLength(1);
  expect(mta.rejectlog[0]?.text).toContain('E=550');
  expect(mta.rejectlog[0]?.text).toContain('Bounce message processed');
  expect(await mta.eval('return msys.core.dns_get_domain("example.org")')).toEqual([undefined]);
});

// 4/lua/ref-msg-routing-domain, 4/lua/ref-msg-binding
test('routing domain and binding of a message are as policy set them, and later hooks see them', async () => {
  await send(`
    require('msys.extended.message_routing')
    local mod = {}
    function mod:validate_data_spool_each_rcpt(msg, ac, vctx)
      msg:routing_domain("quarantine.example")
      return msys.core.VALIDATE_CONT
    end
    function mod:validate_set_binding(msg)
      msg:binding("mydomain")
      return msys.core.VALIDATE_CONT
    end
    function mod:core_final_validation(msg, ac, vctx)
      print(msg:binding(), msg:binding_group(), msg.binding_slot, msg:routing_domain())
    end
    msys.registerModule("router", mod)`);
  expect(mta.messages[0]).toMatchObject({ binding: 'mydomain', domain: 'quarantine.example' });
  expect(printed()).toEqual(['mydomain\tdefault\t1\tquarantine.example']);
});

test('a binding that is set too early is found', async () => {
  mta = await Momentum.start({
    modules: [
      {
        name: 'early',
        source: `
          local mod = {}
          function mod:validate_data(msg, ac, vctx)
            msg:binding("mydomain")
            return msys.core.VALIDATE_CONT
          end
          msys.registerModule("early", mod)`,
      },
    ],
    bindings: ['mydomain'],
    strict: { WRONG_PHASE: 'warn' },
  });
  await mta.smtp.send(MAIL);
  expect([...mta.diagnostics].map(({ code, severity }) => [code, severity])).toEqual([
    ['WRONG_PHASE', 'warning'],
  ]);
});
