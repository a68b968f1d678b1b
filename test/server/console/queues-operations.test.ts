import { builtinConsole } from './support';

const headers = { Subject: 'x', 'X-Pick': 'alpha\r\n\tbeta gamma' };

function filled() {
  return builtinConsole({
    bindings: ['gold'],
    domains: {
      'a.test': {
        active: [
          { to: 'one@a.test', headers, context: { message: { tenant: 'x' } } },
          { to: 'two@a.test', binding: 'gold', context: { connection: { tenant: 'x' } } },
        ],
        delayed: [
          { to: 'three@a.test', headers, context: { message: { tenant: 'y' }, connection: { tenant: 'x' } } },
        ],
      },
      'b.test': { active: [{ to: 'four@b.test', context: { message: { tenant: 'x' } } }], delayed: 2 },
      'empty.test': {},
    },
  });
}

type Console = ReturnType<typeof filled>;

/** How many messages each domain has in its queues: `active/delayed`. */
const queues = ({ server }: Console) =>
  Object.fromEntries(
    [...server.domains].map(({ name, active, delayedCount }) => [name, `${active}/${delayedCount}`]),
  );

describe('delay', () => {
  test.each([
    ['delay 300 --domain a.test', 'Delayed 2 messages.', '0/3'],
    ['delay 300 --binding gold', 'Delayed 1 messages.', '1/2'],
    ['delay 300 --domain A.test --binding gold', 'Delayed 1 messages.', '1/2'],
    ['delay 300 --meta tenant x', 'Delayed 3 messages.', '0/3'],
    ['delay 300 --header x-pick alpha --domain a.test', 'Delayed 1 messages.', '1/2'],
    ['delay 300 --header X-Pick "\tbeta gamma"', 'Delayed 1 messages.', '1/2'],
    ['delay 300 --header X-Pick "alpha beta gamma"', 'Delayed 0 messages.', '2/1'],
    ['delay 300 --domain a.test --meta tenant none', 'Delayed 0 messages.', '2/1'],
    ['delay 300 --domain empty.test', 'No messages for empty.test found.', '2/1'],
    ['delay 300 --domain none.test --binding gold', 'No messages for none.test found.', '2/1'],
    ['delay 300 --domain b.test --binding gold', 'No messages for b.test found.', '2/1'],
  ])('%s', async (line, text, queue) => {
    const console = filled();
    expect(await console.run(line)).toMatchObject({ output: `${text}\n`, status: 'COMPLETED' });
    expect(queues(console)).toMatchObject({ 'a.test': queue });
  });

  test('the next attempt is so many seconds from now', async () => {
    const { server, run } = filled();
    expect((await run('delay 300 --domain b.test')).data).toEqual({ messagesDelayed: 1 });
    const message = server.domains.get('b.test')!.queue.delayed[0]!;
    expect(message).toMatchObject({ nextAttempt: new Date('2026-01-01T00:05:00Z'), retries: 0 });
  });

  test.each([
    ['delay', 'A number of seconds expected'],
    ['delay 0 --domain a.test', "seconds: a whole number from 1 expected, not '0'"],
    ['delay 1.5 --domain a.test', "seconds: a whole number from 1 expected, not '1.5'"],
    ['delay 300', 'At least one of --domain, --binding, --meta and --header is needed'],
    ['delay 300 a.test', 'Unexpected argument: a.test'],
    ['delay 300 --dry-run --domain a.test', 'Unexpected argument: --dry-run'],
    ['delay 300 --binding none', 'Unknown binding: none'],
    ['delay 300 --meta tenant', '--meta takes two values'],
    ['delay 300 --meta a b --header c d', 'Only one of --meta and --header can be given'],
    ['delay 300 --domain a.test --domain b.test', '--domain is given twice'],
  ])('%s is refused', async (line, text) => {
    const console = filled();
    const result = await console.run(line);
    expect([result.status, result.lines[0]]).toEqual(['FAILED', text]);
    expect(queues(console)).toMatchObject({ 'a.test': '2/1', 'b.test': '1/2' });
  });
});

describe('flush', () => {
  test.each([
    ['flush domain b.test', 'b.test flushed.  2 messages requeued.', { 'a.test': '2/1', 'b.test': '3/0' }],
    ['flush domain all', 'All domains flushed.  3 messages requeued.', { 'a.test': '3/0', 'b.test': '3/0' }],
    ['flush domain none.test', 'none.test flushed.  0 messages requeued.', { 'a.test': '2/1' }],
    ['binding flush domain gold a.test', 'a.test flushed.  0 messages requeued.', { 'a.test': '2/1' }],
    ['binding flush domain default all', 'All domains flushed.  3 messages requeued.', { 'a.test': '3/0' }],
  ])('%s', async (line, text, after) => {
    const console = filled();
    expect((await console.run(line)).output).toBe(`${text}\n`);
    expect(queues(console)).toMatchObject(after);
  });

  test.each([
    ['flush domain', 'Too few arguments'],
    ['flush domain a.test b.test', 'Unexpected argument: b.test'],
    ['binding flush domain none all', 'Unknown binding: none'],
  ])('%s is refused', async (line, text) => {
    expect((await filled().run(line)).lines[0]).toBe(text);
  });
});

describe('fail', () => {
  test.each([
    ['fail domain a.test', 'a.test purged. 3 messages failed.', { 'a.test': '0/0', 'b.test': '1/2' }],
    ['fail domain --meta tenant x a.test', 'a.test purged. 2 messages failed.', { 'a.test': '0/1' }],
    [
      'fail domain quiet --header X-Pick alpha a.test',
      'a.test purged. 2 messages failed.',
      { 'a.test': '1/0' },
    ],
    ['fail domain none.test', 'none.test purged. 0 messages failed.', { 'a.test': '2/1' }],
    [
      'fail all --meta tenant x',
      'All domains purged. 3 messages failed.',
      { 'a.test': '0/1', 'b.test': '0/2' },
    ],
    ['fail all quiet --header X-Pick alpha', 'All domains purged. 2 messages failed.', { 'a.test': '1/0' }],
    ['binding fail domain gold a.test', 'a.test purged. 1 messages failed.', { 'a.test': '1/1' }],
    [
      'binding fail domain default all',
      'All domains purged.  5 messages failed.',
      { 'a.test': '1/0', 'b.test': '0/0' },
    ],
    [
      'binding fail domain quiet --meta tenant x default all',
      'All domains purged.  2 messages failed.',
      { 'a.test': '1/1', 'b.test': '0/2' },
    ],
  ])('%s', async (line, text, after) => {
    const console = filled();
    const result = await console.run(line);
    expect(result.output).toBe(`${text}\n`);
    expect(result.data).toEqual({ messagesFailed: Number(/(\d+) messages/.exec(text)![1]) });
    expect(queues(console)).toMatchObject(after);
  });

  test.each([
    ['fail domain b.test', '554 5.7.0 [internal] Message manually purged'],
    ['fail domain b.test 554 Gone for good', '554 Gone for good'],
    ['fail all --meta tenant x 554 Tenant removed', '554 Tenant removed'],
    ['binding fail domain gold a.test 554 By Bob', '554 By Bob'],
    ['fail domain b.test 554 x --meta y', '554 x --meta y'],
  ])('%s: the note', async (line, note) => {
    const { server, run } = filled();
    await run(line);
    expect(server.logs.mainlog.at(-1)).toMatchObject({ type: 'P', note });
  });

  test.each([
    ['fail domain a.test', 2],
    ['fail domain quiet a.test', 0],
    ['fail all --header X-Pick alpha', 2],
    ['fail all quiet --header X-Pick alpha', 0],
    ['binding fail domain default a.test', 2],
    ['binding fail domain quiet default a.test', 0],
  ])('%s: %i bounces', async (line, bounces) => {
    const { server, run } = filled();
    await run(line);
    expect(server.domains.get('example.com')?.active ?? 0).toBe(bounces);
  });

  test.each([
    ['fail domain', 'A domain expected'],
    ['fail domain --meta tenant x', 'A domain expected'],
    ['fail domain --meta tenant', '--meta takes two values'],
    ['fail domain --meta a b --header c d a.test', 'Only one of --meta and --header can be given'],
    ['fail all', '--meta or --header is needed'],
    ['fail all --dry-run 554 x', '--meta or --header is needed'],
    ['binding fail domain gold', 'A binding and a domain expected'],
    ['binding fail domain none a.test', 'Unknown binding: none'],
  ])('%s is refused', async (line, text) => {
    const console = filled();
    const result = await console.run(line);
    expect([result.status, result.lines[0]]).toEqual(['FAILED', text]);
    expect(queues(console)).toMatchObject({ 'a.test': '2/1', 'b.test': '1/2' });
  });
});

describe('--dry-run', () => {
  test.each([
    ['fail domain --dry-run b.test', '[dry-run] b.test: 3 messages would be failed.'],
    ['fail domain b.test --dry-run', '[dry-run] b.test: 3 messages would be failed.'],
    ['fail domain quiet b.test 554 --dry-run gone', '[dry-run] b.test: 3 messages would be failed.'],
    ['fail domain --meta tenant --dry-run x b.test', '[dry-run] b.test: 1 messages would be failed.'],
    ['fail all --meta tenant x --dry-run', '[dry-run] all domains: 3 messages would be failed.'],
    ['binding fail domain --dry-run default b.test', '[dry-run] b.test: 3 messages would be failed.'],
    ['binding fail domain quiet gold all --dry-run', '[dry-run] all domains: 1 messages would be failed.'],
    ['reroute queue --dry-run a.test b.test', '[dry-run] a.test -> b.test: 3 messages would be moved.'],
    [
      'reroute queue --meta tenant x all c.test --dry-run',
      '[dry-run] all -> c.test: 3 messages would be moved.',
    ],
  ])('%s changes nothing', async (line, text) => {
    const console = filled();
    const result = await console.run(line);
    expect(result.lines.at(-1)).toBe(text);
    expect(result.lines).toHaveLength(1 + Number(/(\d+) messages/.exec(text)![1]));
    expect(queues(console)).toEqual({ 'a.test': '2/1', 'b.test': '1/2', 'empty.test': '0/0' });
  });

  test('lists 25 messages, and counts all', async () => {
    const { server, run } = builtinConsole({
      domains: { 'relay.com': { active: [{ from: 'news@sender.com', to: 'user@relay.com' }], delayed: 29 } },
    });
    const { lines, data } = await run('fail domain --dry-run relay.com');
    const { id } = server.domains.get('relay.com')!.queue.active[0]!;
    expect(lines).toHaveLength(26);
    expect(lines[0]).toBe(`  ${id}  domain=relay.com from=<news@sender.com> to=<user@relay.com>`);
    expect(lines[25]).toBe(
      '[dry-run] relay.com: 30 messages would be failed. (Showing first 25; 5 more not listed.)',
    );
    expect((data as { messages: unknown[] }).messages).toHaveLength(30);
  });

  test('over XML: no lines for messages', async () => {
    expect((await filled().run('xml reroute queue --dry-run a.test b.test')).output).toBe(
      '<RerouteQueue><DryRun>1</DryRun><MessagesMatched>3</MessagesMatched></RerouteQueue>\n',
    );
  });
});

describe('reroute queue', () => {
  test.each([
    [
      'reroute queue a.test B.test',
      "Moved 3 messages from 'a.test' to 'B.test'",
      { 'a.test': '0/0', 'b.test': '3/3' },
    ],
    [
      'reroute queue all new.test',
      "Moved 6 messages from 'all' to 'new.test'",
      { 'a.test': '0/0', 'new.test': '3/3' },
    ],
    [
      'reroute queue --meta tenant x a.test b.test',
      "Moved 2 messages from 'a.test' to 'b.test'",
      { 'b.test': '3/2' },
    ],
    [
      'reroute queue --header X-Pick alpha all b.test',
      "Moved 2 messages from 'all' to 'b.test'",
      { 'a.test': '1/0' },
    ],
    ['reroute queue none.test b.test', "Moved 0 messages from 'none.test' to 'b.test'", { 'b.test': '1/2' }],
  ])('%s', async (line, text, after) => {
    const console = filled();
    expect((await console.run(line)).output).toBe(`${text}\n`);
    expect(queues(console)).toMatchObject(after);
  });

  test('over XML', async () => {
    expect((await filled().run('xml reroute queue a.test b.test')).output).toBe(
      '<RerouteQueue><MessagesRerouted>3</MessagesRerouted></RerouteQueue>\n',
    );
  });

  test.each([
    ['reroute queue a.test', 'Too few arguments'],
    ['reroute queue a.test b.test c.test', 'Unexpected argument: c.test'],
    ['reroute queue a.test me@b.test', /^reroute: "me@b\.test" is no domain name/],
    ['reroute queue --meta a b --meta c d a.test b.test', 'Only one of --meta and --header can be given'],
  ])('%s is refused', async (line, text) => {
    const result = await filled().run(line);
    expect(result.status).toBe('FAILED');
    expect(result.lines[0]).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
  });
});

describe('rebind', () => {
  test.each([
    ['rebind gold', { messagesRebound: 1, bindingsChanged: 0 }],
    ['rebind default a.test', { messagesRebound: 2, bindingsChanged: 2 }],
    ['rebind all', { messagesRebound: 6, bindingsChanged: 5 }],
    ['rebind all none.test', { messagesRebound: 0, bindingsChanged: 0 }],
  ])('%s', async (line, data) => {
    const { server, run } = filled();
    server.delivery.policy.hooks = { setBinding: () => 'gold' };
    const result = await run(line);
    expect(result.output).toBe(`Rebound ${data.messagesRebound} messages.\n`);
    expect(result.data).toEqual(data);
  });

  test.each([
    ['rebind', 'Too few arguments'],
    ['rebind none', 'Unknown binding: none'],
  ])('%s is refused', async (line, text) => {
    expect((await filled().run(line)).lines[0]).toBe(text);
  });
});
