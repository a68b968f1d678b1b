import { VirtualClock } from '../../../src/server/clock';
import { Dns } from '../../../src/server/dns/dns';
import { submitDomain } from '../../../src/server/dns/domain-routes';
import { resolveRoutes, type RouteSettings } from '../../../src/server/dns/routes';
import { ServerState } from '../../../src/server/server';
import { UsageError } from '../../../src/support/errors';

const ZONE = {
  'example.com': {
    MX: {
      ttl: 900,
      records: [
        { preference: 20, exchange: 'mx2.example.com' },
        { preference: 10, exchange: 'Mx1.example.com' },
        { preference: 10, exchange: 'lost.example.com' },
      ],
    },
  },
  'mx1.example.com': { A: { ttl: 120, records: ['192.0.2.1', '192.0.2.2'] }, AAAA: ['2001:db8::1'] },
  'mx2.example.com': { A: ['192.0.2.3'] },
  'plain.example': { A: ['192.0.2.4'], TXT: ['x'] },
  'null.example': { MX: [{ preference: 0, exchange: '.' }] },
  'texts.example': { TXT: ['x'] },
  'hostless.example': { MX: [{ preference: 1, exchange: 'lost.example.com' }] },
  'local.example': { MX: [{ preference: 1, exchange: 'localhost.example' }] },
  'localhost.example': { A: ['127.0.0.1'] },
  'alias.example': { CNAME: 'gone.example' },
  'broken.example': 'SERVFAIL',
  'silent.example': 'TIMEOUT',
  'brokenmx.example': { MX: [{ preference: 1, exchange: 'broken.example' }] },
  'slow.example': {
    MX: [
      { preference: 1, exchange: 'mx1.slow.example' },
      { preference: 2, exchange: 'mx2.slow.example' },
    ],
  },
  'mx1.slow.example': { A: '192.0.2.5', delay: '2s' },
  'mx2.slow.example': { A: '192.0.2.6', delay: '2s' },
  'smart.host': {
    A: { ttl: 77, records: '192.0.2.7' },
    MX: [{ preference: 5, exchange: 'mx2.example.com' }],
  },
} as const;

const clock = () => new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
const resolve = (domain: string, settings?: RouteSettings, failures?: number) =>
  resolveRoutes(new Dns(clock(), ZONE).resolver, domain, settings, failures);

/** `preference host:port addresses ttl` */
function shown(domain: string, settings?: RouteSettings): string[] {
  const answer = resolve(domain, settings);
  if (answer instanceof Promise) throw new Error('it waits');
  if (answer.error !== undefined) return [answer.error];
  return answer.mxs.map(
    ({ preference, host, port, addresses, ttl }) =>
      `${preference} ${host}${port ? `:${port}` : ''} [${addresses.join(' ')}] ${ttl}`,
  );
}

it('finds the exchangers of a domain, best first', () => {
  expect(resolve('example.com')).toEqual({
    mxs: [
      { preference: 10, host: 'Mx1.example.com', ttl: 120, addresses: ['192.0.2.1', '192.0.2.2'] },
      { preference: 10, host: 'lost.example.com', ttl: 900, addresses: [] },
      { preference: 20, host: 'mx2.example.com', ttl: 300, addresses: ['192.0.2.3'] },
    ],
    ttl: 120,
  });
});

const MX1 = '10 Mx1.example.com [192.0.2.1 192.0.2.2] 120';
const LOST = '10 lost.example.com [] 900';
const MX2 = '20 mx2.example.com [192.0.2.3] 300';

test.each<[what: string, domain: string, settings: RouteSettings, routes: string[]]>([
  ['the domain itself without MX', 'plain.example', {}, ['0 plain.example [192.0.2.4] 300']],
  ['an address', '192.0.2.9', {}, ['0 192.0.2.9 [192.0.2.9] 300']],
  ['an address literal', '[IPv6:2001:DB8::9]', {}, ['0 2001:db8::9 [2001:db8::9] 300']],
  ['the best exchangers only', 'example.com', { onlyBestMx: true }, [MX1, LOST]],
  [
    'IPv6 too',
    'example.com',
    { useIpv6: true, onlyBestMx: true },
    ['10 Mx1.example.com [192.0.2.1 192.0.2.2 2001:db8::1] 120', LOST],
  ],
  [
    'IPv6 first',
    'example.com',
    { useIpv6: true, preferIpv6: true, onlyBestMx: true },
    ['10 Mx1.example.com [2001:db8::1 192.0.2.1 192.0.2.2] 120', LOST],
  ],
  ['times to live in bounds', 'plain.example', { minDnsTtl: 400 }, ['0 plain.example [192.0.2.4] 400']],
  ['times to live in bounds', 'plain.example', { maxDnsTtl: 30 }, ['0 plain.example [192.0.2.4] 30']],
  ['a gateway', 'example.com', { gateway: 'smart.host' }, ['0 smart.host [192.0.2.7] 77']],
  ['a gateway before routes', 'x', { gateway: '10.0.0.1', routes: ['y'] }, ['0 10.0.0.1 [10.0.0.1] 300']],
  ['a gateway with a port', 'x', { gateway: '[fe80::a00]:26' }, ['0 fe80::a00:26 [fe80::a00] 300']],
  [
    'routes in their order',
    'example.com',
    { routes: ['smart.host', '10.0.0.1', '__mx__', '10.0.0.2'] },
    [
      '0 smart.host [192.0.2.7] 77',
      '1 10.0.0.1 [10.0.0.1] 300',
      MX1,
      LOST,
      MX2,
      '21 10.0.0.2 [10.0.0.2] 300',
    ],
  ],
  [
    'routes with preferences',
    'example.com',
    { routes: ['smtp://10.0.0.1?pref=15&port=2525&ttl=60', '__mx__'] },
    [MX1, LOST, '15 10.0.0.1:2525 [10.0.0.1] 60', MX2],
  ],
  [
    'the exchangers of another domain',
    'x',
    { routes: ['smtp://smart.host?type=mx'] },
    ['5 mx2.example.com [192.0.2.3] 300'],
  ],
  [
    'a route that fails beside one that does not',
    'x',
    { routes: ['__mx__', '10.0.0.1'] },
    ['0 10.0.0.1 [10.0.0.1] 300'],
  ],
  [
    'hosts that are skipped',
    'example.com',
    { skipHosts: ['192.0.2.0/31', '192.0.2.2'] },
    ['10 Mx1.example.com [] 120', LOST, MX2],
  ],
])('%s', (_what, domain, settings, routes) => {
  expect(shown(domain, settings)).toEqual(routes);
});

test.each<[domain: string, settings: RouteSettings, error: string, ttl: number]>([
  ['null.example', {}, '550 5.4.4 [internal] NULL MX domain does not accept mail', 300],
  ['texts.example', {}, '454 4.4.4 [internal] no MX or A for domain', 300],
  ['gone.example', {}, '554 5.4.4 [internal] Domain Lookup Failed', 300],
  ['alias.example', {}, '554 5.4.4 [internal] Domain Lookup Failed', 300],
  ['broken.example', {}, '454 4.4.4 [internal] no MX or A for domain', 0],
  ['broken.example', { dnsFailuresToPurge: 1 }, '554 5.4.4 [internal] Domain Lookup Failed', 0],
  ['hostless.example', {}, '451 4.4.1 [internal] No valid hosts', 300],
  ['brokenmx.example', {}, '451 4.4.1 [internal] No valid hosts', 0],
  ['plain.example', { skipHosts: ['192.0.2.0/24'] }, '451 4.4.1 [internal] No valid hosts', 300],
  [
    'local.example',
    { prohibitedHosts: ['127.0.0.0/8', '0.0.0.0'] },
    '551 5.4.6 [internal] Private/Loopback Address',
    300,
  ],
  ['x', { gateway: 'lost.example.com' }, '451 4.4.1 [internal] No valid hosts', 300],
])('%s with %j: %s', (domain, settings, error, ttl) => {
  expect(resolve(domain, settings)).toMatchObject({ error, ttl });
});

test.each<[RouteSettings]>([
  [{ gateway: 'a b' }],
  [{ gateway: '[host]:25' }],
  [{ routes: ['smtp://x?pref=low'] }],
  [{ routes: ['smtp://x?type=aaaa'] }],
  [{ routes: ['smtp://x?weight=1'] }],
  [{ prohibitedHosts: ['localhost'] }],
  [{ skipHosts: ['10.0.0.0/33'] }],
  [{ skipHosts: ['10.0.0.0/8/8'] }],
])('%j cannot be read', (settings) => {
  expect(() => resolve('example.com', settings)).toThrow(UsageError);
});

it('asks for all hosts at once', async () => {
  const virtual = clock();
  const answer = resolveRoutes(new Dns(virtual, ZONE).resolver, 'slow.example');
  expect(answer).toBeInstanceOf(Promise);
  await virtual.advance('2s');
  expect(await answer).toMatchObject({ mxs: [{ addresses: ['192.0.2.5'] }, { addresses: ['192.0.2.6'] }] });
});

it('asks for addresses after MX lookups that failed', () => {
  const types = (settings: RouteSettings, failures: number) => {
    const dns = new Dns(clock(), ZONE);
    void resolveRoutes(dns.resolver, 'broken.example', settings, failures);
    return dns.simulated.queries.map(({ type }) => type);
  };
  expect(types({}, 2)).toEqual(['MX']);
  expect(types({}, 3)).toEqual(['A']);
  expect(types({ mxFailuresFallbackToA: -1 }, 0)).toEqual(['MX']);
  expect(types({ mxFailuresFallbackToA: -1 }, 1)).toEqual(['A']);
});

describe('the route cache', () => {
  it('keeps routes for their time to live, and refreshes them before', async () => {
    const virtual = clock();
    const { routes, simulated } = new Dns(virtual, ZONE);
    await routes.lookup('Plain.example');
    expect(routes.peek('plain.example')).toMatchObject({ expiry: new Date('2026-01-01T00:05:00Z') });
    simulated.set('plain.example', 'A', '192.0.2.8');
    expect(await routes.lookup('plain.example')).toMatchObject({ mxs: [{ addresses: ['192.0.2.4'] }] });
    expect(await routes.refresh('plain.example')).toMatchObject({ mxs: [{ addresses: ['192.0.2.8'] }] });
    await virtual.advance('300s');
    expect(routes.peek('plain.example')).toBeUndefined();
  });

  it('counts lookups in a row that failed, until one is answered', async () => {
    const { routes, simulated } = new Dns(clock(), ZONE);
    const errors: (string | undefined)[] = [];
    for (let i = 0; i < 10; i++) errors.push((await routes.lookup('broken.example')).error);
    expect(new Set(errors.slice(0, 9))).toEqual(new Set(['454 4.4.4 [internal] no MX or A for domain']));
    expect(errors[9]).toBe('554 5.4.4 [internal] Domain Lookup Failed');
    expect(routes.failures('broken.example')).toBe(10);
    simulated.set('broken.example', 'A', '192.0.2.8');
    expect((await routes.lookup('broken.example')).error).toBeUndefined();
    expect(routes.failures('broken.example')).toBe(0);
  });

  it('does not count hosts that cannot be looked up', async () => {
    const { routes } = new Dns(clock(), ZONE);
    await routes.lookup('brokenmx.example');
    expect(routes.failures('brokenmx.example')).toBe(0);
    expect(routes.peek('brokenmx.example')).toBeUndefined();
  });

  it('asks once while an answer is under way, and keeps the old routes until it is there', async () => {
    const virtual = clock();
    const { routes, simulated } = new Dns(virtual, ZONE);
    const first = routes.lookup('slow.example');
    expect(routes.lookup('slow.example')).toBe(first);
    await virtual.advance('2s');
    const known = await first;
    const second = routes.refresh('slow.example');
    expect(routes.lookup('slow.example')).toBe(known);
    await virtual.advance('2s');
    expect(await second).toEqual(known);
    expect(simulated.queries).toHaveLength(6);
  });

  it('takes the options from the configuration', async () => {
    const { routes } = new Dns(clock(), ZONE);
    routes.settings = (domain) => (domain === 'plain.example' ? { gateway: '10.0.0.1' } : {});
    expect(await routes.lookup('plain.example')).toMatchObject({ mxs: [{ host: '10.0.0.1' }] });
    expect(await routes.lookup('example.com')).toMatchObject({ mxs: [{ host: 'Mx1.example.com' }, {}, {}] });
  });
});

describe('submitDomain', () => {
  const state = () => new ServerState({ now: new Date('2026-01-01T00:00:00Z'), seed: 1, dns: ZONE });

  it('makes a record that stands as long as its routes', () => {
    const server = state();
    submitDomain(server, 'Example.com');
    expect(server.domains.get('example.com')).toMatchObject({
      expiry: new Date('2026-01-01T00:02:00Z'),
      route: { ttl: 120 },
    });
  });

  it('waits for a slow answer in virtual time', async () => {
    const server = state();
    const record = submitDomain(server, 'slow.example');
    expect(record.expiry).toBeUndefined();
    await server.clock.advance('2s');
    expect(record.expiry).toEqual(new Date('2026-01-01T00:05:02Z'));
  });

  it('leaves a record without routes when there are none', () => {
    const record = submitDomain(state(), 'broken.example');
    expect(record).toMatchObject({ expiry: undefined, route: undefined });
  });
});
