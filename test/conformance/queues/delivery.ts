/** 3: what keeps messages from being delivered. */
import type { Momentum } from '../../../src';
import {
  addresses,
  configured,
  DOMAIN,
  lines,
  mail,
  output,
  receiving,
  setBinding,
  triedAt,
  WITH_CONTENT,
  withDomain,
  type TestRow,
} from './support';

const NO_MX = '421 4.4.0 [internal] no MXs for this domain could be reached at this time';
const BLACKHOLED = 'P 554 5.7.0 [internal] Blackholed';

const TWO_HOSTS = {
  'example.com': {
    MX: [10, 20].map((preference) => ({ preference, exchange: `mx${preference}.example.com` })),
  },
  'mx10.example.com': { A: '192.0.2.10' },
  'mx20.example.com': { A: '192.0.2.20' },
};

export function delivery(row: TestRow): void {
  failures(row);
  suspension(row);
  blackholes(row);
  throttles(row);
  connections(row);
}

function failures(row: TestRow): void {
  row('queues-3-15', async () => {
    const retriedAfter = async (option: string) => {
      const mta = await withDomain({ active: 2 }, `max_outbound_connections = 1\n${option}`, {
        dns: { [DOMAIN]: { A: '192.0.2.1' } },
      });
      mta.remote(DOMAIN).refuse();
      await mta.clock.advance('3m');
      return triedAt(mta);
    };
    expect(await retriedAfter('')).toEqual([0, 120]);
    expect(await retriedAfter('host_failure_retry = 7')).toEqual([0, 7]);
  });

  row('queues-3-16a', async () => {
    const mta = await withDomain({ active: 60 }, 'max_outbound_connections = 100');
    expect(await output(mta, 'config eval mx_failures_to_delay')).toBe('MX_Failures_To_Delay = 50\n');
    const remote = mta.remote(DOMAIN).refuse();
    await mta.clock.advance(0);
    expect(remote.attempts).toHaveLength(50);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, delayedCount: 60, delayNote: NO_MX });
  });

  row('queues-3-16b', async () => {
    const mta = await withDomain({ active: 60 }, 'max_outbound_connections = 100\nmx_failures_to_delay = 0');
    const remote = mta.remote(DOMAIN).refuse();
    await mta.clock.advance(0);
    expect(remote.attempts).toHaveLength(60);
    expect(mta.domain(DOMAIN)).toMatchObject({ delayedCount: 60, delayed: false });
  });

  row('queues-3-16c', async () => {
    const config = 'max_outbound_connections = 3\nmx_failures_to_delay = 2\nhost_failure_retry = 60';
    const mta = await withDomain({ active: 9 }, config, { dns: TWO_HOSTS });
    mta.remote(DOMAIN).refuse();
    await mta.clock.advance(0);
    // The first host has failed three times, the second once.
    expect(addresses(mta)).toEqual([...Array<string>(3).fill('192.0.2.10'), '192.0.2.20']);
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 5, delayed: false });
    await mta.clock.advance('60s');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 0, delayedCount: 9, delayed: true });
  });
}

function suspension(row: TestRow): void {
  const SUSPENDED = [
    'suspend_delivery = true',
    `domain "${DOMAIN}" { suspend_delivery = true }`,
    'binding "gold" { suspend_delivery = true }',
    'binding_group "metals" { suspend_delivery = true binding "gold" { } }',
    'binding_group "metals" { suspend_delivery = false binding "gold" { suspend_delivery = true } }',
  ];
  row('queues-3-17a', async () => {
    for (const stanza of SUSPENDED) {
      const mta = await configured(stanza.includes('gold') ? stanza : `${stanza}\nbinding "gold" { }`);
      mta.domains.add(DOMAIN, { active: [{ binding: 'gold' }] });
      mta.remote(DOMAIN);
      await mta.clock.advance('6h');
      expect([stanza, mta.domain(DOMAIN)!.active, triedAt(mta)]).toEqual([stanza, 1, []]);
    }
  });

  row('queues-3-17b', async () => {
    const mta = await withDomain({ active: 2 }, `domain "${DOMAIN}" { suspend_delivery = true }`);
    mta.remote(DOMAIN);
    await mta.clock.advance('1h');
    await mta.console(`config set domain ${DOMAIN} suspend_delivery false`);
    await mta.clock.advance(0);
    expect(triedAt(mta)).toEqual([3600, 3600]);
  });

  row('queues-3-17c', async () => {
    const mta = await withDomain({ active: 1 }, 'binding "default" { suspend_delivery = true }');
    mta.remote(DOMAIN);
    await mta.clock.advance('1h');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 1, attempts: 0 });
  });

  row('queues-3-17d', async () => {
    const group = (first: boolean, second: boolean) => `binding_group "g" {
      binding "example1" { suspend_delivery = ${first} }
      binding "example2" { suspend_delivery = ${second} } }`;
    const chosen = async (config: string) => {
      const mta = await receiving(setBinding('msg:binding_group("g")'), config);
      for (let i = 0; i < 20; i++) await mta.smtp.send(mail());
      return [...new Set(mta.messages.map(({ binding }) => binding))].sort();
    };
    expect(await chosen(group(true, false))).toEqual(['example2']);
    expect(await chosen(group(false, false))).toEqual(['example1', 'example2']);
    expect(await chosen(group(true, true))).toEqual(['example1', 'example2']);
  });
}

function blackholes(row: TestRow): void {
  const swallowed = async (text: string, contents = {}): Promise<Momentum> => {
    const mta = await configured(`binding "gold" { }\n${text}`);
    mta.domains.add(DOMAIN, { active: [{ binding: 'gold', ...contents }] });
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    return mta;
  };

  row('queues-3-18a', async () => {
    const mta = await configured('');
    expect(await output(mta, 'config eval blackhole')).toBe('Blackhole = 0\n');
    for (const value of ['true', 'inline']) {
      const other = await receiving('', `domain "${DOMAIN}" { blackhole = ${value} }`);
      const { accepted, rejected } = await other.smtp.send(mail([`you@${DOMAIN}`, 'you@other.test']));
      expect([value, accepted, rejected]).toMatchObject([
        value,
        ['you@other.test'],
        [{ code: 551, text: '5.7.1 recipient blackholed' }],
      ]);
      expect(other.rejectlog).toMatchObject([{ code: 551 }]);
      expect(lines(await swallowed(`blackhole = ${value}`))).toEqual([BLACKHOLED]);
    }
  });

  row('queues-3-18b', async () => {
    const received = await receiving('', 'blackhole = internal\ngenerate_bounces = false');
    received.remote(DOMAIN);
    expect((await received.smtp.send(mail())).code).toBe(250);
    await received.clock.advance(0);
    expect(lines(received)).toEqual(['R', BLACKHOLED]);
    const mta = await swallowed('blackhole = internal');
    expect(lines(mta)).toEqual([BLACKHOLED]);
    expect(mta.bouncelog).toMatchObject([{ type: 'B', note: '554 5.7.0 [internal] Blackholed' }]);
    expect(triedAt(mta)).toEqual([]);
  });

  row('queues-3-18c', async () => {
    for (const stanza of [
      `domain "${DOMAIN}" { blackhole = internal }`,
      'binding "gold" { blackhole = internal }',
      'binding_group "metals" { blackhole = internal binding "gold" { } }',
    ])
      expect([stanza, lines(await swallowed(stanza))]).toEqual([stanza, [BLACKHOLED]]);
  });

  row('queues-3-18d', async () => {
    const mta = await withDomain({ active: 1, delayed: 2 }, `domain "${DOMAIN}" { }`);
    await mta.console(`config set domain ${DOMAIN} blackhole internal`);
    expect(lines(mta)).toEqual(Array(3).fill(BLACKHOLED));
  });

  row('queues-3-18e', async () => {
    const on = await swallowed('blackhole = internal', WITH_CONTENT);
    expect(on.domain('sender.test')).toMatchObject({ failures: 1 });
    const off = await swallowed('blackhole = internal\ngenerate_bounces = false', WITH_CONTENT);
    expect(off.domain('sender.test')).toBeUndefined();
  });
}

function throttles(row: TestRow): void {
  /** How many messages of each domain are gone after each of the seconds. */
  const gone = async (config: string, names: readonly string[], seconds: readonly number[]) => {
    const mta = await configured(`binding "gold" { }\n${config}`, { dns: TWO_HOSTS });
    for (const name of names) mta.domains.add(name, { active: Array(6).fill({ binding: 'gold' }) });
    for (const name of names) mta.dns.set(name, 'A', '192.0.2.10');
    mta.remote('*').reply(421, 'closing');
    const counts: number[][] = [];
    for (const second of seconds) {
      await mta.clock.advance((second - (mta.clock.now().getTime() % 86_400_000) / 1000) * 1000);
      counts.push(names.map((name) => mta.domain(name)!.attempts));
    }
    return counts;
  };
  const MESSAGES = 'outbound_throttle_messages';
  const CONNECTIONS = 'outbound_throttle_connections';

  row('queues-3-19a', async () => {
    for (const option of [MESSAGES, CONNECTIONS])
      expect(await gone(`${option} = 2`, ['a.test'], [0, 1, 2])).toEqual([[2], [4], [6]]);
  });

  row('queues-3-19b', async () => {
    for (const option of [MESSAGES, CONNECTIONS])
      expect(await gone(`${option} = "2/10"`, ['a.test'], [0, 9, 10])).toEqual([[2], [2], [4]]);
  });

  row('queues-3-19c', async () => {
    for (const config of ['', `${MESSAGES} = 0`, `${CONNECTIONS} = 0`])
      expect(await gone(config, ['a.test'], [0])).toEqual([[6]]);
  });

  row('queues-3-19d', async () => {
    const shared = `${MESSAGES} = 4`;
    expect(await gone(shared, ['a.test', 'b.test'], [0])).toEqual([[4, 0]]);
    const own = `${shared}\ndomain "b.test" { ${MESSAGES} = 4 }`;
    expect(await gone(own, ['a.test', 'b.test'], [0])).toEqual([[4, 4]]);
  });

  row('queues-3-19e', async () => {
    const host = `host "a.test" { ${CONNECTIONS} = "1/10" }`;
    expect(await gone(host, ['a.test'], [0, 10])).toEqual([[1], [2]]);
    expect(await gone(`${CONNECTIONS} = "1/20"\n${host}`, ['a.test'], [0, 10, 20])).toEqual([[1], [1], [2]]);
    const pattern = `host "/^[ab]\\.test$/" { ${CONNECTIONS} = "2/10" }`;
    expect(await gone(pattern, ['a.test', 'b.test'], [0])).toEqual([[2, 0]]);
  });

  row('queues-3-19f', async () => {
    const config = `host "mx10.example.com" { ${CONNECTIONS} = "1/60" }`;
    const mta = await withDomain({ active: 3 }, config, { dns: TWO_HOSTS });
    mta.remote(DOMAIN).delay('1s');
    await mta.clock.advance('1s');
    expect(addresses(mta)).toEqual(['192.0.2.10', '192.0.2.20', '192.0.2.20']);
  });

  row('queues-3-19g', async () => {
    const config = `host "/^mx/" { ${CONNECTIONS} = "1/60" }\nmax_outbound_connections = 1`;
    const mta = await withDomain({ active: 2 }, config, { dns: TWO_HOSTS });
    mta.remote(DOMAIN).reply(421, 'closing');
    await mta.clock.advance('59s');
    expect(mta.domain(DOMAIN)).toMatchObject({ active: 1, delayedCount: 1 });
    await mta.clock.advance('1s');
    expect(triedAt(mta)).toEqual([0, 60]);
  });
}

function connections(row: TestRow): void {
  const open = async (config: string, binding = 'default') => {
    const mta = await configured(`binding "gold" { }\n${config}`);
    for (const name of [DOMAIN, 'other.test']) mta.domains.add(name, { active: Array(40).fill({ binding }) });
    mta.remote('*').delay('10s');
    await mta.clock.advance('1s');
    return [DOMAIN, 'other.test'].map((name) => mta.domain(name)!.trying);
  };

  row('queues-3-20a', async () => {
    expect(await open('')).toEqual([32, 32]);
  });

  row('queues-3-20b', async () => {
    const config = `max_outbound_connections = 9
      domain "${DOMAIN}" { max_outbound_connections = 4 }
      binding "gold" { domain "${DOMAIN}" { max_outbound_connections = 7 } }`;
    expect(await open(config)).toEqual([4, 9]);
    expect(await open(config, 'gold')).toEqual([7, 9]);
  });

  row('queues-3-20c', async () => {
    const mta = await withDomain({ active: 1 });
    mta.remote(DOMAIN);
    await mta.clock.advance('4s');
    expect(await output(mta, `domain ${DOMAIN}`)).toContain('Active Connections: 1\n');
    mta.domains.add('later.test', { active: 1 });
    await mta.clock.advance('1s');
    expect(await output(mta, `domain ${DOMAIN}`)).toContain('Active Connections: 0\n');
  });

  row('queues-3-20d', async () => {
    const mta = await configured(`idle_timeout = 60\nmax_outbound_connections = 1`, {
      domains: { [DOMAIN]: { active: 1, delayed: [{ nextAttempt: new Date('2026-01-01T00:00:50Z') }] } },
    });
    mta.remote(DOMAIN);
    await mta.clock.advance('50s');
    expect(new Set(mta.mainlog.map(({ connectionId }) => connectionId)).size).toBe(1);
    expect(mta.mainlog).toHaveLength(2);
  });

  row('queues-3-22', async () => {
    const mta = await configured('');
    for (const [name, shown] of [
      ['disk_queue_drain_rate', 'Disk_Queue_Drain_Rate'],
      ['transfail_drain_rate', 'Transfail_Drain_Rate'],
      ['soft_bounce_drain_rate', 'Soft_Bounce_Drain_Rate'],
    ])
      expect(await output(mta, `config eval ${name}`)).toBe(`${shown} = 100\n`);
    expect(await mta.console('drain')).toMatchObject({
      status: 'FAILED',
      output: 'Unknown command: drain',
    });
  });
}
