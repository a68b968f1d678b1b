/** 4: which host mail is delivered to, and what is said when there is none. */
import {
  addresses,
  configured,
  DOMAIN,
  lines,
  mx,
  output,
  routed,
  withDomain,
  type TestRow,
  type Zone,
} from './support';

/** The failure that there is instead of a delivery. */
const failure = async (dns: Zone, config = '') => lines(await routed(dns, config));

export function hosts(row: TestRow): void {
  selection(row);
  unroutable(row);
}

const HOSTS = { 'mx1.test': { A: '192.0.2.1' }, 'mx2.test': { A: '192.0.2.2' } };

function selection(row: TestRow): void {
  const sorted = async (dns: Zone, config = '', count = 4) => {
    const mta = await withDomain({ active: count }, config, { dns: { ...HOSTS, ...dns } });
    mta.remote('*').delay('1s');
    await mta.clock.advance('1s');
    return addresses(mta).sort();
  };
  const times = (count: number, number: number) => Array<string>(count).fill(`192.0.2.${number}`);

  row('queues-4-5a', async () => {
    expect(await sorted({ [DOMAIN]: mx([20, 'mx1.test'], [10, 'mx2.test']) })).toEqual(times(4, 2));
  });

  row('queues-4-5b', async () => {
    const dns = {
      ...HOSTS,
      [DOMAIN]: mx([20, 'mx1.test'], [10, 'mx2.test']),
      'other.test': mx([1, 'mx2.test']),
    };
    const mta = await configured('', { dns, domains: { 'other.test': { active: 1 } } });
    mta.remote('other.test').refuse();
    await mta.clock.advance('1s');
    mta.domains.add(DOMAIN, { active: 1 });
    mta.remote(DOMAIN);
    await mta.clock.advance('1s');
    expect(addresses(mta)).toEqual(['192.0.2.2', '192.0.2.1']);
  });

  row('queues-4-5c', async () => {
    const limited = 'host "mx2.test" { max_outbound_connections = 3 }';
    expect(await sorted({ [DOMAIN]: mx([20, 'mx1.test'], [10, 'mx2.test']) }, limited)).toEqual([
      ...times(1, 1),
      ...times(3, 2),
    ]);
  });

  row('queues-4-5d', async () => {
    const equal = { [DOMAIN]: mx([10, 'mx1.test'], [10, 'mx2.test']) };
    expect(await sorted(equal)).toEqual([...times(2, 1), ...times(2, 2)]);
    const limited = 'host "mx1.test" { max_outbound_connections = 1 }';
    expect(await sorted(equal, limited)).toEqual([...times(1, 1), ...times(3, 2)]);
  });

  row('queues-4-5e', async () => {
    const mta = await configured('');
    expect(await output(mta, 'config eval fully_resolve_before_smtp')).toBe(
      'Fully_Resolve_Before_SMTP = 1\n',
    );
    // The best host is waited for, however long its address takes.
    const slow = {
      [DOMAIN]: mx([10, 'slow.test'], [20, 'mx1.test']),
      'slow.test': { A: '192.0.2.9', delay: '5s' },
    };
    const other = await withDomain({ active: 1 }, '', { dns: { ...HOSTS, ...slow } });
    other.remote(DOMAIN);
    await other.clock.advance('4s');
    expect(addresses(other)).toEqual([]);
    await other.clock.advance('1s');
    expect(addresses(other)).toEqual(['192.0.2.9']);
  });

  row('queues-4-5f', async () => {
    const six = { [DOMAIN]: mx([10, 'six.test'], [20, 'mx1.test']), 'six.test': { AAAA: '2001:db8::6' } };
    expect(await sorted(six, '', 1)).toEqual(['192.0.2.1']);
    expect(await sorted(six, 'use_ipv6 = true', 1)).toEqual(['2001:db8::6']);
    const mta = await configured('', { dns: { ...HOSTS, ...six } });
    await mta.console(`dig ${DOMAIN}`);
    expect(mta.dns.queries.map(({ type }) => type)).toEqual(['MX', 'A', 'A']);
    expect(await output(mta, `domain ${DOMAIN}`)).not.toContain('2001:db8::6');
  });
}

function unroutable(row: TestRow): void {
  const local = { [DOMAIN]: mx([1, 'mx1.test'], [2, 'mx2.test']), 'mx1.test': { A: '127.0.0.1' } };
  const dns = { ...HOSTS, ...local };

  row('queues-4-6a', async () => {
    const config = 'prohibited_hosts = ( "127.0.0.0/8" "0.0.0.0" )';
    expect(await failure(dns, config)).toEqual(['P 551 5.4.6 [internal] Private/Loopback Address']);
  });

  row('queues-4-6b', async () => {
    const mta = await routed(dns, 'skip_hosts = ( "127.0.0.0/8" "0.0.0.0" )');
    expect([lines(mta), addresses(mta)]).toEqual([['D'], ['192.0.2.2']]);
  });

  row('queues-4-7a', async () => {
    expect(await failure({ [DOMAIN]: mx([0, '.']) })).toEqual([
      'P 550 5.4.4 [internal] NULL MX domain does not accept mail',
    ]);
  });

  row('queues-4-7b', async () => {
    expect(await failure({ [DOMAIN]: { TXT: 'no mail' } })).toEqual([
      'T 454 4.4.4 [internal] no MX or A for domain',
    ]);
  });

  row('queues-4-7c', async () => {
    const mta = await withDomain({ active: 1 });
    mta.remote(DOMAIN).refuse();
    await mta.clock.advance(0);
    expect(lines(mta)).toEqual(['T 451 4.4.1 [internal] No valid hosts (unable to make any connections)']);
  });

  row('queues-4-7d', async () => {
    const mta = await withDomain({ active: 2 }, 'mx_failures_to_delay = 1');
    mta.remote(DOMAIN).refuse();
    await mta.clock.advance(0);
    expect(mta.domain(DOMAIN)!.messages.map(({ code }) => code)).toContain(
      '421 4.4.0 [internal] no MXs for this domain could be reached at this time',
    );
  });
}
