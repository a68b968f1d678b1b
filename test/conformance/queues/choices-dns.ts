/** Choices about the DNS. */
import { Momentum, type MomentumOptions } from '../../../src';
import { configured, DOMAIN, mx, output, START, type TestRow } from './support';

const DNS = {
  'example.com': { A: '192.0.2.1', TXT: [['two ', 'strings'], 'one'] },
  'alias.test': { CNAME: 'example.com' },
  'dangling.test': { CNAME: 'gone.test' },
  'null.test': mx([0, '.']),
  'bad.test': 'SERVFAIL',
  'silent.test': 'TIMEOUT',
  'slow.test': { A: '192.0.2.9', delay: '9999ms' },
  'late.test': { A: '192.0.2.9', delay: '10s' },
  '1.2.0.192.in-addr.arpa': { PTR: 'host.example.com' },
  [`1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`]: { PTR: 'six.example.com' },
} satisfies MomentumOptions['dns'];

const start = () => Momentum.start({ dns: DNS });
const lookup = async (args: string, mta?: Momentum) =>
  (mta ?? (await start())).eval(`msys.dnsLookup(${args})`);
const GONE = [undefined, 'Domain name not found'];
const TIMEOUT = [undefined, 'Timeout while contacting DNS servers'];

/** What a lookup gives, and after how many milliseconds. */
async function timed(name: string) {
  const mta = await start();
  let results: unknown;
  const pending = lookup(`"${name}"`, mta).then((given) => (results = given));
  for (const step of [9998, 1, 1]) {
    await mta.clock.advance(step);
    await new Promise(setImmediate);
    if (results) break;
  }
  await pending;
  return [results, mta.clock.now().getTime() - START];
}

export function dnsChoices(row: TestRow): void {
  names(row);
  times(row);
  lookups(row);
  commands(row);
}

function names(row: TestRow): void {
  row('Q7', async () => {
    expect(await lookup('"www.google.com"')).toEqual(GONE);
    const mta = await start();
    mta.dns.set('new.test', 'A', '192.0.2.7');
    expect(await lookup('"new.test"', mta)).toEqual([['192.0.2.7']]);
  });

  row('Q8', async () => {
    expect(await lookup('"alias.test"')).toEqual([['192.0.2.1']]);
    expect(await lookup('"dangling.test"')).toEqual(GONE);
    expect(await lookup('"alias.test", "TXT"')).toEqual([['two strings', 'one']]);
  });

  row('Q9', async () => {
    for (const name of ['192.0.2.1', '1.2.0.192.in-addr.arpa'])
      expect(await lookup(`"${name}", "PTR"`)).toEqual([['host.example.com']]);
    expect(await lookup('"2001:db8::1", "PTR"')).toEqual([['six.example.com']]);
  });

  row('Q33', async () => {
    for (const [args, text] of [
      ['"gone.test"', 'Domain name not found'],
      ['"example.com", "MX"', 'DNS server returned answer with no data'],
      ['"bad.test"', 'DNS server returned general failure'],
      ['"a..b"', 'Misformatted domain name'],
    ] as const)
      expect(await lookup(args)).toEqual([undefined, text]);
    expect(await timed('silent.test')).toEqual([TIMEOUT, 10_000]);
  });

  row('Q40', async () => {
    expect(await lookup('"null.test", "MX", { priority = true }')).toEqual([[[0, '']]]);
  });

  row('Q50', async () => {
    const mta = await Momentum.start();
    expect(await lookup('"example.com"', mta)).toEqual(GONE);
    await lookup('"example.net"', mta);
    expect([...mta.diagnostics]).toMatchObject([{ code: 'UNCONFIGURED_DNS', severity: 'warning' }]);
    const quiet = await Momentum.start({ dns: {} });
    expect(await lookup('"example.com"', quiet)).toEqual(GONE);
    expect([...quiet.diagnostics]).toEqual([]);
  });
}

function times(row: TestRow): void {
  row('Q10', async () => {
    const ttl = async (records: Exclude<MomentumOptions['dns'], string | undefined>) => {
      const mta = await Momentum.start({ dns: records });
      await lookup('"a.test"', mta);
      return (await output(mta, 'dns_cache refcnts')).match(/\[(\d+)s\]/)?.[1];
    };
    expect(await ttl({ 'a.test': { A: '192.0.2.1' } })).toBe('300');
    expect(await ttl({ 'a.test': { A: { ttl: 42, records: '192.0.2.1' } } })).toBe('42');
  });

  row('Q34', async () => {
    expect(await timed('slow.test')).toEqual([[['192.0.2.9']], 9999]);
    expect(await timed('late.test')).toEqual([TIMEOUT, 10_000]);
  });

  row('Q35', async () => {
    const mta = await start();
    const asked = () => mta.dns.queries.length;
    for (const name of ['"gone.test"', '"example.com", "MX"', '"bad.test"']) await lookup(name, mta);
    await mta.clock.advance('299s');
    for (const name of ['"gone.test"', '"example.com", "MX"']) await lookup(name, mta);
    expect(asked()).toBe(3);
    await lookup('"bad.test"', mta);
    expect(asked()).toBe(4);
    await mta.clock.advance('1s');
    for (const name of ['"gone.test"', '"example.com", "MX"']) await lookup(name, mta);
    expect(asked()).toBe(6);
  });

  row('Q36', async () => {
    const mta = await start();
    await lookup('"example.com"', mta);
    mta.dns.set('example.com', 'A', '192.0.2.2');
    await mta.clock.advance('299s');
    expect(await lookup('"example.com"', mta)).toEqual([['192.0.2.1']]);
    mta.dns.flush();
    expect(await lookup('"example.com"', mta)).toEqual([['192.0.2.2']]);
  });

  row('Q53', async () => {
    const mta = await start();
    const order: string[] = [];
    const pending = mta.eval('msys.dnsLookup("slow.test")').then(() => order.push('slow'));
    await mta.eval('msys.dnsLookup("example.com")').then(() => order.push('fast'));
    await mta.clock.advance('9999ms');
    await pending;
    expect(order).toEqual(['fast', 'slow']);
  });
}

function lookups(row: TestRow): void {
  row('Q37', async () => {
    const mta = await start();
    expect(await lookup('"example.com", "A", { server = "192.0.2.53" }', mta)).toEqual([['192.0.2.1']]);
    expect(mta.dns.queries).toMatchObject([{ server: '192.0.2.53' }]);
  });

  row('Q38', async () => {
    await expect(lookup('"example.com", "a"')).rejects.toThrow("invalid record type 'a'");
  });
}

function commands(row: TestRow): void {
  row('Q39', async () => {
    const mta = await start();
    for (const [words, host] of [
      ['192.0.2.1 X', 'host.example.com'],
      ['2001:db8::1 X_AAAA', 'six.example.com'],
    ]) {
      await mta.console(`dns_cache submit ${words}`);
      expect(await output(mta, `dns_cache lookup ${words}`)).toContain(`PTR     ${host}\n`);
    }
    expect(await mta.console('dns_cache submit 192.0.2.1 X_AAAA')).toMatchObject({ status: 'FAILED' });
  });

  row('Q41', async () => {
    const mta = await start();
    await mta.console('dns_cache submit example.com A');
    for (let i = 0; i < 2; i++) await mta.console('dns_cache submit slow.test A');
    expect((await output(mta, 'dns_cache refcnts')).match(/^\[.*$/gm)).toEqual([
      '[  5] slow.test [0s]',
      '[  3] example.com [300s]',
    ]);
  });

  row('Q42', async () => {
    const mta = await start();
    for (const name of ['bad.test', 'gone.test', 'gone.test'])
      await mta.console(`dns_cache submit ${name} A`);
    const text = await output(mta, 'dns_cache stats');
    expect(text).toContain('        Bad: 1\n');
    expect(text).toContain('   Hit Rate: 33.3333%\n');
  });

  row('Q43', async () => {
    const mta = await configured('', { dns: DNS });
    expect(await output(mta, `refresh domain ${DOMAIN}`)).toBe('submitted\n');
    expect(await output(mta, 'dig alias.test')).toBe('submitted\n');
    expect([...mta.domains].map(({ name }) => name)).toEqual([DOMAIN, 'alias.test']);
  });
}
