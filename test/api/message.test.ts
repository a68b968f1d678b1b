import { DEFAULT_BINDING } from '../../src/server/bindings';
import { PolicyFixture, START } from './support/policy';

const ID = '00/01-00001-31B987F3';
let policy: PolicyFixture;
beforeEach(() => {
  policy = new PolicyFixture({
    bindings: ['fast', { name: 'a', group: 'pool' }, { name: 'b', group: 'pool' }],
  });
});

const seconds = Math.floor(START.getTime() / 1000);

// 3/3-api/structs-ec-message, 4/lua/ref-msg-id
test.each([
  ['tostring(msg.id)', ID],
  ['tostring(msg.batch_id)', '00/02-00001-31B987F3'],
  ['tostring(msg.conn_id)', '3F/A0-00001-31B987F3'],
  ['msg.creation_time.tv_sec', seconds],
  ['msg.next_attempt.tv_sec', seconds],
  ['msg.final_time.tv_sec', 0],
  ['msg.priority', 0],
  ['msg.num_retries', 0],
  ['msg.stage', 0],
  ['msg.failed', 0],
  ['msg.bounce', 0],
  ['msg.swapped', 0],
  ['msg.invalid_mime', 0],
  ['msg.delivered_class', 0],
  ['msg.delivered == core.EM_TRYING', true],
  ['msg.state == msg.delivered', true],
  ['msg.recv_method == core.P_ESMTP', true],
  ['msg.pathway', undefined],
  ['tostring(msg.recv_from)', '192.0.2.3:4711'],
  ['tostring(msg.recv_via)', '198.51.100.1:25'],
  ['msg.binding_slot == core.EC_BINDING_SLOT_UNBOUND', true],
  ['msg.domain', undefined],
  ['msys.type(msg)', 'msys.core:_ec_message'],
  ['msys.type(msg.vctx_mess)', 'msys.core:_ECDict'],
])('%s', async (expression, expected) => {
  expect(await policy.run(`return ${expression}`)).toEqual([expected]);
});

test('a failed message shows the class of its bounce', async () => {
  Object.assign(policy.message, { disposition: 'failed', code: '550 5.1.1 no such user', bounce: true });
  expect(
    await policy.run('return msg.delivered == core.EM_FAILED, msg.delivered_class, msg.failed, msg.bounce'),
  ).toEqual([true, 10, 1, 1]);
});

test('priority and delivered can be assigned, other fields cannot', async () => {
  await policy.run('msg.priority = 1 msg.delivered = core.EM_SUCCEEDED');
  expect(policy.message).toMatchObject({ priority: 1, disposition: 'delivered' });
  await expect(policy.run('msg.num_retries = 3')).rejects.toThrow('assigning it is not simulated');
});

// 4/lua/ref-msg-reception-peer, 4/lua/ref-msg-listener-addr
test.each([
  ['msg:reception_peer()', '192.0.2.3:4711'],
  ['msg:reception_peer(nil)', '192.0.2.3:4711'],
  ['msg:reception_peer("ip")', '192.0.2.3'],
  ['msg:reception_peer("port")', '4711'],
  ['msg:listener_addr("all")', '198.51.100.1:25'],
  ['msg:listener_addr("port")', '25'],
])('%s', async (expression, expected) => {
  expect(await policy.run(`return ${expression}`)).toEqual([expected]);
});

test('an end of the connection by another name raises, and there is none without a connection', async () => {
  await expect(policy.run('return msg:reception_peer("host")')).rejects.toThrow(
    '"ip", "port" or "all" expected',
  );
  expect(await policy.run('return core.ec_message_new(nil):reception_peer()')).toEqual([undefined]);
});

describe('the envelope', () => {
  // 4/lua/ref-msg-mailfrom, 4/lua/ref-msg-rcptto, 3/3-api/ec-message
  test.each([
    ['msg:mailfrom()', 'sender@example.com'],
    ['msg:mailfrom(nil)', 'sender@example.com'],
    ['msg:mailfrom("new@example.com")', 'new@example.com'],
    ['msg:mailfrom("<new@example.com>")', 'new@example.com'],
    ['msg:mailfrom("<>")', ''],
    ['msg:rcptto()', 'jo@Example.NET'],
    ['msg:rcptto("other@example.org")', 'other@example.org'],
    ['core.ec_message_get_mailfrom(msg)', 'MAIL FROM:<sender@example.com>\r\n'],
    ['core.ec_message_get_rcptto(msg)', 'RCPT TO:<jo@Example.NET>\r\n'],
    [
      'core.ec_message_set_mailfrom(msg, "MAIL FROM:<x@y.z> SIZE=3\\r\\n", -1, 0), msg:mailfrom()',
      1,
      'x@y.z',
    ],
    ['core.ec_message_set_rcptto(msg, "RCPT TO:<x@y.z>xx", 15, 0), msg:rcptto()', 1, 'x@y.z'],
  ])('%s', async (expression, ...expected) => {
    expect(await policy.run(`return ${expression}`)).toEqual(expected);
  });

  const envelope2 = (flags: string) =>
    policy.run(`
      local lp, dom = core.string_new(), core.string_new()
      local ok, isnull = msg:get_envelope2(${flags}, lp, dom)
      return ok, isnull, tostring(lp), tostring(dom)`);

  // 4/lua/ref-msg-get-envelope-2, 3/3-api/apis-ec-message-get-envelope-2
  test.each([
    ['core.EC_MSG_ENV_FROM', [1, 0, 'sender', 'example.com']],
    ['core.EC_MSG_ENV_TO', [1, 0, 'jo', 'Example.NET']],
    ['core.EC_MSG_ENV_TO | core.EC_MSG_ENV_COMPLETE', [1, 0, 'jo@Example.NET', '']],
    ['core.EC_MSG_ENV_FROM + core.EC_MSG_ENV_COMPLETE', [1, 0, 'sender@example.com', '']],
  ])('get_envelope2(%s)', async (flags, expected) => {
    expect(await envelope2(flags)).toEqual(expected);
  });

  test('of the null sender, and of what is no address', async () => {
    policy.message.from = '';
    expect(await envelope2('core.EC_MSG_ENV_FROM')).toEqual([1, 1, '', '']);
    policy.message.from = '@example.com';
    expect(await envelope2('core.EC_MSG_ENV_FROM')).toEqual([0, 0, '', '']);
  });

  test.each(['core.EC_MSG_ENV_FROM | core.EC_MSG_ENV_TO', 'core.EC_MSG_ENV_COMPLETE', '0'])(
    'the flags %s raise',
    async (flags) => {
      await expect(envelope2(flags)).rejects.toThrow('EC_MSG_ENV_FROM or EC_MSG_ENV_TO expected, not both');
    },
  );

  test('the second buffer may be missing only for a whole address', async () => {
    const call = (flags: string) => `msg:get_envelope2(${flags}, core.string_new(), nil)`;
    expect(await policy.run(`return ${call('core.EC_MSG_ENV_TO | core.EC_MSG_ENV_COMPLETE')}`)).toEqual([
      1, 0,
    ]);
    await expect(policy.run(`return ${call('core.EC_MSG_ENV_TO')}`)).rejects.toThrow(
      '_ec_string expected, got nil',
    );
  });

  // 3/3-api/apis-ec-message-set-envelope
  test.each([
    ['core.EC_MSG_ENV_FROM | core.EC_MSG_ENV_COMPLETE, "a@b.c", -1, nil, 0', 'a@b.c'],
    ['core.EC_MSG_ENV_FROM, "abc", 2, "d.e", -1', 'ab@d.e'],
    ['core.EC_MSG_ENV_FROM, "new", -1, nil, 0', 'new@example.com'],
    ['core.EC_MSG_ENV_FROM, nil, 0, nil, 0', ''],
  ])('set_envelope(%s)', async (args, expected) => {
    expect(await policy.run(`return core.ec_message_set_envelope(msg, ${args}), msg:mailfrom()`)).toEqual([
      1,
      expected,
    ]);
  });
});

describe('code and discard', () => {
  // 4/lua/ref-msg-code, 3/3-api/apis-ec-message-set-code
  test.each([
    ['msg:code()', undefined],
    ['msg:code("421", "Too much spam.")', '421 Too much spam.'],
    ['msg:code(0, "554 5.1.2 No Valid Domain")', '554 5.1.2 No Valid Domain'],
    ['msg:code(550, "one\\ntwo\\n")', '550-one\r\n550 two'],
    ['msg:code(0, "550 one\\r\\n550 two")', '550-one\r\n550 two'],
    ['msg:code(250)', '250'],
    ['msg:code(0, "no number")', undefined],
    ['core.ec_message_set_code(msg, 1000, "x")', -1],
    ['core.ec_message_set_code(msg, 551, "x")', 0],
    ['core.ec_message_set_code(msg, 551, "x"), msg:set_code(0, "421 y"), msg:get_code()', 0, 551, '421 y'],
  ])('%s', async (expression, ...expected) => {
    expect(await policy.run(`return ${expression}`)).toEqual(expected);
  });

  // 4/lua/ref-msg-discard
  test.each([
    ['', '550 5.7.0 discarded by policy'],
    ['nil', '550 5.7.0 discarded by policy'],
    ['"550 Bounce message processed"', '550 Bounce message processed'],
    ['"bounce"', '550 5.7.1 [internal] discarded by policy'],
    ['"5500 bounce"', '550 5.7.1 [internal] discarded by policy'],
  ])('msg:discard(%s)', async (reason, expected) => {
    expect(await policy.run(`msg:discard(${reason}) return "goes on"`)).toEqual(['goes on']);
    expect(policy.message.discarded).toBe(expected);
  });
});

describe('bindings', () => {
  const run = (lua: string) => policy.run(lua, 'validate_set_binding');

  // 4/lua/ref-msg-binding, 4/lua/ref-msg-binding-group
  test.each([
    ['msg:binding()', undefined],
    ['msg:binding_group()', undefined],
    ['msg:binding("fast"), msg:binding(), msg:binding_group()', 'fast', 'fast', 'default'],
    ['msg:binding("default"), msg:binding()', 'default', 'default'],
    ['msg:binding("none"), msg:binding()', undefined, undefined],
    ['msg:binding("fast"), msg:binding("none"), msg:binding()', 'fast', undefined, 'fast'],
    ['msg:binding_group("pool"), msg:binding_group()', 'pool', 'pool'],
    ['msg:binding_group("none"), msg:binding()', 'default', 'default'],
    ['msg:binding("a"), msg.binding_slot', 'a', 2],
  ])('%s', async (expression, ...expected) => {
    expect(await run(`return ${expression}`)).toEqual(expected);
  });

  test('a group chooses among its members alone, and all of them', async () => {
    const names = new Set<unknown>();
    for (let i = 0; i < 40; i++) names.add((await run('msg:binding_group("pool") return msg:binding()'))[0]);
    expect([...names].sort()).toEqual(['a', 'b']);
  });

  test('selecting from a group does not bind', async () => {
    const [slot] = await run('return core.ec_message_select_binding_by_group(msg, "pool")');
    expect([2, 3]).toContain(slot);
    expect(policy.message.chosenBinding).toBeUndefined();
  });

  test('a message that has been queued has the binding that is in force', async () => {
    Object.assign(policy.message, { disposition: 'queued', binding: 'fast', group: DEFAULT_BINDING });
    expect(await run('return msg:binding(), msg:binding_group(), msg.binding_slot')).toEqual([
      'fast',
      'default',
      1,
    ]);
  });
});

describe('msg:routing_domain', () => {
  const LOAD = `require('msys.extended.message_routing')`;

  // 4/lua/ref-msg-routing-domain
  test.each([
    ['return msg:routing_domain()', 'example.net'],
    [`${LOAD} return msg:routing_domain("Quarantine.Example")`, 'quarantine.example'],
    [`${LOAD} msg:routing_domain("q.example") return msg:routing_domain()`, 'q.example'],
    ['msg:rcptto("x@other.example") return msg:routing_domain()', 'other.example'],
    [
      'local s = core.string_new() return core.ec_message_get_routing_domain2(msg, s), tostring(s)',
      1,
      'example.net',
    ],
  ])('%s', async (lua, ...expected) => {
    expect(await policy.run(lua)).toEqual(expected);
  });

  test('setting needs the package, and a domain', async () => {
    await expect(policy.run('msg:routing_domain("q.example")')).rejects.toThrow(
      "has no effect before require('msys.extended.message_routing')",
    );
    await expect(policy.run(`${LOAD} msg:routing_domain("")`)).rejects.toThrow('a domain expected');
    expect(policy.message.routingDomain).toBeUndefined();
  });

  test('of a message in a queue it is the queue', async () => {
    Object.assign(policy.message, { disposition: 'queued', domain: 'gateway.example' });
    expect(await policy.run('return msg:routing_domain()', 'core_log_delivery_v1')).toEqual([
      'gateway.example',
    ]);
  });
});

describe('copies', () => {
  test('a copy is a message of its own with the same envelope, content and context', async () => {
    const results = await policy.run(`
      msg:context_set(core.ECMESS_CTX_MESS, "k", "v")
      local copy = core.ec_message_copy(msg)
      copy:context_set(core.ECMESS_CTX_MESS, "k", "w")
      copy:mailfrom("other@example.com")
      return tostring(copy.id) ~= tostring(msg.id), copy:rcptto(), msg:mailfrom(),
        msg:context_get(core.ECMESS_CTX_MESS, "k"), copy:raw() == msg:raw()`);
    expect(results).toEqual([true, 'jo@Example.NET', 'sender@example.com', 'v', true]);
  });

  test('a snapshot has the same id', async () => {
    expect(await policy.run('return tostring(core.ec_message_snapshot(msg).id)')).toEqual([ID]);
  });

  test('the pathway is that of the context', async () => {
    policy.message.context.connection.set('pathway', 'in');
    expect(await policy.run('return msg:get_pathway()')).toEqual(['in']);
    policy.message.context.message.set('pathway', 'mine');
    expect(await policy.run('return core.ec_message_get_pathway(msg)')).toEqual(['mine']);
  });
});
