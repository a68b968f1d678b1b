import { VirtualClock } from '../../src/server/clock';
import { DomainTable } from '../../src/server/domains';
import { DomainViews } from '../../src/server/domain-view';
import { Random } from '../../src/server/random';
import { SpoolIds } from '../../src/server/spool-ids';

const NOTE = '451 4.4.1 [internal] manually delayed domain';

function newDomains() {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const table = new DomainTable(clock, new SpoolIds(new Random(1), clock));
  return { clock, table, domains: new DomainViews(table) };
}

test('is live, and matchers see its members', async () => {
  const { clock, table, domains } = newDomains();
  const view = domains.add('example.com');
  expect(view).toMatchObject({ name: 'example.com', delayed: false, delayNote: undefined });
  table.delayDomain(table.get('example.com')!, NOTE);
  expect(view).toMatchObject({ delayed: true, delayNote: expect.stringContaining('451') as string });
  expect(view).not.toMatchObject({ delayed: false });
  expect(view).toHaveProperty('delayNote', NOTE);
  await clock.advance('20m');
  expect(view).toMatchObject({ delayed: false, delayNote: undefined });
});

test('equals plain data and shows as such in snapshots', () => {
  const { domains } = newDomains();
  const view = domains.add('example.com', {
    active: [{ raw: Buffer.from('abc') }],
    delayed: 1,
  });
  expect(view).toEqual({
    name: 'example.com',
    delayed: false,
    active: 1,
    delayedCount: 1,
    deliveries: 0,
    attempts: 0,
    transients: 0,
    failures: 0,
    messages: [
      expect.objectContaining({ queue: 'active', size: 3, retries: 0 }),
      expect.objectContaining({ queue: 'delayed', retries: 1 }),
    ],
  });
  expect(view.messages[0]).not.toHaveProperty('raw');
  expect(view).toMatchInlineSnapshot(`
   {
     "active": 1,
     "attempts": 0,
     "delayed": false,
     "delayedCount": 1,
     "deliveries": 0,
     "failures": 0,
     "messages": [
       {
         "binding": "default",
         "created": "2026-01-01T00:00:00.000Z",
         "from": "sender@example.com",
         "id": "77/0E-00001-009B5596",
         "nextAttempt": "2026-01-01T00:00:00.000Z",
         "queue": "active",
         "retries": 0,
         "size": 3,
         "to": "recipient@example.com",
       },
       {
         "binding": "default",
         "created": "2026-01-01T00:00:00.000Z",
         "from": "sender@example.com",
         "id": "97/0E-00001-009B5596",
         "nextAttempt": "2026-01-01T00:20:00.000Z",
         "queue": "delayed",
         "retries": 1,
         "to": "recipient@example.com",
       },
     ],
     "name": "example.com",
     "transients": 0,
   }
  `);
});

test('of a delayed domain tells since when and until when, also in JSON', () => {
  const { table, domains } = newDomains();
  const view = domains.add('example.com');
  table.delayDomain(table.get('example.com')!, NOTE);
  expect(JSON.parse(JSON.stringify(view))).toEqual({
    name: 'example.com',
    delayed: true,
    delayNote: NOTE,
    delayedAt: '2026-01-01T00:00:00.000Z',
    delayedUntil: '2026-01-01T00:20:00.000Z',
    active: 0,
    delayedCount: 0,
    deliveries: 0,
    attempts: 0,
    transients: 0,
    failures: 0,
    messages: [],
  });
});

test('the domains are a collection of views', () => {
  const { domains } = newDomains();
  const a = domains.add('a.test');
  domains.add('b.test');
  expect(domains.get('A.test')).toBe(a);
  expect(domains.get('c.test')).toBeUndefined();
  expect(domains).toHaveLength(2);
  expect([...domains].map(({ name }) => name)).toEqual(['a.test', 'b.test']);
  expect(domains.toJSON()).toEqual([
    expect.objectContaining({ name: 'a.test' }),
    expect.objectContaining({ name: 'b.test' }),
  ]);
  expect(domains.remove('a.test')).toBe(true);
  expect(domains.get('a.test')).toBeUndefined();
});
