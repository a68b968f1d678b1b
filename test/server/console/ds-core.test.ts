import { builtinConsole, disabled } from './support';

const config = `
  Datasource "sqlite" { uri = ( "sqlite:/path/to/db" ) }
  Datasource "a long name é" { uri = ( "csv:" ) cache_size = x cache_life = 1h }
`;

function start() {
  const mta = builtinConsole({ config });
  const cache = mta.server.caches.dataSource('sqlite')!;
  for (const query of ['a', 'b']) {
    cache.find(query);
    cache.store(query, []);
    cache.find(query);
    cache.find(query);
  }
  return { ...mta, cache };
}

test('ds_core flush: the documented sample', async () => {
  const { run, cache } = start();
  const result = await run('ds_core flush sqlite');
  expect(result.output).toBe("flushed 2 entries from cache 'sqlite'\n");
  expect(result.data).toEqual({ cache: 'sqlite', entries: 2 });
  expect(cache.statistics).toMatchObject({ entries: 0, forced: 2 });
  expect((await run('ds_core flush "a long name é"')).output).toBe(
    "flushed 0 entries from cache 'a long name é'\n",
  );
});

test.each([
  ['ds_core flush', 'One cache name expected'],
  ['ds_core flush sqlite more', 'One cache name expected'],
  ['ds_core flush oracle', 'The configuration has no Datasource "oracle".'],
  ['ds_core flush ds_core:sqlite', 'The configuration has no Datasource "ds_core:sqlite".'],
])('%s fails', async (line, message) => {
  const result = await start().run(line);
  expect(result.status).toBe('FAILED');
  expect(result.output).toBe(`${message}\nUsage: ds_core flush cache_name\n`);
});

test('ds_core stats', async () => {
  const result = await start().run('ds_core stats');
  expect(result.output).toMatchInlineSnapshot(`
   "cache name                      lookups %                  deletions %
                          elts  hit miss pend  total  inserts man ttl lru  total
   ---------------------- ----- -------------------- -------- ------------------
   sqlite
                              2  67  33   0        6        2   0   0   0      0
   a long nam
                              0   0   0   0        0        0   0   0   0      0
   "
  `);
  expect(result.data).toMatchObject({
    caches: [
      { name: 'sqlite', entries: 2, lookups: { hits: 4, misses: 2, total: 6 } },
      { name: 'a long name é' },
    ],
  });
});

test('caches follow the configuration: limits change, contents stay', async () => {
  const { run, cache, server } = start();
  expect((await run('config set datasource sqlite cache_size 1')).status).toBe('COMPLETED');
  expect(server.caches.dataSource('sqlite')).toBe(cache);
  expect(cache.statistics).toMatchObject({ capacity: 1, entries: 1, lru: 1 });
  await run('config unset datasource sqlite');
  expect((await run('ds_core flush sqlite')).status).toBe('FAILED');
});

test('what is no number counts as not set', () => {
  expect(start().server.caches.dataSource('a long name é')!.statistics).toMatchObject({
    capacity: 1000,
    life: 3600,
  });
});

test('a configuration that disables the module has no such commands', async () => {
  const result = await builtinConsole({ config, modules: [disabled('ds_core')] }).run('ds_core stats é');
  expect(result.status).toBe('FAILED');
  expect(result.output).toBe(
    'Unknown command: ds_core stats é\nThe configuration disables the module ds_core.\n',
  );
});
