import type { Momentum, MomentumOptions } from '../../../src';
import { expectConfig, expectOutputs, output, printed, withConfig, type TestRow } from './support';

const SOURCES = `
Datasource "mssql" { uri = ( "odbc:DSN=sqlserver;UID=user;PWD=pass" "odbc:DSN=sqlserver2;UID=user2;PWD=pass3" ) }
Datasource "csv" { uri = "csv:" max_rows = -1 cache_size = 200 cache_life = 360 no_cache = true pool = "DS"
  serialized = false assume_charset = "iso-2022-jp" }`;
const sources = () => withConfig(SOURCES);

/** 4. Data sources, 6. `alerting`. */
export function dataSources(row: TestRow): void {
  stanzas(row);
  row('config-4-p1b', async () => {
    const mta = await sources();
    await expectOutputs(mta, {
      'config locate datasource':
        'Datasource "mssql"\n  is at Datasource:mssql:\nDatasource "csv"\n  is at Datasource:csv:',
    });
    expect(await output(mta, 'module list')).not.toMatch(/datasource|mssql/i);
  });
  row('config-4-p16', async () => {
    const mta = await withDb();
    await run(mta, `db.query('db', 'select a from t') db.query('db', 'select b from t')`);
    await expectOutputs(mta, { 'ds_core flush db': "flushed 2 entries from cache 'db'" });
    expect(await mta.console('ds_core flush other')).toMatchObject({ status: 'FAILED' });
  });
  queries(row);
  alerting(row);
}

function stanzas(row: TestRow): void {
  row('config-4-p1a', () =>
    expectConfig(SOURCES, {
      'config get datasource mssql uri':
        'uri = (\n  "odbc:DSN=sqlserver;UID=user;PWD=pass"\n  "odbc:DSN=sqlserver2;UID=user2;PWD=pass3"\n)',
    }),
  );
  const option = (id: string, name: string, byDefault: string, given: string) =>
    row(id, () =>
      expectConfig(SOURCES, {
        [`config eval datasource mssql ${name}`]: `${name} = ${byDefault}`,
        [`config eval datasource csv ${name}`]: `${name} = ${given}`,
      }),
    );
  const limit = (id: string, name: 'cache_life' | 'cache_size', figure: string, values: number[]) =>
    row(id, async () => {
      const mta = await sources();
      const inUse = async (source: string) =>
        ((await mta.console(`cache stat ds_core:${source}`)).data as Record<string, unknown>)[figure];
      expect(await output(mta, `config eval datasource mssql ${name}`)).toBe(`${name} = ${values[0]!}\n`);
      expect([await inUse('mssql'), await inUse('csv')]).toEqual(values.slice(0, 2));
      expect(await output(mta, `config set datasource mssql ${name} ${values[2]!}`)).toBe('Set\n');
      expect(await inUse('mssql')).toBe(values[2]);
    });
  limit('config-4-2', 'cache_life', 'life', [3600, 360, 3500]);
  limit('config-4-3', 'cache_size', 'capacity', [1000, 200, 500]);
  option('config-4-4', 'no_cache', '0', 'true');
  option('config-4-5a', 'max_rows', '100', '-1');
  option('config-4-6', 'pool', 'IO', '"DS"');
  option('config-4-7', 'serialized', '1', 'false');
}

const DB = `CREATE TABLE t (a text, b integer); INSERT INTO t VALUES ('one', 1), ('two', 2), (NULL, 3);`;
const REQUIRE = 'require("msys.db") require("msys.datasource") local db = msys.db';
const withDb = (stanzas = '', options: MomentumOptions = {}) =>
  withConfig(stanzas, { datasources: { db: { sqlite: DB } }, ...options });
const run = (mta: Momentum, lua: string) => mta.eval(`${REQUIRE} ${lua}`);

function queries(row: TestRow): void {
  row('config-4-5b', async () => {
    const mta = await withConfig('Datasource "csv" { uri = "csv:" max_rows = 1 }', {
      files: { '/list.csv': 'a,b\nc,d\n' },
    });
    expect(
      await run(mta, `local n = 0 for _ in db.query('csv', '/list.csv') do n = n + 1 end return n`),
    ).toEqual([2]);
  });
  row('config-4-8', async () => {
    const mta = await withConfig(
      'Datasource "io" { uri = "iowrapper:" } Datasource "utf8" { uri = "iowrapper:" assume_charset = "utf-8" }',
      { files: { '/a': Buffer.from([0xe9]), '/b': 'é' } },
    );
    expect(await run(mta, `return db.fetch_row('io', '/a')[1], db.fetch_row('utf8', '/b')[1]`)).toEqual([
      'é',
      'é',
    ]);
  });
  row('config-4-9', inTurn);
  row('config-4-p10', async () => {
    for (const uri of DRIVERS) {
      const mta = await withConfig(`Datasource "x" { uri = "${uri}" }`);
      await expect(run(mta, `db.query('x', 'select 1')`)).rejects.toThrow(/data source|No such file/);
      expect([...mta.diagnostics, ...mta.paniclog]).toHaveLength(1);
    }
  });
  row('config-4-p11a', async () => {
    const mta = await withDb();
    const ask = async (args: string) =>
      (await run(mta, `return db.fetch_row('db', 'select b from t where a = ${args}).b`))[0];
    expect(await ask(`?', { 'one' }`)).toBe(1);
    expect(await ask(`:name', { name = 'one' }`)).toBe(1);
    expect(await ask(`$name', { name = 'two' }`)).toBe(2);
  });
  row('config-4-p11b', async () => {
    const mta = await withDb();
    expect(
      await run(
        mta,
        `db.execute('db', 'insert into t values (?, ?)', { nil, 4 })
         return db.fetch_row('db', 'select count(*) as c from t where a is null').c, db.fetch_row('db', 'select b from t where a = ?', { nil })`,
      ),
    ).toEqual([2, undefined]);
  });
  results(row);
  row('config-4-p15a', async () => {
    const count = (options: string) => `db.fetch_row('db', 'select count(*) as c from t', nil, ${options}).c`;
    expect(
      await run(
        await withDb(),
        `local one = ${count('nil')} db.execute('db', 'delete from t') return one, ${count('nil')}, ${count('{ nocache = true }')}`,
      ),
    ).toEqual([3, 3, 0]);
  });
  row('config-4-p15b', async () => {
    const rows = () => [['a', 'b']];
    const mta = await withDb('', {
      datasources: { db: { sqlite: DB }, csv: { rows }, ldap: { rows: () => [{ mail: ['a@x', 'b@x'] }] } },
    });
    const ask = async (name: string) =>
      (await run(mta, `return db.fetch_row('${name}', 'select * from t')`))[0];
    expect([await ask('db'), await ask('csv'), await ask('ldap')]).toEqual([
      { a: 'one', b: 1 },
      ['a', 'b'],
      { mail: ['a@x', 'b@x'] },
    ]);
  });
  row('config-4-p15c', async () => {
    const mta = await withDb();
    await expect(run(mta, `db.query('db', 'select bindings from t')`)).rejects.toThrow(
      'prepare: 1: no such column: bindings\nfailed to prepare: select bindings from t',
    );
    expect(mta.paniclog[0]!.text).toBe('1767225600:datasource: failed to prepare');
  });
}

/** What the three functions give, and when they fail. */
function results(row: TestRow): void {
  const functions: [id: string, name: string, success: string, results: unknown[], failure: unknown][] = [
    ['12', 'query', `local t = {} for r in %s do t[#t + 1] = r.b end return t`, [[1, 2]], undefined],
    ['13', 'fetch_row', 'return (%s).b', [1], undefined],
    ['14', 'execute', 'return %s', [true], false],
  ];
  for (const [id, name, success, expected, failure] of functions) {
    row(`config-4-${id}a`, async () => {
      const mta = await withDb();
      const call = `db.${name}('db', 'select b from t where b < ? order by b', { 3 })`;
      expect(await run(mta, success.replace('%s', call))).toEqual(expected);
      if (name === 'fetch_row')
        expect(await run(mta, `return db.fetch_row('db', 'select b from t where b = 9')`)).toEqual([
          undefined,
        ]);
    });
    row(`config-4-${id}b`, async () => {
      const mta = await withDb();
      await expect(run(mta, `db.${name}('db', 'select x')`)).rejects.toThrow('no such column: x');
      const reason = 'prepare: 1: no such column: x\nfailed to prepare: select x';
      expect(await run(mta, `return db.${name}('db', 'select x', nil, { raise_error = false })`)).toEqual([
        failure,
        reason,
      ]);
      expect(printed(mta)).toEqual(['failed to prepare', 'failed to prepare']);
    });
  }
}

const DRIVERS = [
  'sqlite:/x',
  'odbc:x',
  'ldap://x',
  'csv:',
  'pgsql:host=x',
  'cdb:/x',
  'iowrapper:',
  'mysql:host=x',
];

async function inTurn(): Promise<void> {
  const mta = await withConfig('Datasource "f" { uri = ( "iowrapper:" "csv:" ) no_cache = true }', {
    files: { '/list': 'a,b\n' },
  });
  const ask = async () => (await run(mta, `return db.fetch_row('f', '/list')[1]`))[0];
  expect([await ask(), await ask(), await ask()]).toEqual(['a,b\n', 'a', 'a,b\n']);
}

/** F9, F10, F12: what the documentation leaves open of data sources. */
export function choicesOfDataSources(row: TestRow): void {
  row('F9', async () => {
    const files = { '/list': 'a,b\n' };
    for (const uri of ['csv:', 'iowrapper:'])
      expect(
        await run(
          await withConfig(`Datasource "f" { uri = "${uri}" }`, { files }),
          `return db.fetch_row('f', '/list') ~= nil`,
        ),
      ).toEqual([true]);
    const other = await withConfig('Datasource "ecdb" { uri = "pgsql:host=production" }');
    await expect(run(other, `db.query('ecdb', 'select 1')`)).rejects.toThrow(
      'is not simulated. Give the test one',
    );
    expect(other).toHaveDiagnostic('NOT_SIMULATED');
    const given = await withDb('Datasource "db" { uri = "odbc:DSN=production" }');
    expect(await run(given, `return db.fetch_row('db', 'select b from t').b`)).toEqual([1]);
  });
  row('F10', inTurn);
  row('F12', async () => {
    let calls = 0;
    const rows = () => {
      if (calls++ === 0) throw new Error('gone away');
      return [];
    };
    const mta = await withDb('', { datasources: { db: { rows } } });
    const ask = `db.query('db', 'select a', nil, { raise_error = false })`;
    expect(await run(mta, `local first = ${ask} return first == nil, ${ask} ~= nil, ${ask} ~= nil`)).toEqual([
      true,
      true,
      true,
    ]);
    expect(calls).toBe(2);
    expect(printed(mta)).toEqual(['failed to execute']);
  });
}

function alerting(row: TestRow): void {
  const script = 'scriptlet "scriptlet" { script "boot" { source = "msys.boot" } }';
  row('config-6-p1a', async () => {
    expect(await output(await withConfig('alerting {}'), 'module list')).toMatch(
      /^Module: alerting\n {2}Scope_Name: alerting\n {2}Enabled: enabled\n {2}API: Singleton\n/,
    );
  });
  row('config-6-p1b', async () => {
    await expect(withConfig(script)).rejects.toThrow(
      'does not load the module alerting, which scriptlet needs',
    );
    expect(printed(await withConfig(`alerting {}\n${script}`))).toEqual([]);
  });
  row('config-6-p1c', async () => {
    const mta = await withConfig('alerting {}\ninbound_audit {\n  monitors = ("300,6")\n}');
    expect(await mta.eval('msys.config("get", "inbound_audit", "monitors")')).toEqual([
      ['300,6'],
      'monitors = (\n  "300,6"\n)',
    ]);
    expect([...mta.diagnostics]).toEqual([]);
    const wrong = await withConfig('inbound_audit { monitors = ("300") }');
    expect(wrong).toHaveDiagnostic('CONFIG_OPTION');
  });
  const byDefault = (id: string, name: string, value: number) =>
    row(id, () => expectConfig(`alerting { }`, { [`config eval alerting ${name}`]: `${name} = ${value}` }));
  byDefault('config-6-p1d', 'alerting_cache_ttl', 3600);
  byDefault('config-6-p1e', 'alerting_cache_size', 1_048_576);
}
