import { Momentum, UsageError, type InjectOptions, type MomentumOptions } from '../../src';

const DATA = 'Subject: hello\n\nthe body\n';

const policy = (body: string): MomentumOptions => ({
  modules: [
    {
      name: 'policy',
      source: `require("msys.core") require("msys.extended.message") local core = msys.core local mod = {}
        ${body}
        msys.registerModule("policy", mod)`,
    },
  ],
});

const mail = (more: Partial<InjectOptions> = {}): InjectOptions => ({
  from: 'me@example.com',
  to: 'you@example.org',
  data: DATA,
  ...more,
});

test('a message is queued as it is, once for each recipient', async () => {
  const mta = await Momentum.start();
  const messages = await mta.inject(mail({ to: ['you@example.org', 'they@Example.NET'] }));
  expect(messages.map(({ envelope, domain, disposition }) => [envelope.to, domain, disposition])).toEqual([
    ['you@example.org', 'example.org', 'queued'],
    ['they@Example.NET', 'example.net', 'queued'],
  ]);
  expect(messages[0]!.raw.toString()).toBe('Subject: hello\r\n\r\nthe body\r\n');
  expect(messages[0]!.batchId).toBe(messages[1]!.batchId);
  expect(messages[0]!.id).not.toBe(messages[1]!.id);
  expect([...mta.messages]).toEqual([...messages]);
  expect(mta.domain('example.org')).toMatchObject({ active: 1 });
  await mta.stop();
});

test('the mainlog has a line of a reception by HTTP', async () => {
  const mta = await Momentum.start();
  const [message] = await mta.inject(mail());
  const { id, batchId } = message!;
  const time = mta.clock.seconds();
  expect(mta.mainlog.map(({ text }) => text)).toEqual([
    `${time}@${id}@${batchId}@00/00-00000-00000000@R@you@example.org@me@example.com@unknown@28@rest@default@default`,
  ]);
  expect(message!.log).toEqual(mta.mainlog.map(({ text }) => text));
  await mta.stop();
});

test('its phases are msg_gen_data_spool, set_binding and final validation; no other callout is called', async () => {
  const callouts = ['validate_data', 'validate_data_spool', 'validate_data_spool_each_rcpt'];
  const notes = ['msg_gen_data_spool', 'core_final_validation', 'core_post_final_validation'];
  const mta = await Momentum.start({
    ...policy(`
      ${callouts.map((name) => `function mod:${name}() print("${name}") return core.VALIDATE_CONT end`).join('\n')}
      ${notes.map((name) => `function mod:${name}(msg) print("${name}", msg:header("Subject")[1]) end`).join('\n')}
      function mod:validate_set_binding(msg) print("set_binding", msg:binding("fast")) return core.VALIDATE_CONT end
      function mod:core_final_validation2(msg, ac, vctx)
        print("core_final_validation2", ac, vctx:get(core.VCTX_MESS, "k")) return core.EC_HOOK_CONT
      end`),
    bindings: ['fast'],
  });
  const [message] = await mta.inject(mail({ context: { message: { k: 'v' } } }));
  expect(mta.paniclog.map(({ message: text }) => text)).toEqual([
    'msg_gen_data_spool\thello',
    'set_binding\tfast',
    'core_final_validation2\tnil\tv',
    'core_final_validation\thello',
    'core_post_final_validation\thello',
  ]);
  expect(message).toMatchObject({ binding: 'fast', context: { message: { k: 'v' }, connection: {} } });
  await mta.stop();
});

test('final validation rejects, or defers', async () => {
  const mta = await Momentum.start(
    policy(`function mod:core_final_validation2(msg)
      return msg:header("Subject")[1] == "no" and core.EC_HOOK_DONE or core.EC_HOOK_RETRY end`),
  );
  const [rejected] = await mta.inject(mail({ data: 'Subject: no\n\n' }));
  expect(rejected).toMatchObject({
    disposition: 'rejected',
    reason: '550 5.7.0 [internal] rejected by policy',
  });
  expect(rejected!.log).toHaveLength(1);
  expect(rejected!.log[0]).toMatch(
    /E=550 M=scriptlet CTXCONN=\[\] CTXMESS=\[\] 5\.7\.0 \[internal\] rejected by policy$/,
  );
  const [deferred] = await mta.inject(mail());
  expect(deferred).toMatchObject({ disposition: 'queued', reason: '451 4.3.0 transaction failed' });
  expect(mta.domain('example.org')).toMatchObject({ active: 0, delayedCount: 1 });
  await mta.stop();
});

test('without data and message there is one', async () => {
  const mta = await Momentum.start();
  const [message] = await mta.inject({ from: '', to: 'you@example.org' });
  expect(message!.headers.get('To')).toBe('you@example.org');
  const [composed] = await mta.inject({ ...mail({ data: undefined }), message: { subject: 'grüße' } });
  expect(composed!.headers.get('Subject')).toBe('grüße');
  await mta.stop();
});

test.each<[string, object]>([
  ["unknown option 'text'; known are from, to, data, message, context", { ...mail(), text: 'x' }],
  ['from: an address without brackets expected', mail({ from: '<me@example.com>' })],
  ['from: an address without brackets expected', { to: 'you@example.org' }],
  ['to: an address expected', mail({ to: [] })],
  ['to: an address expected', mail({ to: '' })],
  ['data: a text or bytes expected', { ...mail(), data: 7 }],
  ['give data or message, not both', { ...mail(), message: {} }],
  ['context.message: an object of texts expected', { ...mail(), context: { message: { k: 1 } } }],
])('%s', async (problem, options) => {
  const mta = await Momentum.start();
  await expect(mta.inject(options as InjectOptions)).rejects.toThrow(problem);
  await expect(mta.inject(options as InjectOptions)).rejects.toBeInstanceOf(UsageError);
  await mta.stop();
});

test('a message that a callout injects goes through it too; without end it is an error', async () => {
  const mta = await Momentum.start(
    policy(`
      function mod:validate_set_binding(msg)
        if msg:header("X-Copy")[1] then msg:inject("copy@example.com", "archive@example.com") end
        return core.VALIDATE_CONT
      end`),
  );
  await mta.inject(mail());
  expect(mta.messages).toHaveLength(1);
  const [message] = await mta.inject(mail({ data: 'X-Copy: yes\n\n' }));
  expect(message!.disposition).toBe('queued');
  expect(mta.messages.length).toBeLessThanOrEqual(103);
  expect(mta.paniclog.map(({ text }) => text).join('\n')).toContain(
    '100 messages that scripts inject are under way',
  );
  await mta.stop();
});
