import { builtinConsole } from './support';

const RAW = Buffer.from('Subject: Gr\xfc\xdfe\r\n\r\nbody \xe4\r\n', 'latin1');

function filled() {
  const console = builtinConsole({
    bindings: ['smtp-01'],
    domains: {
      'example.com': {
        active: [{ from: 'a@s.test', to: 'one@example.com', raw: RAW }, { binding: 'smtp-01' }],
        delayed: [
          {
            from: 'b@s.test',
            to: 'two@example.com',
            created: new Date('2025-12-01T02:15:45Z'),
            nextAttempt: new Date('2026-01-01T18:11:25Z'),
            retries: 5,
            code: '451 No valid hosts (too many connection failures)',
            size: 11317,
          },
        ],
      },
    },
  });
  const { active, delayed } = console.server.domains.get('example.com')!.queue;
  return { ...console, ids: { active: active[0]!.id, other: active[1]!.id, delayed: delayed[0]!.id } };
}

test('showqueue: the default binding, unless another is named', async () => {
  const { run, ids } = filled();
  const result = await run('showqueue EXAMPLE.com');
  expect(result.output).toBe(
    [
      `[active/default] ${ids.active} Created: 1767225600`,
      '  From: <a@s.test> To: <one@example.com>',
      `[delayed/default] ${ids.delayed} Created: 1764555345`,
      '  From: <b@s.test> To: <two@example.com>',
      '',
    ].join('\n'),
  );
  expect(result.data).toMatchObject({
    messages: [
      { queue: 'active', id: ids.active },
      { queue: 'delayed', created: 1764555345 },
    ],
  });
});

test.each<[string, ('active' | 'other' | 'delayed')[]]>([
  ['showqueue binding smtp-01 example.com', ['other']],
  ['showqueue binding all example.com', ['active', 'other', 'delayed']],
  ['showqueue binding all example.com 1,1', ['other']],
  ['showqueue example.com 1', ['active']],
  ['showqueue example.com 0,0', []],
  ['showqueue none.test', []],
])('%s', async (line, expected) => {
  const { run, ids } = filled();
  const { lines } = await run(line);
  const shown = lines.filter((_, index) => index % 2 === 0).map((row) => row.split(' ')[1]);
  expect(shown).toEqual(expected.map((name) => ids[name]));
});

test('message details: the documented layout', async () => {
  const { run, ids } = filled();
  const result = await run(`message details ${ids.delayed}`);
  expect(result.output.replace(ids.delayed, '53/6B-18426-1AAEACF3')).toMatchInlineSnapshot(`
   "Message: 53/6B-18426-1AAEACF3
   Message Type: full message
                  Created: 2025-12-01 02:15:45
             Next Attempt: 2026-01-01 18:11:25
                  Retries: 5
                   Sender: b@s.test
                Recipient: two@example.com
                     Code: 451 No valid hosts (too many connection failures)
                     Size: 11317
   "
  `);
  expect(result.data).toMatchObject({ id: ids.delayed, queue: 'delayed', retries: 5, size: 11317 });
});

test('message details body: the bytes of the message', async () => {
  const { run, ids } = filled();
  expect((await run(`message details body ${ids.active}`)).outputBytes).toEqual(RAW);
  const full = await run(`message details full ${ids.active}`);
  expect(full.outputBytes.subarray(-RAW.length)).toEqual(RAW);
  expect(full.output).toMatch(/^Message: .*\nMessage Type: full message\n/);
  expect(full.data).toMatchObject({ to: 'one@example.com', body: RAW.toString('latin1') });
});

test('message retry', async () => {
  const { server, run, ids } = filled();
  const result = await run(`message retry ${ids.delayed}`);
  expect(result.output).toBe('Message requeued for delivery\n');
  expect(server.domains.get('example.com')).toMatchObject({ active: 3, delayedCount: 0 });
});

test.each([
  ['message fail', ['s.test']],
  ['message fail quiet', []],
])('%s: bounces to %j', async (command, bounces) => {
  const { server, run, ids } = filled();
  expect((await run(`${command} ${ids.active}`)).output).toBe('Message failed\n');
  expect(server.logs.mainlog[0]).toMatchObject({ type: 'P', note: '554 manually failed.' });
  expect([...server.domains].map(({ name }) => name).slice(1)).toEqual(bounces);
});

test('a message that is being delivered cannot be got at', async () => {
  const { server, run, ids } = filled();
  server.delivery.remotes.of('example.com').delay('1h');
  await server.clock.advance('1s');
  for (const command of ['details', 'retry', 'fail', 'fail quiet'])
    expect(await run(`message ${command} ${ids.active}`)).toMatchObject({
      output: `Message ${ids.active} is being delivered right now.\n`,
      status: 'FAILED',
    });
});

test.each([
  ['message details none', 'Message none not found.'],
  ['message details full', 'Message full not found.'],
  ['message details full none', 'Message none not found.'],
  ['message details', 'Too few arguments'],
  ['message retry none', 'Message none not found.'],
  ['message retry', 'Too few arguments'],
  ['message fail none', 'Message none not found.'],
  ['message fail quiet none', 'Message none not found.'],
  ['message fail quiet', 'Too few arguments'],
  ['showqueue', 'Too few arguments'],
  ['showqueue binding none example.com', 'Unknown binding: none'],
  ['showqueue example.com few', "limit,offset expected, not 'few'"],
  ['showqueue example.com 1,', "limit,offset expected, not '1,'"],
])('%s fails', async (line, text) => {
  const result = await filled().run(line);
  expect([result.status, result.lines[0]]).toEqual(['FAILED', text]);
});
