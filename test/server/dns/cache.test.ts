import { VirtualClock } from '../../../src/server/clock';
import type { DnsAnswer } from '../../../src/server/dns/answer';
import { question } from '../../../src/server/dns/cache';
import { Dns } from '../../../src/server/dns/dns';
import type { RecordType } from '../../../src/server/dns/records';

let clock: VirtualClock;
let dns: Dns;
beforeEach(() => {
  clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
  dns = new Dns(clock, {
    'example.com': { A: ['192.0.2.1'], TXT: { ttl: 0, records: 'now' } },
    '1.2.0.192.in-addr.arpa': { PTR: 'example.com' },
    'slow.example': { A: '192.0.2.2', delay: '2s' },
    'late.example': { A: '192.0.2.2', delay: '10s' },
    'dead.example': 'TIMEOUT',
    'bad.example': 'SERVFAIL',
  });
});

const ask = (name: string, type: RecordType = 'A') => dns.cache.lookup(question(name, type));
const asked = () => dns.simulated.queries.map(({ name }) => name);

it('asks once in the time to live', async () => {
  expect(ask('EXAMPLE.com.')).toMatchObject({ status: 'OK' });
  dns.simulated.set('example.com', 'A', '192.0.2.9');
  await clock.advance('299s');
  expect((ask('example.com') as DnsAnswer).records[0]!.data).toBe('192.0.2.1');
  await clock.advance('1s');
  expect((ask('example.com') as DnsAnswer).records[0]!.data).toBe('192.0.2.9');
  expect(dns.simulated.queries).toEqual([
    { name: 'example.com', type: 'A', by: 'policy', at: new Date('2026-01-01T00:00:00Z'), status: 'OK' },
    { name: 'example.com', type: 'A', by: 'policy', at: new Date('2026-01-01T00:05:00Z'), status: 'OK' },
  ]);
});

it('can be emptied', () => {
  void ask('example.com');
  dns.simulated.flush();
  void ask('example.com');
  expect(asked()).toHaveLength(2);
});

test.each<[what: string, name: string, type: RecordType, advance: string, questions: number]>([
  ['remembers a missing name', 'gone.example', 'A', '299s', 1],
  ['asks again for a missing name after 300 s', 'gone.example', 'A', '300s', 2],
  ['remembers missing records', 'example.com', 'MX', '299s', 1],
  ['does not remember general failures', 'bad.example', 'A', '0s', 2],
  ['does not remember what lives for no time', 'example.com', 'TXT', '0s', 2],
  ['never asks for a misformatted name', 'a..b', 'A', '0s', 0],
])('%s', async (_what, name, type, advance, questions) => {
  void ask(name, type);
  await clock.advance(advance);
  void ask(name, type);
  expect(asked()).toHaveLength(questions);
});

test.each([
  ['slow.example', 2, 'OK'],
  ['late.example', 10, 'TIMEOUT'],
  ['dead.example', 10, 'TIMEOUT'],
])('%s answers after %d s of virtual time: %s', async (name, seconds, status) => {
  let answer: DnsAnswer | undefined;
  void Promise.resolve(ask(name)).then((arrived) => (answer = arrived));
  await clock.advance(seconds * 1000 - 1);
  expect(answer).toBeUndefined();
  expect(dns.simulated.queries[0]!.status).toBeUndefined();
  expect(dns.resolver.statistics.pending).toBe(1);
  await clock.advance(1);
  expect(answer).toMatchObject({ status });
  expect(dns.simulated.queries[0]!.status).toBe(status);
  expect(dns.resolver.statistics.pending).toBe(0);
});

it('waits for a question that is under way rather than asking it again', async () => {
  const answers = Promise.all(['slow.example', 'SLOW.example'].map((name) => Promise.resolve(ask(name))));
  expect([...dns.cache.entries()]).toEqual([
    { name: 'slow.example', type: 'A', answer: undefined, ttl: 0, waiting: 2 },
  ]);
  await clock.advance('2s');
  expect(await answers).toMatchObject([{ status: 'OK' }, { status: 'OK' }]);
  expect(asked()).toEqual(['slow.example']);
  expect([...dns.cache.entries()]).toMatchObject([{ name: 'slow.example', ttl: 300, waiting: 0 }]);
});

it('finds the names of an address, and by its name below arpa', () => {
  expect(ask('192.0.2.1', 'PTR')).toMatchObject({ status: 'OK' });
  expect(ask('1.2.0.192.IN-ADDR.arpa', 'PTR')).toMatchObject({ status: 'OK' });
  expect(asked()).toEqual(['1.2.0.192.in-addr.arpa']);
  expect(dns.cache.queriesOf('arpa IPv4')).toBe(1);
  expect(dns.cache.queriesOf('PTR')).toBe(0);
});

it('counts what summary shows', async () => {
  void ask('example.com');
  void ask('slow.example');
  void ask('dead.example');
  void ask('gone.example', 'MX');
  await clock.advance('10s');
  const { statistics } = dns.resolver;
  expect(statistics).toMatchObject({ queries: { A: 3, MX: 1 }, timeouts: { A: 1 }, total: 4 });
  expect(statistics.peakMillis).toBe(2000);
  expect(statistics.averageMillis).toBeCloseTo(2000 / 3);
  statistics.reset();
  expect(statistics).toMatchObject({ queries: {}, timeouts: {}, total: 0, peakMillis: 0, averageMillis: 0 });
});
