import { builtinConsole, type TestConsole } from './support';

let mta: TestConsole;
beforeEach(() => {
  mta = builtinConsole({
    config: `
      scriptlet "scriptlet" { script_ttl = 600 }
      Datasource "ecdb" { uri = ( "sqlite:/tmp/x" ) cache_size = 4 cache_life = 10 }
      Datasource "adaptivedb" { uri = ( "sqlite:/tmp/y" ) }
    `,
  });
  const { caches } = mta.server;
  for (const script of ['a', 'b', 'a', 'a']) caches.loadScript(script, 'text');
  const ecdb = caches.dataSource('ecdb')!;
  for (let i = 0; i < 6; i++) {
    ecdb.find(`query ${i}`);
    ecdb.store(`query ${i}`, []);
  }
  ecdb.find('query 5');
});

test('cache list', async () => {
  const result = await mta.run('cache list');
  expect(result.output).toMatchInlineSnapshot(`
   " scpt_root
    ds_core:ecdb
    ds_core:adaptivedb

    3 caches listed.
   "
  `);
  expect(result.data).toEqual({
    caches: [{ name: 'scpt_root' }, { name: 'ds_core:ecdb' }, { name: 'ds_core:adaptivedb' }],
  });
});

test('cache list with attributes', async () => {
  const result = await mta.run('cache list entries workload');
  expect(result.output).toMatchInlineSnapshot(`
   "         2  66.67% scpt_root
            4  53.85% ds_core:ecdb
            0   0.00% ds_core:adaptivedb

    3 caches listed.
   "
  `);
  expect(result.data).toMatchObject({
    caches: [{ name: 'scpt_root', entries: 2 }, { workload: 700 / 13 }, {}],
  });
  expect((await mta.run('cache list query-rate')).lines[0]).toBe('         4 scpt_root');
});

test('cache list all has the columns side by side', async () => {
  const [, ecdb] = (await mta.run('cache list all')).lines;
  expect(ecdb!.trim().split(/\s+/)).toEqual([
    '4',
    '4',
    '100.00%',
    '7',
    '6',
    '1',
    '6',
    '0',
    '0',
    '2',
    '0',
    '14.29%',
    '53.85%',
    '7',
    'ds_core:ecdb',
  ]);
});

test('cache list summary', async () => {
  const result = await mta.run('cache list summary');
  expect(result.output).toMatchInlineSnapshot(`
   "CAPACITY    ENTRIES     USED    HT/TL   RD/WR CACHE
   4294967295    2        0.00%   50.00%  66.67% scpt_root
   4             4      100.00%   14.29%  53.85% ds_core:ecdb
   1000          0        0.00%    0.00%   0.00% ds_core:adaptivedb

     3 caches listed.
   "
  `);
  expect(result.data).toMatchObject({
    caches: [
      { name: 'scpt_root', capacity: 4294967295, entries: 2, hitratio: 50 },
      { used: 100 },
      { used: 0 },
    ],
  });
});

test.each(['xxx', 'entries xxx', 'summary entries', 'constructor', '""'])(
  'cache list %s lists the attributes',
  async (args) => {
    const result = await mta.run(`cache list ${args}`);
    expect(result.status).toBe('FAILED');
    expect(result.output).toBe(
      'Valid attributes are [capacity,entries,utilization,loads,stores,hits,misses,\n' +
        ' forced,expired,lru,hit-rate,workload,query-rate]\n',
    );
  },
);

test('cache stat', async () => {
  await mta.server.clock.advance('10s');
  const result = await mta.run('cache stat ds_core:ecdb');
  expect(result.output).toMatchInlineSnapshot(`
   "Name          : ds_core:ecdb
   Capacity      : 4
   Entries       : 0
   Utilization   :   0.00%
   Query Rate    : 0 q/s
   Loads         : 7
     Hits        : 1
     Misses      : 6
     Pending     : 0
   Stores        : 6
   Invalidations : 6
     Forced      : 0
     Expired     : 4
     Capacity    : 2
   Hit Rate      :  14.29%
   Workload (R/W):  53.85%
     Reads       : 7
     Writes      : 6
   "
  `);
  expect(result.data).toMatchObject({
    name: 'ds_core:ecdb',
    loads: 7,
    hits: 1,
    expired: 4,
    lru: 2,
    life: 10,
  });
});

test('cache stats', async () => {
  const result = await mta.run('cache stats');
  expect(result.output).toMatchInlineSnapshot(`
   "cache name                      lookups %                  deletions %
                          elts  hit miss pend  total  inserts man ttl lru  total
   ---------------------- ----- -------------------- -------- ------------------

   scpt_root                 2  50  50   0        4        2   0   0   0        0
   ds_core:ecdb              4  14  86   0        7        6   0   0 100        2
   ds_core:adaptivedb        0   0   0   0        0        0   0   0   0        0
   "
  `);
  expect((await mta.run('cache stats ds_core:ecdb')).data).toEqual({
    caches: [
      {
        name: 'ds_core:ecdb',
        entries: 4,
        lookups: { hits: 1, misses: 6, pending: 0, total: 7 },
        inserts: 6,
        deletions: { forced: 0, expired: 0, lru: 2, total: 2 },
      },
    ],
  });
});

test.each([
  ['cache stat', 'One cache name expected'],
  ['cache stat a b', 'One cache name expected'],
  ['cache stat ecdb', "No cache is named 'ecdb'"],
  ['cache stats scpt_root é', "No cache is named 'é'"],
])('%s fails', async (line, message) => {
  const result = await mta.run(line);
  expect(result.status).toBe('FAILED');
  expect(result.output).toContain(message);
});

test('script_ttl is the life of a script; another text is another script', async () => {
  const { caches, clock } = mta.server;
  caches.loadScript('a', 'other text');
  expect(caches.find('scpt_root')!.statistics).toMatchObject({ entries: 3, misses: 3, hits: 2 });
  await clock.advance('599s');
  caches.loadScript('a', 'text');
  await clock.advance('1s');
  caches.loadScript('a', 'text');
  expect(caches.find('scpt_root')!.statistics).toMatchObject({ entries: 1, misses: 4, hits: 3, expired: 3 });
});
