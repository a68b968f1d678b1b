/** Choices about attempts, limits, and where mail goes. */
import {
  addresses,
  configured,
  DOMAIN,
  lines,
  mx,
  output,
  routed,
  START,
  triedAt,
  withDomain,
  type TestRow,
} from './support';

export function deliveryChoices(row: TestRow): void {
  attempts(row);
  limits(row);
  gateways(row);
  hosts(row);
  failures(row);
}

function attempts(row: TestRow): void {
  row('Q5', async () => {
    const count = async (expiration: number) => {
      const mta = await withDomain({ active: 1 }, `message_expiration = ${expiration}`);
      mta.remote(DOMAIN).reply(450);
      for (let i = 0; i < 20; i++) {
        await mta.clock.advance('1ms');
        await mta.console(`flush domain ${DOMAIN}`);
      }
      return mta.mainlog.filter(({ type }) => type === 'T').length;
    };
    // Waits of 1200, 2400 and 4800 s last for 8400 s.
    expect([await count(1200), await count(1201), await count(8400), await count(8401)]).toEqual([
      1, 2, 3, 4,
    ]);
  });

  row('Q6', async () => {
    const mta = await configured('', { domains: { [DOMAIN]: { active: 1 }, 'b.test': { active: 1 } } });
    const active = () => [...mta.domains].map((domain) => domain.active);
    await mta.clock.advance('1d');
    expect(active()).toEqual([1, 1]);
    mta.remote(DOMAIN);
    expect(active()).toEqual([1, 1]);
    await mta.clock.advance(0);
    expect(active()).toEqual([0, 1]);
    mta.remote('*');
    await mta.clock.advance(0);
    expect([active(), lines(mta)]).toEqual([
      [0, 0],
      ['D', 'D'],
    ]);
  });

  row('Q15', async () => {
    const mta = await withDomain(
      { active: [{ created: new Date(START - 100_000), retries: 5 }] },
      'max_retries = 5\nmessage_expiration = 60',
    );
    mta.remote(DOMAIN).reply(450);
    await mta.clock.advance(0);
    expect(lines(mta)).toEqual(['P 554 5.4.7 [internal] exceeded max time without delivery']);
  });

  row('Q16', async () => {
    const mta = await withDomain({ active: 1 }, 'never_retry = true');
    mta.remote(DOMAIN).reply(450);
    await mta.clock.advance(0);
    expect(lines(mta)).toEqual(['P 554 5.4.7 [internal] exceeded max retries without delivery']);
    expect(mta.mainlog[0]!.stage).toBe(21);
    expect(mta.bouncelog).toMatchObject([{ type: 'B', stage: 21, classification: 24 }]);
  });

  row('Q17', async () => {
    const mta = await configured('connect_timeout = 40', {
      domains: { 'refused.test': { active: 1 }, 'silent.test': { active: 1 } },
    });
    mta.remote('refused.test').refuse();
    mta.remote('silent.test').timeout();
    await mta.clock.advance('39s');
    expect(lines(mta)).toEqual(['T 451 4.4.1 [internal] No valid hosts (unable to make any connections)']);
    await mta.clock.advance('1s');
    expect(lines(mta)[1]).toBe('T 450 4.4.1 [internal] Connection Timed Out');
  });
}

const ONE_HOST = {
  'a.test': mx([1, 'mx.test']),
  'b.test': mx([1, 'mx.test']),
  'mx.test': { A: '192.0.2.1' },
};

function limits(row: TestRow): void {
  row('Q18', async () => {
    const config = 'mx_failures_to_delay = 2\nmax_outbound_connections = 1\nhost_failure_retry = 60';
    const delayed = async (dns?: typeof ONE_HOST) => {
      const mta = await configured(config, dns && { dns });
      mta.remote('*').refuse();
      for (const name of ['a.test', 'b.test']) {
        mta.domains.add(name, { active: 2 });
        await mta.clock.advance(name === 'a.test' ? '1ms' : '2m');
      }
      const { delayNote, connectionFailures } = mta.domain('b.test')!;
      return [delayNote, connectionFailures];
    };
    const note = '421 4.4.0 [internal] no MXs for this domain could be reached at this time';
    expect(await delayed(ONE_HOST)).toEqual([note, 1]);
    expect((await delayed())[1]).toBe(2);
  });

  row('Q19', async () => {
    const contents = { active: [{}, {}, { binding: 'gold' }, { binding: 'gold' }] };
    const trying = async (limit: number) => {
      const mta = await configured(`binding "gold" { }\nmax_outbound_connections = ${limit}`);
      mta.domains.add(DOMAIN, contents);
      mta.remote(DOMAIN).delay('10s');
      await mta.clock.advance('1s');
      const first = mta.domain(DOMAIN)!.trying;
      await mta.clock.advance('20s');
      return [first, new Set(mta.mainlog.map(({ connectionId }) => connectionId)).size];
    };
    expect(await trying(1)).toEqual([2, 2]);
    expect(await trying(-1)).toEqual([4, 4]);
  });

  row('Q20', async () => {
    const mta = await withDomain({}, 'outbound_throttle_messages = "2/60"');
    const remote = mta.remote('*');
    for (const second of [50, 55, 100]) {
      mta.clock.set(new Date(START + second * 1000));
      mta.domains.add(`s${second}.test`, { active: 1 });
      await mta.clock.advance(0);
    }
    await mta.clock.advance('1m');
    expect(remote.deliveries.map(({ at }) => (at.getTime() - START) / 1000)).toEqual([50, 55, 110]);
  });

  row('Q52', async () => {
    const busy = async (config: string) => {
      const mta = await configured(`binding_group "g" { binding "b" { } }\n${config}`, { dns: ONE_HOST });
      for (const name of ['a.test', 'b.test'])
        mta.domains.add(name, { active: Array(5).fill({ binding: 'b' }) });
      mta.remote('*').delay('10s');
      await mta.clock.advance('1s');
      return ['a.test', 'b.test'].reduce((sum, name) => sum + mta.domain(name)!.trying, 0);
    };
    const host = (count: number) => `host "mx.test" { max_outbound_connections = ${count} }`;
    expect(await busy('')).toBe(10);
    expect(await busy(host(3))).toBe(3);
    expect(await busy(`${host(3)}\nbinding_group "g" { ${host(4)} }`)).toBe(4);
    expect(await busy(`${host(3)}\nbinding_group "g" { ${host(4)} binding "b" { ${host(6)} } }`)).toBe(6);
    // Of the ten, those that waited came one after the other, over connections that were idle in between.
    const mta = await configured(host(1), { dns: ONE_HOST });
    for (const name of ['a.test', 'b.test']) mta.domains.add(name, { active: 2 });
    mta.remote('*').delay('1s');
    await mta.clock.advance('4s');
    expect(mta.mainlog).toHaveLength(4);
  });
}

function gateways(row: TestRow): void {
  row('Q30', async () => {
    const mta = await withDomain({ active: 1, delayed: 1 }, 'gateway = "relay.test:26"');
    const [own, relay] = [mta.remote(DOMAIN), mta.remote('relay.test')];
    await mta.clock.advance(0);
    expect([own.deliveries, relay.deliveries]).toMatchObject([
      [],
      [{ domain: DOMAIN, remote: 'relay.test' }],
    ]);
    expect([...mta.domains].map(({ name, delayedCount }) => [name, delayedCount])).toEqual([[DOMAIN, 1]]);
  });

  row('Q54', async () => {
    const mta = await withDomain(
      { active: 1 },
      `domain "${DOMAIN}" { gateway = "relay.test" retry_interval = 5 }
       domain "relay.test" { retry_interval = 7 }`,
    );
    mta.remote('relay.test').reply(450);
    await mta.clock.advance('10s');
    expect(triedAt(mta, 'relay.test')).toEqual([0, 7]);
  });
}

function hosts(row: TestRow): void {
  row('Q31', async () => {
    const mta = await withDomain({ active: 1 });
    mta.remote(DOMAIN);
    mta.domains.add('b.test', { active: 1 });
    mta.remote('b.test').address('198.51.100.1');
    await mta.clock.advance(0);
    expect([addresses(mta), mta.dns.queries]).toEqual([['192.0.2.1', '198.51.100.1'], []]);
    mta.dns.set('c.test', 'A', '203.0.113.1');
    mta.dns.set('d.test', 'MX', { preference: 0, exchange: '.' });
    mta.dns.set('e.test', 'TXT', 'no host');
    for (const name of ['c.test', 'd.test', 'e.test']) mta.domains.add(name, { active: 1 });
    mta.remote('*');
    await mta.clock.advance(0);
    expect(lines(mta).slice(2)).toEqual([
      'D',
      'P 550 5.4.4 [internal] NULL MX domain does not accept mail',
      'T 454 4.4.4 [internal] no MX or A for domain',
    ]);
    expect(addresses(mta)[2]).toBe('203.0.113.1');
  });

  row('Q51', async () => {
    const dns = {
      [DOMAIN]: mx([1, 'm1.test'], [1, 'm2.test']),
      'm1.test': { A: ['192.0.2.1', '192.0.2.2'] },
      'm2.test': { A: '192.0.2.3' },
    };
    const mta = await withDomain({ active: 4 }, 'max_outbound_connections = 1', { dns });
    mta.remote(DOMAIN).reply(421, 'closing').once.refuse();
    await mta.clock.advance(0);
    expect(addresses(mta)).toEqual(['192.0.2.1', '192.0.2.3', '192.0.2.2', '192.0.2.3']);
  });

  row('Q48', async () => {
    const config = `domain "${DOMAIN}" { routes = ( "smtp://10.0.0.1?pref=7" "10.0.0.2" "10.0.0.3" ) }`;
    const mta = await configured(config, { dns: {} });
    await mta.console(`dig ${DOMAIN}`);
    const text = await output(mta, `domain ${DOMAIN}`);
    expect(
      [...text.matchAll(/^ {2}\[(\d+) (\S+)/gm)].map(([, preference, host]) => [preference, host]),
    ).toEqual([
      ['0', '10.0.0.2'],
      ['1', '10.0.0.3'],
      ['7', '10.0.0.1'],
    ]);
  });

  row('Q49', async () => {
    const mta = await configured('routes = ( "10.0.0.1" )', { dns: {} });
    await mta.console(`dig ${DOMAIN}`);
    expect(mta.domain(DOMAIN)!.expiry).toEqual(new Date(START + 300_000));
  });
}

function failures(row: TestRow): void {
  const GONE = 'P 554 5.4.4 [internal] Domain Lookup Failed';
  const NOWHERE = 'T 454 4.4.4 [internal] no MX or A for domain';

  row('Q44', async () => {
    expect(lines(await routed({}))).toEqual([GONE]);
    expect(lines(await routed({ [DOMAIN]: { CNAME: 'gone.test' } }))).toEqual([GONE]);
  });

  row('Q45', async () => {
    for (const fault of ['SERVFAIL', 'TIMEOUT'] as const) {
      const config = 'dns_failures_to_purge = 2\nretry_interval = 5';
      const mta = await withDomain({ active: 1 }, config, { dns: { [DOMAIN]: fault } });
      mta.remote(DOMAIN);
      await mta.clock.advance('1m');
      expect([fault, ...lines(mta)]).toEqual([fault, NOWHERE, GONE]);
    }
  });

  row('Q46', async () => {
    const dns = { [DOMAIN]: mx([1, 'gone.test'], [2, 'six.test']), 'six.test': { AAAA: '2001:db8::1' } };
    expect(lines(await routed(dns))).toEqual(['T 451 4.4.1 [internal] No valid hosts']);
  });

  row('Q47', async () => {
    const dns = { [DOMAIN]: mx([1, 'm1.test'], [9, 'm2.test']), 'm1.test': { A: '192.0.2.1' } };
    const local = { ...dns, 'm2.test': { A: ['192.0.2.2', '127.0.0.1'] } };
    expect(lines(await routed(local, 'prohibited_hosts = ( "127.0.0.0/8" )'))).toEqual([
      'P 551 5.4.6 [internal] Private/Loopback Address',
    ]);
  });
}
