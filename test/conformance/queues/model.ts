/** 1: domain records, mail queues, the two caches, messages. */
import { Momentum } from '../../../src';
import {
  configured,
  DOMAIN,
  output,
  secondsAt,
  START,
  withDomain,
  withRecord,
  type TestRow,
} from './support';

const DNS = {
  'example.com': { MX: [{ preference: 10, exchange: 'mx.example.com' }] },
  'mx.example.com': { A: { ttl: 600, records: ['192.0.2.7', '192.0.2.8'] } },
  'down.test': 'SERVFAIL',
} as const;

export function model(row: TestRow): void {
  domainRecord(row);
  mailQueue(row);
  caches(row);
  messages(row);
}

function domainRecord(row: TestRow): void {
  row('queues-1-1a', async () => {
    const mta = await Momentum.start({ dns: DNS });
    for (const line of ['dig example.com', 'dig Example.COM', 'refresh domain example.com'])
      await mta.console(line);
    expect([...mta.domains].map(({ name }) => name)).toEqual([DOMAIN]);
    expect(await output(mta, 'domain example.com')).toMatch(
      /^Domain 'example\.com' has 1 MXs and a TTL of 300/,
    );
  });

  row('queues-1-1b', async () => {
    const mta = await withDomain({ active: 3, delayed: 1 }, '', { dns: DNS });
    mta.remote(DOMAIN).accept().once.reply(550).once.reply(450);
    await mta.clock.advance('10s');
    expect(
      await withRecord(
        mta,
        `return dr.domain, dr.expiry, dr.last_delivery.tv_sec, dr.deliveries, dr.attempts,
                dr.transients, dr.failures, dr.mxcnt, dr.recycled, dr.referencecnt, dr.dns_failures`,
      ),
    ).toEqual([DOMAIN, START / 1000 + 300, START / 1000, 1, 3, 1, 1, 1, 0, 2, 0]);
    expect(await withRecord(mta, 'return tostring(dr.equeue)')).toEqual(['userdata: msys.core:_mail_queue']);
  });

  row('queues-1-1c', async () => {
    // Lookups in a row: one that succeeds ends the count.
    const mta = await configured('dns_failures_to_purge = 99', { dns: DNS });
    mta.domains.add('down.test', { active: 1 });
    mta.remote('down.test');
    const failures = () => withRecord(mta, 'return dr.dns_failures', 'down.test');
    await mta.clock.advance('20m');
    expect(await failures()).toEqual([2]);
    mta.dns.set('down.test', 'A', '192.0.2.9');
    await mta.clock.advance('40m');
    expect(await failures()).toEqual([0]);
  });

  row('queues-1-1d', async () => {
    for (const [field, type] of [
      ['mxlist', 'mx_record**'],
      ['type', 'mxtype'],
    ] as const)
      await expectField(`dr.${field}`, `field '${field}' of msys.core:_domain_record (${type})`);
  });

  row('queues-1-1e', async () => {
    const mta = await withDomain({ active: 2 });
    mta.remote(DOMAIN);
    await mta.clock.advance(0);
    const counters = () => withRecord(mta, 'return dr.deliveries, dr.attempts');
    expect(await counters()).toEqual([2, 2]);
    mta.domains.remove(DOMAIN);
    mta.domains.add(DOMAIN);
    expect(await counters()).toEqual([0, 0]);
  });
}

/** A member of a C struct whose type scripts cannot use. */
async function expectField(expression: string, message: string): Promise<void> {
  const mta = await withDomain({});
  await expect(withRecord(mta, `return ${expression}`)).rejects.toThrow(
    `${message} is part of Momentum's API and is not simulated.`,
  );
  expect([...mta.diagnostics].map(({ code }) => code)).toEqual(['NOT_SIMULATED']);
}

function mailQueue(row: TestRow): void {
  row('queues-1-2a', async () => {
    const contents = { active: [{ binding: 'gold' }, {}, {}], delayed: [{ binding: 'gold' }, {}] };
    const mta = await withDomain(contents, '', { bindings: ['gold'] });
    expect(mta.domain(DOMAIN)!.bindings).toEqual([
      { binding: 'gold', active: 1, delayed: 1 },
      { binding: 'default', active: 2, delayed: 1 },
    ]);
    expect(await withRecord(mta, 'return core.mail_queue_delayed_size(dr.equeue)')).toEqual([2]);
  });

  row('queues-1-2b', async () => {
    const mta = await withDomain({});
    expect(await withRecord(mta, 'return dr.equeue.domain == dr')).toEqual([true]);
  });

  row('queues-1-2c', async () => {
    for (const [field, type] of [
      ['active', 'Skiplist*'],
      ['bound_active', 'RSplayTree*'],
      ['delayed', 'Skiplist*'],
      ['maintainer', 'Event*'],
    ] as const)
      await expectField(`dr.equeue.${field}`, `field '${field}' of msys.core:_mail_queue (${type})`);
  });
}

function caches(row: TestRow): void {
  row('queues-1-3a', async () => {
    const mta = await Momentum.start({ dns: DNS });
    await mta.console('dig example.com');
    expect(await output(mta, 'domain example.com')).toContain('[10 mx.example.com TTL:300]');
    expect(await output(mta, 'dns_cache lookup example.com MX')).toBe(
      'Cached result not found, try a submit.\n',
    );
    expect(await output(mta, 'dns_cache refcnts')).toBe('');
  });

  row('queues-1-3b', async () => {
    const mta = await Momentum.start({ dns: DNS });
    await mta.eval('msys.dnsLookup("example.com", "MX")');
    expect(await output(mta, 'dns_cache lookup example.com MX')).toContain('10 mx.example.com');
    await mta.console('dns_cache submit mx.example.com A');
    expect(await output(mta, 'dns_cache refcnts')).toContain('] mx.example.com [600s]');
    expect(await output(mta, 'domain example.com')).toBe("Domain 'example.com' not found.\n");
    expect(mta.domains).toHaveLength(0);
  });

  row('queues-1-3c', async () => {
    const ttls = async (option: string) => {
      const mta = await configured(option, { dns: DNS });
      await mta.console('dig example.com');
      await mta.console('dns_cache submit mx.example.com A');
      const cached = /\[(\d+)s\]/.exec(await output(mta, 'dns_cache refcnts'))?.[1];
      return [secondsAt(mta.domain(DOMAIN)!.expiry!), Number(cached)];
    };
    expect(await ttls('')).toEqual([300, 600]);
    expect(await ttls('min_dns_ttl = 4000')).toEqual([4000, 600]);
    expect(await ttls('max_dns_ttl = 7')).toEqual([7, 600]);
  });
}

function messages(row: TestRow): void {
  row('queues-1-4a', async () => {
    const mta = await withDomain({ active: 1, delayed: 1 });
    const places = () => {
      const { active, delayedCount, trying } = mta.domain(DOMAIN)!;
      return [active, delayedCount, trying];
    };
    expect(places()).toEqual([1, 1, 0]);
    mta.remote(DOMAIN).delay('10s').reply(450);
    await mta.clock.advance('1s');
    expect(places()).toEqual([0, 1, 1]);
    await mta.clock.advance('9s');
    expect(places()).toEqual([0, 2, 0]);
  });

  row('queues-1-4b', async () => {
    const mta = await Momentum.start();
    const values = await mta.eval(
      'local c = msys.core; return c.EM_TRYING, c.EM_SUCCEEDED, c.EM_FAILED, c.EM_FAILED_QUIET',
    );
    expect(values.map((value) => typeof value)).toEqual(Array(4).fill('number'));
    expect(new Set(values).size).toBe(4);
  });

  row('queues-1-4c', async () => {
    const mta = await withDomain({ active: 1 });
    mta.remote(DOMAIN).reply(450);
    await mta.clock.advance('5s');
    expect(mta.domain(DOMAIN)!.messages).toMatchObject([
      { retries: 1, created: new Date(START), nextAttempt: new Date(START + 1_200_000) },
    ]);
  });

  row('queues-1-5a', async () => {
    const at = (seconds: number) => ({
      nextAttempt: new Date(START + seconds * 1000),
      to: `${seconds}@example.com`,
    });
    const mta = await withDomain({ active: [at(-1), at(-3)], delayed: [at(9), at(7)] });
    const remote = mta.remote(DOMAIN).delay('1s');
    await mta.clock.advance('1m');
    expect(remote.deliveries.map(({ to }) => Number.parseInt(to))).toEqual([-3, -1, 7, 9]);
  });

  row('queues-1-5b', async () => {
    const mta = await withDomain({ active: [{ to: 'a@b' }, { to: 'c@d', priority: 1 }, { to: 'e@f' }] });
    const remote = mta.remote(DOMAIN);
    await mta.clock.advance(0);
    expect(remote.deliveries.map(({ to }) => to)).toEqual(['c@d', 'a@b', 'e@f']);
    await expect(withDomain({ active: [{ priority: 2 as 1 }] })).rejects.toThrow('0 or 1 expected');
  });
}
