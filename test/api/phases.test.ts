import { PolicyFixture } from './support/policy';

const start = (strict?: boolean) => new PolicyFixture({ bindings: ['fast'], strict });

// 4/4-lua-summary-table, 4/lua/ref-msg-binding, 4/lua/ref-msg-code, 4/lua/ref-msg-discard, 4/lua/ref-msg-rcptto
test.each([
  [
    'validate_data',
    'msg:binding("fast")',
    'msg:binding([value]) does not work in validate_data: it is for validate_set_binding',
  ],
  ['validate_data_spool_each_rcpt', 'msg:binding_group("default")', 'for validate_set_binding'],
  ['validate_set_binding', 'msg:discard()', 'msg:discard([reason]) does not work in validate_set_binding'],
  [
    'validate_set_binding',
    'msg:code(0, "550 x")',
    'msg:code([number], [str]) does not work in validate_set_binding',
  ],
  [
    'validate_rcptto',
    'msg:rcptto("x@y.z")',
    'msg:rcptto(address) does not work in validate_rcptto: it is for validate_data_spool_each_rcpt, validate_set_binding',
  ],
  ['validate_data', 'msg:rcptto("x@y.z")', 'See 4/lua/ref-msg-rcptto.'],
  ['validate_rcptto', 'vctx:recipient_list()', 'vctx:recipient_list does not work in validate_rcptto'],
  ['validate_mailfrom', 'ac:esmtp_capability_add("X")', 'it is for validate_connect, validate_ehlo'],
  [
    'validate_data',
    'require("msys.extended.message_routing") msg:routing_domain("x.y")',
    'msg:routing_domain(domain)',
  ],
])('%s: %s', async (hook, lua, message) => {
  const policy = start();
  await expect(policy.run(lua, hook)).rejects.toThrow(message);
  expect(policy.codes).toEqual(['WRONG_PHASE']);
});

test.each([
  ['validate_set_binding', 'return msg:binding("fast")', 'fast'],
  ['validate_rcptto', 'return msg:rcptto()', 'jo@Example.NET'],
  ['validate_set_binding', 'return msg:routing_domain()', 'example.net'],
  ['validate_set_binding', 'return msg:rcptto("x@y.z")', 'x@y.z'],
  ['validate_mailfrom', 'vctx:tarpit(2) return vctx:get(core.VCTX_CONN, "k")', ''],
  // Hooks that are no policy phases are not judged, nor are functions that are called from elsewhere.
  ['core_final_validation', 'return msg:binding("fast")', 'fast'],
  ['core_log_delivery_v1', 'msg:discard() return "x"', 'x'],
  ['validate_dealloc', 'return msg:binding()', undefined],
])('%s: %s is fine', async (hook, lua, expected) => {
  const policy = start();
  expect(await policy.run(lua, hook)).toEqual([expected]);
  expect(policy.codes).toEqual([]);
});

test('a place is reported once, and without strict mode the call goes on', async () => {
  const policy = start(false);
  const lua = 'for _ = 1, 3 do msg:binding("fast") end';
  await policy.run(lua, 'validate_data');
  expect(policy.message.chosenBinding).toBe('fast');
  expect(policy.codes).toEqual(['WRONG_PHASE']);
  await policy.run('\nmsg:binding("fast")', 'validate_data');
  expect([...policy.server.diagnostics].map(({ frames }) => frames[0]?.line)).toEqual([1, 2]);
});

test('pcall does not hide it', async () => {
  const policy = start();
  expect(await policy.run('return pcall(msg.binding, msg, "fast")', 'validate_data')).toEqual([
    false,
    expect.stringContaining('does not work in validate_data'),
  ]);
  expect(policy.codes).toEqual(['WRONG_PHASE']);
});
