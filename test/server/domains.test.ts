import { VirtualClock } from '../../src/server/clock';
import { DomainTable } from '../../src/server/domains';
import { Random } from '../../src/server/random';
import { SpoolIds } from '../../src/server/spool-ids';
import { UsageError } from '../../src/support/errors';

const NOTE = '451 4.4.1 [internal] manually delayed domain';

function newTable() {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  return { clock, table: new DomainTable(clock, new SpoolIds(new Random(1), clock)) };
}

test('lookup ignores case and creates nothing', () => {
  const { table } = newTable();
  const record = table.add('Example.com');
  expect(table.get('EXAMPLE.COM')).toBe(record);
  expect(record.name).toBe('example.com');
  expect(table.get('other.test')).toBeUndefined();
  expect(table).toHaveLength(1);
});

test('records are listed in the order of their appearance and can be removed', () => {
  const { table } = newTable();
  for (const name of ['z.test', 'a.test', 'm.test']) table.add(name);
  expect(table.remove('A.TEST')).toBe(true);
  expect(table.remove('a.test')).toBe(false);
  expect([...table].map(({ name }) => name)).toEqual(['z.test', 'm.test']);
});

test('a name that exists or is none, and bad contents, are refused and leave nothing', () => {
  const { table } = newTable();
  table.add('a.test');
  expect(() => table.add('A.test')).toThrow(UsageError);
  expect(() => table.add('b test')).toThrow(UsageError);
  expect(() => table.add('c.test', { active: -1 })).toThrow(UsageError);
  expect([...table].map(({ name }) => name)).toEqual(['a.test']);
});

test('a record appears with the first message for it', () => {
  const { table, clock } = newTable();
  const message = table.enqueue('New.test', { from: 'me@a.test', raw: Buffer.from('12345') });
  expect(table.get('new.test')?.queue.active).toEqual([message]);
  expect(message).toMatchObject({
    id: expect.stringMatching(/^..\/..-00001-.{8}$/) as string,
    from: 'me@a.test',
    to: 'recipient@new.test',
    size: 5,
    created: clock.now(),
    nextAttempt: clock.now(),
    retries: 0,
    binding: 'default',
  });
});

test('fixtures fill both queues and the counters', () => {
  const { table, clock } = newTable();
  const record = table.add('a.test', {
    active: 2,
    delayed: [{ retries: 3, code: '451 x' }, {}],
    attempts: 9,
  });
  expect(record).toMatchObject({ active: 2, delayedCount: 2, attempts: 9, deliveries: 0, delay: undefined });
  expect(record.queue.delayed).toMatchObject([
    { retries: 1, nextAttempt: new Date(clock.millis() + 1_200_000) },
    { retries: 3, nextAttempt: new Date(clock.millis() + 4_800_000), code: '451 x' },
  ]);
  expect(new Set([...record.queue.active, ...record.queue.delayed].map(({ id }) => id)).size).toBe(4);
});

test('delayed messages return to the active queue as the clock gets to their next attempt', async () => {
  const { table, clock } = newTable();
  const record = table.add('a.test', { delayed: [{ retries: 1 }, { retries: 2 }] });
  expect(await clock.advance('19m59s')).toEqual([]);
  expect((await clock.advance('1s')).map(({ label }) => label)).toEqual(['queue maintainer a.test']);
  expect([record.active, record.delayedCount]).toEqual([1, 1]);
  await clock.runAll();
  expect([record.active, record.delayedCount]).toEqual([2, 0]);
});

describe('delaying a domain', () => {
  test('moves its active messages and ends when the first of them is due', async () => {
    const { table, clock } = newTable();
    const record = table.add('a.test', { active: [{ retries: 1 }, { retries: 0 }] });
    expect(table.delayDomain(record, NOTE)).toHaveLength(2);
    expect([record.active, record.delayedCount]).toEqual([0, 2]);
    expect(record.delay).toEqual({
      note: NOTE,
      since: clock.now(),
      until: new Date(clock.millis() + 1_200_000),
    });
    await clock.advance('1199s');
    expect(record.delay?.note).toBe(NOTE);
    await clock.advance('1s');
    expect(record.delay).toBeUndefined();
    expect(record.queue.active).toMatchObject([{ retries: 0, code: NOTE }]);
    expect(record.delayedCount).toBe(1);
  });

  test('marks an empty domain for one retry interval', async () => {
    const { table, clock } = newTable();
    const record = table.add('a.test');
    expect(table.delayDomain(record, NOTE)).toEqual([]);
    expect(record.delay?.until).toEqual(new Date(clock.millis() + 1_200_000));
    await clock.advance('20m');
    expect(record.delay).toBeUndefined();
  });

  test('does not end with a message that was delayed before', async () => {
    const { table, clock } = newTable();
    const record = table.add('a.test', { delayed: 1 });
    await clock.advance('10m');
    table.delayDomain(record, NOTE);
    await clock.advance('10m');
    expect([record.active, record.delay?.note]).toEqual([1, NOTE]);
    await clock.advance('10m');
    expect(record.delay).toBeUndefined();
  });

  test('leaves messages that arrive later active; a second call takes them and replaces the note', () => {
    const { table } = newTable();
    const record = table.add('a.test', { active: 1 });
    table.delayDomain(record, NOTE);
    table.enqueue('a.test', {});
    expect([record.active, record.delayedCount]).toEqual([1, 1]);
    table.delayDomain(record, '451 again');
    expect(record.delay?.note).toBe('451 again');
    expect(record.queue.delayed.map(({ code }) => code)).toEqual([NOTE, '451 again']);
  });

  test('of a removed record is refused, and its timer is gone', () => {
    const { table, clock } = newTable();
    const record = table.add('a.test', { delayed: 1 });
    table.remove('a.test');
    expect(clock.pending).toEqual([]);
    expect(() => table.delayDomain(record, NOTE)).toThrow(UsageError);
  });
});
