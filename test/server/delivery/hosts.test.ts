import type { RouteHost } from '../../../src/server/delivery/routes';
import { newDelivery, START } from './support';

type Setup = ReturnType<typeof newDelivery>;

const mx = (preference: number, host: string, ...addresses: string[]): RouteHost => ({
  ...{ preference, host, addresses },
  ttl: 3600,
});

/** The routes of each domain; `*` of all others. */
function routed(routes: Readonly<Record<string, readonly RouteHost[]>>, setup: Setup = newDelivery()) {
  setup.engine.routes = (domain, gateway) => {
    const mxs = routes[gateway ?? domain] ?? routes['*'];
    return mxs && { mxs, ttl: 3600 };
  };
  return setup;
}

/** Seconds since the start and address, of each line of the mainlog. */
const ways = ({ logs }: Setup) =>
  logs.mainlog.map(({ at, ip }) => `${(at.getTime() - START) / 1000} ${String(ip)}`);

const TWO = [mx(10, 'mx1', '192.0.2.11', '192.0.2.12'), mx(20, 'mx2', '192.0.2.20')];

test('the lowest preference first; another address, another host when connections fail', async () => {
  const setup = routed({ '*': TWO }, newDelivery({ max_outbound_connections: 1 }));
  setup.domains.add('a.test', { active: 5 });
  setup.remotes.of('a.test').times(3).refuse().accept();
  await setup.clock.advance('10m');
  expect(ways(setup)).toEqual([
    ...['0 192.0.2.11', '0 192.0.2.12', '0 192.0.2.20'],
    ...['120 192.0.2.11', '120 192.0.2.11'],
  ]);
});

test('what failed for one domain is not tried for another either', async () => {
  const setup = routed({ 'a.test': [mx(5, 'mx1', '192.0.2.11')], '*': TWO });
  setup.remotes.of('a.test').refuse();
  setup.remotes.of('b.test');
  setup.domains.add('a.test', { active: 1 });
  await setup.clock.advance('10s');
  setup.domains.add('b.test', { active: 1 });
  await setup.clock.advance(0);
  expect(ways(setup)).toEqual(['0 192.0.2.11', '10 192.0.2.12']);
});

test('hosts of the same preference get as many connections', async () => {
  const setup = routed({ '*': [mx(10, 'mx1', '192.0.2.1'), mx(10, 'mx2', '192.0.2.2')] });
  setup.domains.add('a.test', { active: 4 });
  setup.remotes.of('a.test').delay('1s');
  await setup.clock.advance('1s');
  expect(ways(setup).sort()).toEqual(['1 192.0.2.1', '1 192.0.2.1', '1 192.0.2.2', '1 192.0.2.2']);
});

test('mx_failures_to_delay counts for every host', async () => {
  const setup = routed(
    { '*': [mx(10, 'mx1', '192.0.2.1'), mx(10, 'mx2', '192.0.2.2'), mx(30, 'mx3')] },
    newDelivery({ mx_failures_to_delay: 2 }),
  );
  const record = setup.domains.add('a.test', { active: 6 });
  setup.remotes.of('a.test').refuse();
  await setup.clock.advance(0);
  expect([record.connectionFailures, record.active, record.delayedCount]).toEqual([4, 0, 6]);
});

describe('host stanzas', () => {
  const limited = (option: string, value: string | number, host = 'mx1') => {
    const setup = newDelivery();
    setup.settings.set(option, value, { host });
    return setup;
  };

  test('a throttle lets the next preference have a go, and holds messages up when there is none', async () => {
    const routes = { 'a.test': TWO, 'b.test': TWO.slice(0, 1) };
    const setup = routed(routes, limited('outbound_throttle_connections', '1/60'));
    setup.domains.add('a.test', { active: 2 });
    setup.domains.add('b.test', { active: 2 });
    setup.remotes.of('*').reply(421, 'closing').times(4).accept();
    setup.remotes.of('*').delay('1s');
    await setup.clock.advance('1m');
    expect(ways(setup)).toEqual(['1 192.0.2.11', '1 192.0.2.20']);
    expect(setup.domains.get('b.test')).toMatchObject({ active: 1, delayedCount: 0 });
    await setup.clock.advance('1s');
    expect(ways(setup).slice(2)).toEqual(['61 192.0.2.11']);
  });

  test('a limit of connections is that of the address, whichever domain uses it', async () => {
    const setup = routed({ '*': [mx(10, 'mx1', '192.0.2.11')] }, limited('max_outbound_connections', 1));
    for (const name of ['a.test', 'b.test']) setup.domains.add(name, { active: 1 });
    setup.remotes.of('*').delay('10s');
    await setup.clock.advance('10s');
    expect(ways(setup)).toEqual(['10 192.0.2.11']);
    await setup.clock.advance('10s');
    expect(ways(setup)).toEqual(['10 192.0.2.11', '20 192.0.2.11']);
  });

  test('a limit that is lifted holds nothing up', async () => {
    const setup = routed({ '*': [mx(1, 'mx1', '192.0.2.1')] }, limited('max_outbound_connections', 0));
    setup.domains.add('a.test', { active: 1 });
    setup.remotes.of('a.test');
    await setup.clock.advance('1h');
    expect(ways(setup)).toEqual([]);
    await setup.set('max_outbound_connections', -1, { host: 'mx1' });
    await setup.clock.advance(0);
    expect(ways(setup)).toEqual(['3600 192.0.2.1']);
  });

  test('a domain that is dropped makes room', async () => {
    const setup = routed({ '*': [mx(1, 'mx1', '192.0.2.1')] }, limited('max_outbound_connections', 1));
    for (const name of ['a.test', 'b.test']) setup.domains.add(name, { active: 1 });
    setup.remotes.of('*').delay('10s');
    await setup.clock.advance('1s');
    setup.domains.remove('a.test');
    await setup.clock.advance('10s');
    expect(ways(setup)).toEqual(['11 192.0.2.1']);
  });
});

describe('a gateway', () => {
  test('makes the stanza of the domain void', async () => {
    const setup = newDelivery();
    setup.settings
      .set('gateway', 'relay.test:26', { domain: 'a.test' })
      .set('suspend_delivery', 'true', { domain: 'a.test' })
      .set('retry_interval', 5, { domain: 'a.test' })
      .set('retry_interval', 7, { domain: 'relay.test' });
    setup.domains.add('a.test', { active: 1 });
    const remote = setup.remotes.of('relay.test').reply(450);
    await setup.clock.advance('7s');
    expect(remote.attempts.map(({ at }) => (at.getTime() - START) / 1000)).toEqual([0, 7]);
  });

  test('of a binding has its own route', async () => {
    const setup = routed({ '*': TWO, '[2001:db8::1]:26': [mx(0, '2001:db8::1', '2001:db8::1')] });
    setup.settings.set('gateway', '[2001:db8::1]:26', { binding: 'gold' });
    setup.domains.add('a.test', { active: [{ binding: 'gold' }, {}] });
    setup.remotes.of('*');
    await setup.clock.advance(0);
    expect(ways(setup)).toEqual(['0 2001:db8::1', '0 192.0.2.11']);
  });
});
