import { Momentum } from '../../../src';
import { output, outputs, withConfig, type TestRow } from './support';

/** 5: DNS, pools, caches, counters. */
export function facilities(row: TestRow): void {
  dns(row);
  pools(row);
  caches(row);
  counters(row);
}

const ZONE = { 'example.com': { A: ['192.0.2.1'], MX: [{ preference: 5, exchange: 'mx.example.com' }] } };

function dns(row: TestRow): void {
  const start = () => Momentum.start({ dns: ZONE, domains: ['example.com'] });

  row('console-5-17a', async () => {
    const mta = await start();
    await mta.console('refresh domain example.com');
    const asked = () => mta.dns.queries.filter(({ type }) => type === 'MX').map(({ name }) => name);
    expect(asked()).toEqual(['example.com']);
    await mta.console('refresh domain all');
    expect(asked()).toEqual(['example.com', 'example.com']);
  });

  row('console-5-17b', async () => {
    expect(await output(await start(), 'dig example.com')).toBe('submitted\n');
  });

  row('console-5-17c', async () => {
    expect(await output(await start(), 'dns_cache lookup example.com A')).toBe(
      'Cached result not found, try a submit.\n',
    );
  });

  row('console-5-17d', async () => {
    const mta = await start();
    expect(await output(mta, 'dns_cache submit example.com A')).toBe('Submitted\n');
    await mta.clock.advance('1s');
    expect((await output(mta, 'dns_cache lookup example.com A')).replace(/ +/g, ' ')).toBe(
      ';; QUESTION SECTION:\n;example.com IN A\n\n;; ANSWER SECTION:\nexample.com 299 IN A 192.0.2.1\n\n',
    );
  });

  row('console-5-17e', async () => {
    const mta = await start();
    await outputs(mta, 'dns_cache submit example.com A', 'dns_cache lookup example.com A');
    const text = await output(mta, 'dns_cache stats');
    expect(text).toMatch(
      /^DNS Queries:\n {8}TXT: 0\n {8}PTR: 0\n {9}MX: 0\n {10}A: 1\n {2}arpa IPv4: 0\n {2}arpa IPv6: 0\n/,
    );
    expect(text).toMatch(
      /DNS responses:\n {6}Total: 1\n {8}Bad: 0\n\nDNS cache:\n {4}Lookups: 2\n {3}Hit Rate: 50\.0000%\n$/,
    );
  });

  row('console-5-17f', async () => {
    const mta = await start();
    await mta.console('dns_cache submit example.com A');
    await mta.clock.advance('1s');
    expect(await output(mta, 'dns_cache refcnts')).toBe('[  3] example.com [299s]\n      (null)\n');
  });
}

function pools(row: TestRow): void {
  row('console-5-21a', async () => {
    const mta = await withConfig('ThreadPool "mine" { Concurrency = 7 }');
    const text = await output(mta, 'threads stats');
    expect(text).toContain('CPU thread pool: concurrency 4\nIO thread pool: concurrency 50\n');
    expect(text).toContain('mine thread pool: concurrency 7\n');
  });

  row('console-5-21b', async () => {
    expect(await output(await Momentum.start(), 'threads io queue')).toBe('Jobs in the IO pool\n0 jobs\n');
  });

  row('console-5-21c', async () => {
    expect(await output(await Momentum.start(), 'threads cpu queue')).toBe('Jobs in the CPU pool\n0 jobs\n');
  });
}

function caches(row: TestRow): void {
  const start = () => withConfig('Datasource "ecdb" { uri = ( "sqlite:/tmp/x" ) cache_size = 1024 }');

  row('console-5-22a', async () => {
    expect(await output(await start(), 'cache list')).toBe(
      ' scpt_root\n ds_core:ecdb\n\n 2 caches listed.\n',
    );
  });

  row('console-5-22b', async () => {
    expect(await output(await start(), 'cache list entries workload')).toBe(
      '         0   0.00% scpt_root\n         0   0.00% ds_core:ecdb\n\n 2 caches listed.\n',
    );
  });

  row('console-5-22c', async () => {
    expect(await output(await start(), 'cache list xxx')).toBe(
      'Valid attributes are [capacity,entries,utilization,loads,stores,hits,misses,\n forced,expired,lru,hit-rate,workload,query-rate]\n',
    );
  });

  row('console-5-22d', async () => {
    const { lines } = await (await start()).console('cache stat ds_core:ecdb');
    expect(lines.slice(0, 5)).toEqual([
      'Name          : ds_core:ecdb',
      'Capacity      : 1024',
      'Entries       : 0',
      'Utilization   :   0.00%',
      'Query Rate    : 0 q/s',
    ]);
    expect(lines.slice(5).map((line) => line.split(':')[0]?.trim())).toEqual([
      ...['Loads', 'Hits', 'Misses', 'Pending', 'Stores', 'Invalidations', 'Forced', 'Expired', 'Capacity'],
      ...['Hit Rate', 'Workload (R/W)', 'Reads', 'Writes'],
    ]);
  });

  row('console-5-22e', async () => {
    const { lines } = await (await start()).console('cache stats ds_core:ecdb');
    expect(lines.slice(0, 3)).toEqual([
      'cache name                      lookups %                  deletions %',
      '                       elts  hit miss pend  total  inserts man ttl lru  total',
      '---------------------- ----- -------------------- -------- ------------------',
    ]);
    expect(lines.at(-1)).toBe(
      'ds_core:ecdb              0   0   0   0        0        0   0   0   0        0',
    );
  });
}

function counters(row: TestRow): void {
  row('console-5-23a', async () => {
    const mta = await Momentum.start();
    await mta.eval('require("msys.counter") msys.counter.add("/vendor/sample", 1024)');
    expect((await mta.console('counter list')).data).toMatchObject({
      counters: [{ path: '/vendor/sample', value: 1024 }],
    });
    await mta.console('counter increment /vendor/sample');
    expect(await mta.eval('msys.counter.read("/vendor/sample")')).toEqual([1025]);
  });

  row('console-5-23b', async () => {
    const mta = await Momentum.start({ now: '2010-12-02T07:20:58Z' });
    await mta.eval('require("msys.counter") msys.counter.open("/vendor/sample", msys.counter.RELAXED)');
    await mta.console('counter add /vendor/sample 1024');
    expect(await output(mta, 'counter list')).toBe(
      'VALUE       RESET_TIME       SEMANTICS COUNTER\n1024   2010-12-02@07:20:58    relaxed  /vendor/sample\n1 counters listed.\n',
    );
  });

  const value = async (mta: Momentum) =>
    ((await mta.console('counter list')).data as { counters: { value: number }[] }).counters[0]?.value;
  const changes = (id: string, line: string, expected: number | undefined) =>
    row(id, async () => {
      const mta = await Momentum.start();
      await outputs(mta, 'counter add /c 5', line);
      expect(await value(mta)).toBe(expected);
    });
  changes('console-5-23c', 'counter add /c 3', 8);
  changes('console-5-23d', 'counter increment /c', 6);
  changes('console-5-23e', 'counter reset /c', 0);
  changes('console-5-23f', 'counter unlink /c', undefined);

  row('console-5-23g', async () => {
    const help = await output(await Momentum.start(), 'counter help');
    for (const name of ['add', 'increment', 'list', 'reset', 'unlink'])
      expect(help).toContain(`counter ${name}`);
  });
}
