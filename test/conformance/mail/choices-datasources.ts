import { Momentum, type DataSourcesOption, type MomentumOptions } from '../../../src';
import '../../../src/jest';
import type { TestRow } from './support';

const SEED =
  "create table t (n integer primary key, r real, s text); insert into t values (1, 1.5, 'one'), (2, 2, 'two')";
const REQUIRE = 'require("msys.db") require("msys.datasource") local db = msys.db';
const start = (datasources: DataSourcesOption = { db: { sqlite: SEED } }, options: MomentumOptions = {}) =>
  Momentum.start({ datasources, ...options });
const run = (mta: Momentum, lua: string) => mta.eval(`${REQUIRE} ${lua}`);
const codes = (mta: Momentum) => [...mta.diagnostics].map(({ code }) => code);

export function dataSourceChoices(row: TestRow): void {
  results(row);
  caching(row);
  sources(row);
  placeholders(row);
  files(row);
  excess(row);
}

function results(row: TestRow): void {
  row('M110', async () => {
    const query = `return db.fetch_row('db', "select n, r, s, null as z, 9007199254740993 as big, x'ff' as b from t")`;
    expect(await run(await start(), query)).toEqual([
      { n: 1, r: 1.5, s: 'one', big: '9007199254740993', b: Buffer.from([255]) },
    ]);
    expect(await run(await start({ db: { sqlite: SEED, types: 'text' } }), query)).toMatchObject([
      { n: '1', r: '1.5' },
    ]);
  });

  row('M111', async () => {
    const mta = await start();
    const failure = async (sql: string) =>
      (await run(mta, `return db.execute('db', '${sql}', nil, { raise_error = false })`))[1];
    expect(await failure('select x')).toBe('prepare: 1: no such column: x\nfailed to prepare: select x');
    expect(await failure('insert into t (n) values (1)')).toBe(
      'execute: 19: UNIQUE constraint failed: t.n\nfailed to execute: insert into t (n) values (1)',
    );
    expect(mta.paniclog.map(({ text }) => text)).toEqual([
      '1767225600:datasource: failed to prepare',
      '1767225600:datasource: failed to execute',
    ]);
  });
}

function caching(row: TestRow): void {
  row('M112', async () => {
    const mta = await start();
    const insert = (name: string) => `db.${name}('db', "insert into t (s) values ('x')")`;
    await run(mta, `${insert('execute')} ${insert('execute')}`);
    expect(await mta.datasources.get('db')!.row('select count(*) as c from t')).toEqual({ c: 4 });
    expect(codes(mta)).toEqual([]);
    await run(mta, `${insert('query')} ${insert('query')}`);
    expect(await mta.datasources.get('db')!.row('select count(*) as c from t')).toEqual({ c: 5 });
    expect(mta).toHaveDiagnostic('CACHED_STATEMENT');
  });

  row('M113', async () => {
    const mta = await start();
    await run(
      mta,
      `for _, params in ipairs { { a = 1, b = 2 }, { b = 2, a = 1 }, { a = '1', b = 2 } } do
       db.query('db', 'select n from t where n = :a + :b + 9', params)
     end
     db.query('db', 'select n from t where n = :a + :b + 9', { a = 1, b = 2 }, { nocache = true })`,
    );
    expect(mta.datasources.get('db')!.queries.map(({ cached, rows }) => [cached, rows])).toEqual([
      [false, 0],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
  });
}

function sources(row: TestRow): void {
  row('M114', async () => {
    const mta = await start();
    await expect(run(mta, `db.query('DB', 'select 1')`)).rejects.toThrow('no such datasource cache: DB');
    expect(mta).toHaveDiagnostic('UNKNOWN_DATASOURCE');
  });

  row('M116', async () => {
    // Nobody listens there, and nobody is asked before the first query.
    const mta = await start({ db: { uri: 'pgsql:host=127.0.0.1;port=1;password=secret' } });
    const [, message] = await run(mta, `return db.query('db', 'select 1', nil, { raise_error = false })`);
    expect(message).toMatch(/ECONNREFUSED.*\nfailed to connect: pgsql:host=127\.0\.0\.1;port=1;password=…$/s);
    expect(mta.paniclog).toHaveLength(1);
    const configured = await start(
      {},
      { config: { text: 'Datasource "db" { uri = "pgsql:host=127.0.0.1;port=1" }' } },
    );
    await expect(run(configured, `db.query('db', 'select 1')`)).rejects.toThrow('is not simulated');
    expect(configured).toHaveDiagnostic('NOT_SIMULATED');
  });
}

function placeholders(row: TestRow): void {
  row('M115', async () => {
    const mta = await start();
    expect(
      await run(
        mta,
        `return db.fetch_row('db', "select ? as a, :b as b, $c as c, ? as d, ':e' as e", { true, b = 'B', c = 3 })`,
      ),
    ).toEqual([{ a: 1, b: 'B', c: 3, e: ':e' }]);
    expect(codes(mta)).toEqual([]);
    await run(mta, `db.query('db', 'select :name', { nmae = 1 })`);
    expect(mta).toHaveDiagnostic('UNUSED_PARAMETER');
  });
}

function files(row: TestRow): void {
  row('M117', async () => {
    const files = { '/list.csv': Buffer.from('é,b,c\n', 'latin1'), '/text': 'x' };
    const mta = await start({ csv: { uri: 'csv:' }, io: { uri: 'iowrapper:' } }, { files });
    expect(
      await run(
        mta,
        `return db.fetch_row('csv', '/$file?cols=2', { file = 'list.csv' }), db.fetch_row('io', 'file:///text')`,
      ),
    ).toEqual([['é', 'b'], ['x']]);
  });

  row('M118', async () => {
    const mta = await start();
    await mta.eval(`
    local flags = msys.core.O_CREAT | msys.core.O_WRONLY
    local log = msys.core.io_wrapper_open('jlog://var/log/new/a', flags, 0644)
    log:write('one', 3) log:write('two', 3)
    msys.core.io_wrapper_open('jlog:///var/log/new/a=>reader', flags, 0644)`);
    expect([...mta.jlogs]).toMatchObject([
      {
        path: '/var/log/new/a',
        subscribers: ['master', 'reader'],
        records: [{ text: 'one' }, { text: 'two' }],
      },
    ]);
    await expect(mta.eval(`msys.core.io_wrapper_open('jlog:///var/log/new/a', 0, 0)`)).rejects.toThrow(
      'is not simulated',
    );
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });
}

function excess(row: TestRow): void {
  row('M119', async () => {
    const mta = await start(undefined, { config: { text: 'Datasource "db" { max_rows = 1 }' } });
    expect(
      await run(mta, `local n = 0 for _ in db.query('db', 'select * from t') do n = n + 1 end return n`),
    ).toEqual([1]);
    expect(mta).toHaveDiagnostic('ROWS_DROPPED');
    await run(mta, `db.execute('db', 'select 1; delete from t')`);
    expect(mta).toHaveDiagnostic('IGNORED_STATEMENT');
    expect(await mta.datasources.get('db')!.row('select count(*) as c from t')).toEqual({ c: 2 });
  });
}
