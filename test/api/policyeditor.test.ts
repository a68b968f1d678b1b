import { PolicyFixture } from './support/policy';

let policy: PolicyFixture;
beforeEach(() => {
  policy = new PolicyFixture({ bindings: ['fast', 'slow', { name: 'a', group: 'pool' }] });
  policy.session.vctx.connection.set('k', 'conn');
  policy.session.vctx.message.set('k', 'mess');
});

const call = (name: string, params = '{}', hook = 'validate_data_spool_each_rcpt') =>
  policy.run(
    `local vars = { ["$set"] = "before" }
    return msys.policyeditor.${name}({ mess = msg, ctx = vctx, ac = ac }, vars, ${params}), vars`,
    hook,
  );
const vars = { $set: 'before' };

// 3/3-reference/lua-ref-msys-policyeditor-*
test.each([
  ['get_mailfrom', '{}', 'sender@example.com'],
  ['get_rcptto', '{}', 'jo@Example.NET'],
  ['get_mess_recv_from', '{}', '192.0.2.3:4711'],
  ['get_mess_recv_via', '{}', '198.51.100.1:25'],
  ['get_header', '{ header = "subject" }', 'hello'],
  ['get_header', '{ header = "None" }', undefined],
  ['del_header', '{ header = "Subject" }', 'Subject'],
  ['del_header', '{ header = "None" }', undefined],
  ['get_variable', '{ name = "$set" }', 'before'],
  ['vctx_conn_get', '{ key = "k" }', 'conn'],
  ['vctx_mess_get', '{ key = "k" }', 'mess'],
  ['vctx_conn_set', '{ key = "new", value = 3 }', '3'],
  ['pcre_match', '{ subject = "abc", pattern = "x" }', false],
])('%s(%s)', async (name, params, expected) => {
  expect(await call(name, params)).toEqual([expected, vars]);
});

test('what is deleted and set is gone and there', async () => {
  await call('del_header', '{ header = "Subject" }');
  await call('vctx_mess_set', '{ key = "new", value = "x" }');
  expect(policy.message.content!.raw.toString()).toBe('X-One: 1\r\n\r\nfirst\r\nsecond\r\n');
  expect(policy.session.vctx.message.get('new')).toBe('x');
});

test('a variable is set, and a match sets variables', async () => {
  expect(await call('set_variable', '{ name = "x", value = 7 }')).toEqual([7, { ...vars, x: 7 }]);
  expect(await call('pcre_match', '{ subject = "a-12", pattern = "(\\\\w)-(?P<number>\\\\d+)" }')).toEqual([
    true,
    { ...vars, $0: 'a-12', $1: 'a', $2: '12', $number: '12' },
  ]);
});

describe('bindings', () => {
  const bind = async (name: string, params: string) => (await call(name, params, 'validate_set_binding'))[0];

  test.each([
    ['set_binding', '{ binding = "fast" }', true, 'fast'],
    ['set_binding', '{ binding = "none" }', false, undefined],
    ['set_binding_group', '{ binding_group = "pool" }', true, 'a'],
    ['set_binding_group', '{ binding_group = "none" }', false, 'default'],
  ])('%s(%s)', async (name, params, result, chosen) => {
    expect(await bind(name, params)).toBe(result);
    expect(policy.message.chosenBinding).toBe(chosen);
  });

  test('one of several is chosen at random', async () => {
    const chosen = new Set<string | undefined>();
    for (let i = 0; i < 30; i++) {
      await bind('set_binding', '{ binding = "fast, slow" }');
      chosen.add(policy.message.chosenBinding);
    }
    expect([...chosen].sort()).toEqual(['fast', 'slow']);
  });
});

describe('send_trap', () => {
  const TRAP =
    '{ type = "gauge", payload = 3, address = "192.0.2.9", port = 162, community = "c", throttle = 60 }';

  test('keeps the trap, and holds back those that come too soon', async () => {
    await call('send_trap', TRAP);
    await call('send_trap', TRAP);
    expect(policy.server.facilities.snmpTraps).toMatchObject([{ type: 'gauge', payload: 3, port: 162 }]);
    await policy.server.clock.advance(60_000);
    await call('send_trap', TRAP);
    expect(policy.server.facilities.snmpTraps).toHaveLength(2);
  });
});

describe('send_email', () => {
  const MAIL = (throttle = 0) =>
    `{ from = "a@x.test", to = "b@y.test", subject = "Alert", body = "one\\ntwo", throttle = ${throttle} }`;

  test('sends a plain message', async () => {
    await call('send_email', MAIL());
    const [sent] = policy.server.messages;
    expect(sent).toMatchObject({ from: 'a@x.test', to: 'b@y.test' });
    expect(sent!.raw!.toString()).toContain('From: a@x.test\r\nTo: b@y.test\r\nSubject: Alert\r\n');
    expect(sent!.raw!.toString()).toContain('\r\n\r\none\r\ntwo\r\n');
  });

  test('not more often than the throttle allows', async () => {
    await call('send_email', MAIL(60));
    await call('send_email', MAIL(60));
    expect(policy.server.messages).toHaveLength(1);
  });
});

test.each([
  ['get_header', '{}', "the parameter 'header' is missing"],
  ['pcre_match', '{ subject = "x", pattern = "(" }', 'msys.policyeditor.pcre_match: '],
])('%s(%s) raises', async (name, params, message) => {
  await expect(call(name, params)).rejects.toThrow(message);
});

test('without a message there is none to ask', async () => {
  await expect(policy.run('return msys.policyeditor.get_rcptto({}, {}, {})')).rejects.toThrow(
    'msys.policyeditor.get_rcptto: there is no message in the first table',
  );
});
