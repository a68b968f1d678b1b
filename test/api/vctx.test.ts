import { SocketAddress } from '../../src/server/socket-address';
import { PolicyFixture } from './support/policy';

let policy: PolicyFixture;
beforeEach(() => {
  policy = new PolicyFixture();
});

const CONN = 'core.VCTX_CONN';

// 4/lua/ref-vctx-get and its neighbours, 3/3-api/apis-validate-context-*
test.each([
  [`vctx:get(${CONN}, "none")`, ''],
  [`vctx:set(${CONN}, "k", "v"), vctx:get(${CONN}, "k")`, undefined, 'v'],
  [`vctx:set(core.ECMESS_CTX_CONN, "k", 12), vctx:get(${CONN}, "k")`, undefined, '12'],
  [`vctx:set(${CONN}, "k", "v"), vctx:get(core.VCTX_MESS, "k")`, undefined, ''],
  [`vctx:exists(${CONN}, "k"), vctx:set(${CONN}, "k", "v"), vctx:exists(${CONN}, "k")`, 0, undefined, 1],
  [`vctx:exists_and_get(${CONN}, "none")`, 0, undefined],
  [`vctx:set(${CONN}, "k", "v"), vctx:exists_and_get(${CONN}, "k")`, undefined, 1, 'v'],
  [
    `core.validate_context_set(vctx, ${CONN}, "k", "v"), vctx:delete(${CONN}, "k"), vctx:exists(${CONN}, "k")`,
    undefined,
    undefined,
    0,
  ],
])('%s', async (expression, ...expected) => {
  expect(await policy.run(`return ${expression}`)).toEqual(expected);
});

// 3/3-api/apis-validate-context-set
test.each([
  ['nil, "v"', CONN, 'connection'],
  ['"k", nil', 'core.VCTX_MESS', 'message'],
])('vctx:set with %s is only logged', async (pair, selector, which) => {
  await policy.run(`vctx:set(${selector}, ${pair})`);
  const { vctx } = policy.session;
  expect(vctx[which as 'connection' | 'message'].has('k')).toBe(false);
  expect(policy.server.logs.paniclog.map(({ message }) => message)).toEqual([
    `Attempt to set null key or value in validate context ${which} dictionary.`,
  ]);
  expect(policy.codes).toEqual([]);
});

describe('the reply', () => {
  // 4/lua/ref-vctx-set-code, 4/lua/ref-vctx-disconnect, 4/lua/ref-vctx-tarpit, 3/3-policy
  test.each([
    ['vctx:set_code(550, "no")', { code: 550, note: 'no', disconnect: false }],
    ['vctx:set_code("451", "later")', { code: 451, note: 'later' }],
    ['core.validate_context_set_code(vctx, 550, "no")', { code: 550, note: 'no' }],
    ['vctx:disconnect(421, "Go away dude")', { code: 421, note: 'Go away dude', disconnect: true }],
    ['vctx:disconnect()', { code: 0, note: '', disconnect: true }],
    ['vctx:tarpit(1.5) vctx:tarpit("2")', { tarpit: 3.5 }],
    ['vctx.code = 554 vctx.note = "x" vctx.disconnect = 1', { code: 554, note: 'x', disconnect: true }],
    ['vctx.transparency = 1 vctx.body_has_changed = 1', { isTransparent: true, bodyHasChanged: true }],
    [
      'assert(vctx:pbp_action(555, "No soup for you") == core.VALIDATE_DONE)',
      { code: 555, note: 'No soup for you', disconnect: false },
    ],
    ['assert(vctx:pbp_disconnect(554, "RBL hit") == core.VALIDATE_DONE)', { code: 554, disconnect: true }],
  ])('%s', async (lua, expected) => {
    await policy.run(lua);
    expect(policy.session.vctx).toMatchObject(expected);
  });

  test('its fields can be read', async () => {
    const lua =
      'return vctx.code, vctx.note, type(vctx.disconnect), vctx.body_has_changed, vctx.transparency, msys.type(vctx.session)';
    expect(await policy.run(lua)).toEqual([0, undefined, 'function', 0, 0, 'msys.core:_Event']);
    policy.session.vctx.setCode(550, 'no');
    expect((await policy.run(lua)).slice(0, 2)).toEqual([550, 'no']);
  });

  test.each([
    ['vctx:set_code(55, "x")', 'an SMTP code from 200 to 599 expected, got 55'],
    ['vctx:set_code("five", "x")', 'number|string expected'],
    ['vctx:tarpit(-1)', 'a number of seconds expected'],
  ])('%s raises', async (lua, message) => {
    await expect(policy.run(lua)).rejects.toThrow(
      message === 'number|string expected' ? /expected/ : message,
    );
    expect(policy.session.vctx).toMatchObject({ code: 0, tarpit: 0 });
  });
});

describe('recipients', () => {
  beforeEach(() => {
    policy.session.recipients.replace(['a@x.test', 'b@x.test']);
  });
  const run = (lua: string, hook = 'validate_rcptto_list') => policy.run(lua, hook);
  const list = () => [...policy.session.recipients];

  // 4/lua/ref-vctx-add-recipient, 4/lua/ref-vctx-remove-recipient, 4/lua/ref-vctx-recipient-list
  test.each([
    ['vctx:add_recipient("c@x.test")', ['a@x.test', 'b@x.test', 'c@x.test']],
    ['vctx:add_recipient({ "c@x.test", "<d@x.test>" })', ['a@x.test', 'b@x.test', 'c@x.test', 'd@x.test']],
    ['vctx:remove_recipient("a@x.test")', ['b@x.test']],
    ['vctx:remove_recipient({ "a@x.test", "none@x.test", "b@x.test" })', []],
    ['vctx:recipient_list("c@x.test")', ['c@x.test']],
    ['vctx:recipient_list({ [0] = "c@x.test", "d@x.test" })', ['c@x.test', 'd@x.test']],
    ['vctx:recipient_list(vctx:recipient_list())', ['a@x.test', 'b@x.test']],
    ['vctx:add_rcpt("a@x.test", 0)', ['a@x.test', 'b@x.test', 'a@x.test']],
  ])('%s', async (lua, expected) => {
    await run(lua);
    expect(list()).toEqual(expected);
  });

  test('the documented loop goes from 0 to #list', async () => {
    const found = await run(`
      local sum, tbl = "", vctx:recipient_list()
      for i=0,#tbl do
        sum = sum..tbl[i].." ";
      end
      return sum`);
    expect(found).toEqual(['a@x.test b@x.test ']);
  });

  // 3/3-api/apis-validate-context-*-rcpt*
  test.each([
    ['vctx:add_rcpt("b@x.test", 1), core.validate_context_add_rcpt(vctx, "c@x.test", 1)', -1, 2],
    ['vctx:remove_rcpt("b@x.test"), vctx:remove_rcpt("b@x.test")', 1, -1],
    ['vctx:iterate_rcpt(0)', 1, 'a@x.test'],
    ['vctx:iterate_rcpt(1)', -1, 'b@x.test'],
    ['vctx:iterate_rcpt(9)', -1, undefined],
    ['vctx:remove_all_rcpts(), #vctx:recipient_list()', 1, 0],
    ['vctx:can_modify_rcpts()', 1],
  ])('%s', async (expression, ...expected) => {
    expect(await run(`return ${expression}`)).toEqual(expected);
  });

  test('a final list can only be read', async () => {
    policy.session.recipients.isFinal = true;
    for (const change of [
      'add_recipient("c@x.test")',
      'remove_recipient("a@x.test")',
      'recipient_list("c@x.test")',
    ])
      await expect(run(`vctx:${change}`)).rejects.toThrow('the recipient list is final');
    expect(await run('return vctx:recipient_list()[0], vctx:can_modify_rcpts()')).toEqual(['a@x.test', 0]);
    expect(list()).toEqual(['a@x.test', 'b@x.test']);
  });

  test('a table of something else raises', async () => {
    await expect(run('vctx:add_recipient({ 1 })')).rejects.toThrow('a table of addresses expected');
  });
});

describe('the session', () => {
  // 4/modules/ac-auth, 3/3-api/structs-message-construct, 3/3-api/apis-accept-construct-get-message-construct
  test('is found from accept construct and validation context', async () => {
    Object.assign(policy.session.counters, {
      connectionMessages: 2,
      connectionRecipients: 5,
      messageRecipients: 3,
    });
    const found = await policy.run(`
      local mc = core.accept_construct_get_message_construct(ac)
      local ok, same = vctx:find_message_construct()
      return mc == same, ok, mc.ctx == vctx, mc.ac == ac, mc.state == core.MC_STATE_START, mc.relayable,
        mc.connection_message_count, mc.connection_rcpt_count, mc.message_rcpt_count, mc.peer_address`);
    expect(found).toEqual([true, 1, true, true, true, 0, 2, 5, 3, '192.0.2.3']);
  });

  test('shows whether the client may relay', async () => {
    policy.session.vctx.connection.set('can_relay', 'true');
    expect(await policy.run('return core.accept_construct_get_message_construct(ac).relayable')).toEqual([1]);
  });

  test('has a message only within a transaction', async () => {
    expect(await policy.run('return core.accept_construct_get_message_construct(ac).message')).toEqual([
      undefined,
    ]);
  });

  // 4/lua/ref-ac-esmtp-capability-add
  test('announces the capabilities that scripts add, and not those that they remove', async () => {
    const { capabilities } = policy.session;
    capabilities.replace(['PIPELINING', 'SIZE 1000', 'AUTH=LOGIN', 'AUTH LOGIN']);
    await policy.run(
      'ac:esmtp_capability_add("8BITMIME") ac:esmtp_capability_remove("AUTH")',
      'validate_connect',
    );
    await policy.run(
      'ac:esmtp_capability_remove("SIZE 1000") ac:esmtp_capability_remove("NONE")',
      'validate_ehlo',
    );
    expect([...capabilities]).toEqual(['PIPELINING', '8BITMIME']);
  });

  test('has the capabilities as a dictionary, too', async () => {
    policy.session.capabilities.replace(['PIPELINING']);
    const found = await policy.run(`
      local dict = core.accept_construct_get_message_construct(ac).smtp_capabilities
      core.dict_add_key_value(dict, "XNEW", "")
      return core.dict_key_exists(dict, "PIPELINING"), core.dict_key_delete(dict, "PIPELINING"),
        core.dict_key_exists_and_fetch(dict, "XNEW")`);
    expect(found).toEqual([1, 1, 1, '']);
    expect([...policy.session.capabilities]).toEqual(['XNEW']);
  });

  // 4/lua/ref-ac-inbound-session-count
  test.each([
    ['', 1],
    ['"/24"', 2],
    ['"/32"', 1],
    ['"192.0.2.0/24"', 2],
    ['"localhost/32"', 1],
    ['nil, "Control"', 1],
    ['"localhost", "Control"', 0],
  ])('ac:inbound_session_count(%s)', async (args, expected) => {
    const { inboundSessions } = policy.server.facilities;
    // The session itself is from 192.0.2.3.
    for (const peer of ['192.0.2.77', '127.0.0.1']) inboundSessions.open('SMTP', peer);
    inboundSessions.open('Control', '192.0.2.3');
    expect(await policy.run(`return ac:inbound_session_count(${args})`)).toEqual([expected]);
  });

  test('counts only services and blocks that there are', async () => {
    await expect(policy.run('ac:inbound_session_count(nil, "smtp")')).rejects.toThrow(
      'one of SMTP, ECStream',
    );
    await expect(policy.run('ac:inbound_session_count("there")')).rejects.toThrow(
      'an address or block expected',
    );
  });

  test('over IPv6 counts the peer, too', async () => {
    const other = new PolicyFixture({}, SocketAddress.ip('2001:db8::1', 25));
    other.server.facilities.inboundSessions.open('SMTP', '2001:db9::1');
    expect(await other.run('return ac:inbound_session_count("/64")')).toEqual([1]);
  });
});
