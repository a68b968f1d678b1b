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
    // Nothing fills the cache: queries are not simulated.
    const mta = await sources();
    await expectOutputs(mta, { 'ds_core flush mssql': "flushed 0 entries from cache 'mssql'" });
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

/** What is documented of a query, as long as none is simulated: the function is there by name and says so. */
const query = (id: string, row: TestRow, ...calls: string[]) =>
  row(id, async () => {
    for (const call of calls) {
      const mta = await withConfig(`${SOURCES}\nDatasource "other" { uri = "iowrapper:" }`);
      const name = /^[\w.]+/.exec(call)![0];
      await expect(mta.eval(`require("msys.db") require("msys.datasource") return ${call}`)).rejects.toThrow(
        `${name} is part of Momentum's API and is not simulated.`,
      );
      expect(mta).toHaveDiagnostic('NOT_SIMULATED');
    }
  });

function queries(row: TestRow): void {
  const sql = "'select a from t where b = ?', { 1 }";
  query('config-4-5b', row, `msys.db.query('csv', '/list.csv')`);
  query('config-4-8', row, `msys.db.query('csv', '/list.csv', nil, { nocache = true })`);
  query('config-4-9', row, `msys.db.query('mssql', ${sql})`, `msys.db.query('mssql', ${sql})`);
  query('config-4-p10', row, ...DRIVERS.map((driver) => `msys.db.query('${driver}', ${sql})`));
  query(
    'config-4-p11a',
    row,
    `msys.db.query('mssql', ${sql})`,
    "msys.db.query('mssql', 'select a from t where b = :name', { name = 1 })",
    "msys.db.query('other', 'file:///$name', { name = 'x' })",
  );
  query('config-4-p11b', row, "msys.db.execute('mssql', 'insert into t values (?, ?)', { nil, 1 })");
  const results = { '4-12': 'query', '4-13': 'fetch_row', '4-14': 'execute' };
  for (const [id, name] of Object.entries(results)) {
    query(`config-${id}a`, row, `msys.db.${name}('mssql', ${sql})`);
    query(`config-${id}b`, row, `msys.db.${name}('mssql', ${sql}, { raise_error = false })`);
  }
  query('config-4-p15a', row, `msys.db.fetch_row('mssql', ${sql}, { nocache = true })`);
  query('config-4-p15b', row, `msys.db.fetch_row('mssql', ${sql})`);
  query('config-4-p15c', row, "msys.db.query('mssql', 'select from')");
}

const DRIVERS = ['sqlite', 'odbc', 'ldap', 'csv', 'pgsql', 'cdb', 'iowrapper', 'mysql'];

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
