import { UsageError } from '../../../src/support/errors';
import { RESPONSES } from '../../../src/server/delivery/responses';
import { newDelivery } from './support';

const to = (messages: readonly { to: string }[]) => messages.map((message) => message.to.split('@')[0]);

function filled() {
  const mta = newDelivery({ generate_bounces: false });
  mta.domains.add('a.test', {
    active: [
      { to: 'a1@a.test', context: { message: { tenant: 'x' } } },
      { to: 'a2@a.test', binding: 'gold', context: { connection: { tenant: 'x' } } },
      { to: 'a3@a.test', context: { message: { tenant: 'y' }, connection: { tenant: 'x' } } },
    ],
    delayed: [{ to: 'a4@a.test', headers: 'X-Pick: alpha\r\n beta' }, { to: 'a5@a.test' }],
  });
  mta.domains.add('b.test', { active: [{ to: 'b1@b.test', headers: { 'X-Pick': 'alpha' } }] });
  return mta;
}

describe('filters', () => {
  test.each<[string, object, string[]]>([
    ['nothing', {}, ['a1', 'a2', 'a3', 'a4', 'a5', 'b1']],
    ['the domain, in whatever case', { domain: 'B.Test' }, ['b1']],
    ['a domain without record', { domain: 'c.test' }, []],
    ['the binding', { binding: 'gold' }, ['a2']],
    ['the context, of the message first', { meta: { key: 'tenant', value: 'x' } }, ['a1', 'a2']],
    ['a header', { header: { name: 'x-pick', line: 'alpha' } }, ['a4', 'b1']],
    ['a folded line', { header: { name: 'X-Pick', line: ' beta' } }, ['a4']],
    ['never the unfolded value', { header: { name: 'X-Pick', line: 'alpha beta' } }, []],
    ['all at once', { domain: 'a.test', binding: 'default', meta: { key: 'tenant', value: 'x' } }, ['a1']],
  ])('%s', (_, filter, expected) => {
    expect(to(filled().operations.select(filter))).toEqual(expected);
  });

  test('a binding that is not configured is an error', () => {
    expect(() => filled().operations.select({ binding: 'lead' })).toThrow(UsageError);
  });
});

describe('delay', () => {
  test('moves active messages, without a retry', () => {
    const { operations, domains, clock, logs } = filled();
    expect(to(operations.delay(300, { domain: 'a.test', binding: 'default' }))).toEqual(['a1', 'a3']);
    const { queue } = domains.get('a.test')!;
    expect(to(queue.active)).toEqual(['a2']);
    expect(queue.delayed.slice(0, 2)).toMatchObject([
      { retries: 0, nextAttempt: new Date(clock.millis() + 300_000) },
      { retries: 0 },
    ]);
    expect(logs.mainlog).toEqual([]);
  });

  test('can be tried dry', () => {
    const { operations, domains } = filled();
    expect(to(operations.delay(300, { domain: 'a.test' }, true))).toEqual(['a1', 'a2', 'a3']);
    expect(domains.get('a.test')!.active).toBe(3);
  });

  test.each([0, -1, 1.5, NaN])('not for %d seconds', (seconds) => {
    expect(() => filled().operations.delay(seconds, {})).toThrow(UsageError);
  });
});

describe('flush', () => {
  test('makes delayed messages due', async () => {
    const { operations, domains, clock } = filled();
    expect(to(await operations.flush({ domain: 'a.test' }))).toEqual(['a4', 'a5']);
    expect(domains.get('a.test')).toMatchObject({ active: 5, delayedCount: 0 });
    expect(domains.get('a.test')!.queue.active.at(-1)).toMatchObject({
      nextAttempt: clock.now(),
      retries: 1,
    });
    expect(clock.pending).toEqual([]);
  });

  test('can be tried dry', async () => {
    const { operations, domains } = filled();
    expect(await operations.flush({}, true)).toHaveLength(2);
    expect(domains.get('a.test')!.delayedCount).toBe(2);
  });
});

describe('fail', () => {
  test('fails messages of both queues, with a note', async () => {
    const { operations, domains, logs } = filled();
    expect(to(await operations.fail({ domain: 'a.test', binding: 'default' }))).toEqual([
      'a1',
      'a3',
      'a4',
      'a5',
    ]);
    expect(domains.get('a.test')).toMatchObject({ active: 1, delayedCount: 0, failures: 4, attempts: 0 });
    expect(new Set(logs.bouncelog.map(({ note }) => note))).toEqual(new Set([RESPONSES.purged]));
    await operations.fail({}, { note: '554 by Bob' });
    expect(logs.mainlog.filter(({ note }) => note === '554 by Bob')).toHaveLength(2);
  });

  test.each([
    [false, 1],
    [true, 0],
  ])('quiet: %p', async (quiet, bounces) => {
    const { operations, domains } = newDelivery();
    domains.add('a.test', { active: [{ from: 'me@sender.test', headers: { A: 'b' } }] });
    await operations.fail({ domain: 'a.test' }, { quiet });
    expect(domains.get('sender.test')?.active ?? 0).toBe(bounces);
  });

  test('can be tried dry', async () => {
    const { operations, logs } = filled();
    expect(await operations.fail({}, { dryRun: true })).toHaveLength(6);
    expect(logs.mainlog).toEqual([]);
  });
});

describe('reroute', () => {
  test('moves messages into another domain, each into the same queue', () => {
    const { operations, domains, clock } = filled();
    expect(operations.reroute({ domain: 'a.test' }, 'New.Test')).toHaveLength(5);
    expect(domains.get('a.test')!.queue.size).toBe(0);
    expect(domains.get('new.test')).toMatchObject({ active: 3, delayedCount: 2 });
    expect(clock.pending.map(({ label }) => label)).toEqual(['queue maintainer new.test']);
  });

  test('out of all domains but the target', () => {
    const { operations, domains } = filled();
    expect(to(operations.reroute({ header: { name: 'X-Pick', line: 'alpha' } }, 'b.test'))).toEqual(['a4']);
    expect(domains.get('b.test')).toMatchObject({ active: 1, delayedCount: 1 });
  });

  test('can be tried dry; no domain is an error', () => {
    const { operations, domains } = filled();
    expect(operations.reroute({}, 'new.test', true)).toHaveLength(6);
    expect(domains.get('new.test')).toBeUndefined();
    expect(() => operations.reroute({}, 'new test')).toThrow(UsageError);
  });
});

test('rebind counts the bindings that change', async () => {
  const { operations, domains, policy } = filled();
  const told: string[] = [];
  policy.hooks = {
    setBinding: ({ to }) => (to.startsWith('a1') ? 'silver' : to.startsWith('a3') ? 'lead' : 'gold'),
    bindingChanged: ({ to }) => void told.push(to),
  };
  expect(to(await operations.rebind({ domain: 'a.test' }))).toEqual(['a1', 'a4', 'a5']);
  expect(told).toEqual(['a1@a.test', 'a4@a.test', 'a5@a.test']);
  const { queue } = domains.get('a.test')!;
  expect(queue.active.find(({ to }) => to === 'a1@a.test')).toMatchObject({
    binding: 'silver',
    group: 'metals',
  });
  expect([...queue.activeCounts].sort()).toEqual([
    ['default', 1],
    ['gold', 1],
    ['silver', 1],
  ]);
});

describe('one message', () => {
  test('is found, retried and failed by its id', async () => {
    const { operations, domains, logs } = filled();
    const { id } = domains.get('a.test')!.queue.delayed[0]!;
    expect(operations.find(id)).toMatchObject({
      queue: 'delayed',
      message: { id },
      record: { name: 'a.test' },
    });
    expect(await operations.retry(id)).toMatchObject({ id });
    expect(operations.find(id)?.queue).toBe('active');
    expect(await operations.retry(id)).toMatchObject({ id });
    expect(await operations.failMessage(id)).toMatchObject({ id });
    expect(logs.mainlog).toMatchObject([{ id, note: RESPONSES.failedByHand }]);
    expect(operations.find(id)).toBeUndefined();
  });

  test('that is in no queue is not', async () => {
    const { operations } = filled();
    expect(operations.find('x')).toBeUndefined();
    expect(await operations.retry('x')).toBeUndefined();
    expect(await operations.failMessage('x')).toBeUndefined();
  });
});
