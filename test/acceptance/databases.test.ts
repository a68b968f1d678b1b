/** The data sources of real servers, and SQLite beside them. */
import { Momentum } from '../../src';
import '../../src/jest';
import { optionalPackage } from '../../src/server/datasources/optional-package';
import { counterpart } from '../helpers/counterparts';
import { startMariadb, startPostgres, type DatabaseServer } from '../helpers/databases';

const REQUIRE = 'require("msys.db") require("msys.datasource") local db = msys.db';

interface Kind {
  readonly program: string;
  readonly start: () => Promise<DatabaseServer>;
  readonly uri: (port: number, password?: string) => string;
  readonly number: string;
  readonly bytes: string;
  /** A query whose columns have one type each, and the row of it. */
  readonly types: string;
  readonly row: Record<string, unknown>;
  readonly missingColumn: RegExp;
  readonly duplicate: string;
  readonly kill: string;
  readonly connections: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  PostgreSQL: {
    program: 'pg_ctlcluster',
    start: startPostgres,
    uri: (port, password = 'secret') =>
      `pgsql:host=127.0.0.1;dbname=postgres;user=tester;password=${password};port=${port}`,
    number: 'integer',
    bytes: 'bytea',
    types: `select 1::smallint as small, 5000000000::bigint as big, 9007199254740993::bigint as exact, 1.5::float8 as real,
      1.50::numeric as decimal, true as yes, 'é'::text as txt, '\\x00ff'::bytea as raw, null as none, date '2026-01-02' as day`,
    row: {
      small: 1,
      big: 5e9,
      exact: '9007199254740993',
      real: 1.5,
      decimal: '1.50',
      yes: 't',
      txt: 'é',
      raw: Buffer.from([0, 255]),
      day: '2026-01-02',
    },
    missingColumn: /^ERROR: {2}column "nope" does not exist\nfailed to prepare: select nope from t$/,
    duplicate: 'ERROR:  duplicate key value violates unique constraint "t_pkey"',
    kill: 'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = current_user',
    connections: `select count(*) as c from pg_stat_activity where usename = current_user and backend_type = 'client backend'`,
  },
  MariaDB: {
    program: 'mariadb-install-db',
    start: startMariadb,
    uri: (port, password = 'secret') =>
      `mysql:host=127.0.0.1;port=${port};dbname=test;user=tester;password=${password}`,
    number: 'integer',
    bytes: 'varbinary(20)',
    types: `select cast(1 as int) as small, 5000000000 as big, 9007199254740993 as exact, 1.5e0 as \`real\`,
      1.50 as \`decimal\`, true as yes, 'é' as txt, x'00ff' as raw, null as none, date '2026-01-02' as day`,
    row: {
      small: 1,
      big: 5e9,
      exact: '9007199254740993',
      real: 1.5,
      decimal: '1.50',
      yes: 1,
      txt: 'é',
      raw: Buffer.from([0, 255]),
      day: '2026-01-02',
    },
    missingColumn: /^Unknown column 'nope' in '[\w ]+'\nfailed to prepare: select nope from t$/,
    duplicate: "Duplicate entry '1' for key 'PRIMARY'",
    kill: `select concat('kill ', id) as statement from information_schema.processlist where user = 'tester' and id <> connection_id()`,
    connections: `select count(*) as c from information_schema.processlist where user = 'tester'`,
  },
};

describe.each(Object.entries(KINDS))('%s', (_name, kind) => {
  const compare = counterpart(kind.program);
  let starting: Promise<DatabaseServer> | undefined;
  const port = async () => (await (starting ??= kind.start())).port;
  afterAll(async () => (await starting)?.stop(), 60_000);

  const withServer = async (password?: string) =>
    Momentum.start({ datasources: { db: { uri: kind.uri(await port(), password) } } });
  const fresh = async () => {
    const mta = await withServer();
    const { query } = bound(mta);
    await query('drop table if exists t');
    await query(`create table t (n ${kind.number} primary key, s varchar(100), b ${kind.bytes})`);
    await query("insert into t (n, s) values (1, 'one'), (2, 'zwölf'), (3, null)");
    return mta;
  };
  const bound = (mta: Momentum) => {
    const view = mta.datasources.get('db')!;
    return { query: view.query.bind(view) };
  };
  const run = (mta: Momentum, lua: string) => mta.eval(`${REQUIRE} ${lua}`);

  compare('the documented idiom', async () => {
    const mta = await fresh();
    expect(
      await run(
        mta,
        `local found = {}
         for row in db.query('db', 'select n, s from t where n < ? order by n', { 3 }) do found[#found + 1] = row end
         return found, db.fetch_row('db', 'select s from t where n = :n or s = :s', { n = 2, s = 'no' }).s`,
      ),
    ).toEqual([
      [
        { n: 1, s: 'one' },
        { n: 2, s: 'zwölf' },
      ],
      'zwölf',
    ]);
    expect(mta.diagnostics).toHaveLength(0);
  });

  compare('types of columns', async () => {
    const mta = await withServer();
    expect(await run(mta, `return db.fetch_row('db', [==[${kind.types}]==])`)).toEqual([kind.row]);
    const text = await Momentum.start({
      datasources: { db: { uri: kind.uri(await port()), types: 'text' } },
    });
    expect(await run(text, `return db.fetch_row('db', [==[${kind.types}]==])`)).toMatchObject([
      { small: '1', big: '5000000000', real: '1.5' },
    ]);
  });

  compare('parameters', async () => {
    const mta = await fresh();
    expect(
      await run(
        mta,
        `assert(db.execute('db', 'insert into t values (?, ?, ?)', { 4, 'é ? :x', '\\255\\0\\1' }))
         db.execute('db', 'insert into t values (?, ?, ?)', { 5 })
         local row = db.fetch_row('db', 'select n, s, b from t where s = ? limit ?', { 'é ? :x', 1 })
         local nothing = db.fetch_row('db', 'select n from t where s = ?', { nil })
         return row, nothing, db.fetch_row('db', 'select s from t where n = 5')`,
      ),
    ).toEqual([{ n: 4, s: 'é ? :x', b: Buffer.from([255, 0, 1]) }, undefined, {}]);
  });

  compare('failures', async () => {
    const mta = await fresh();
    const failure = async (sql: string) => {
      const [, message] = await run(mta, `return db.execute('db', "${sql}", nil, { raise_error = false })`);
      return message;
    };
    expect(await failure('select nope from t')).toMatch(kind.missingColumn);
    expect(await failure('insert into t (n) values (1)')).toBe(
      `${kind.duplicate}\nfailed to execute: insert into t (n) values (1)`,
    );
    expect(await failure('delete from t; delete from t')).toContain(
      'failed to prepare: delete from t; delete',
    );
    await expect(run(mta, `db.query('db', 'selec')`)).rejects.toThrow('failed to prepare: selec');
    expect(mta.paniclog.map(({ message }) => message)).toEqual([
      'failed to prepare',
      'failed to execute',
      'failed to prepare',
      'failed to prepare',
    ]);
    expect(await run(mta, `return db.fetch_row('db', 'select count(*) as c from t').c`)).toEqual([3]);
  });

  compare('a password that is wrong, a server that is not there', async () => {
    const ask = `return db.fetch_row('db', 'select 1', nil, { raise_error = false })`;
    const wrong = await withServer('wrong');
    const [row, message] = await run(wrong, ask);
    expect(row).toBeUndefined();
    expect(message).toMatch(/password|denied/i);
    expect(message).toMatch(/failed to connect: (pgsql|mysql):.*password=…/);
    const nowhere = await Momentum.start({ datasources: { db: { uri: kind.uri(1) } } });
    expect((await run(nowhere, ask))[1]).toMatch(/ECONNREFUSED/);
    expect([wrong, nowhere].map(({ paniclog }) => paniclog[0]!.message)).toEqual([
      'failed to connect',
      'failed to connect',
    ]);
  });

  compare('a connection that was cut is opened again', async () => {
    const mta = await withServer();
    const other = await withServer();
    expect(await run(mta, `return db.fetch_row('db', 'select 1 as a').a`)).toEqual([1]);
    for (const row of await bound(other).query(kind.kill)) {
      const { statement } = row as { statement?: string };
      if (statement !== undefined) await bound(other).query(statement);
    }
    const answers: unknown[] = [];
    for (let i = 0; i < 3; i++)
      answers.push(
        (
          await run(
            mta,
            `return (db.fetch_row('db', 'select ${i} + 2 as a', nil, { raise_error = false }) or {}).a`,
          )
        )[0],
      );
    expect(answers.at(-1)).toBe(4);
    expect(mta.paniclog.length).toBeLessThanOrEqual(1);
  });

  compare('sessions at the same time, max_rows, and the end', async () => {
    const mta = await fresh();
    const sums = await Promise.all(
      Array.from({ length: 20 }, (_session, i) =>
        run(mta, `return db.fetch_row('db', 'select n + ? as a from t where n = 1', { ${i} }).a`),
      ),
    );
    expect(sums.map(([sum]) => Number(sum))).toEqual(Array.from({ length: 20 }, (_session, i) => i + 1));
    const product = 'select a.n from t a, t b, t c, t d, t e';
    expect(
      await run(mta, `local n = 0 for _ in db.query('db', '${product}') do n = n + 1 end return n`),
    ).toEqual([100]);
    expect(mta).toHaveDiagnostic('ROWS_DROPPED');
    const other = await withServer();
    const connections = async () =>
      Number(((await bound(other).query(kind.connections))[0] as { c: unknown }).c);
    const before = await connections();
    await mta.stop();
    // The server notices the end of a connection a little later.
    while ((await connections()) >= before);
    expect(await connections()).toBe(before - 1);
  });

  compare('as SQLite answers', async () => {
    const real = await fresh();
    const embedded = await Momentum.start({
      datasources: {
        db: {
          sqlite: `create table t (n integer primary key, s varchar(100), b blob);
            insert into t (n, s) values (1, 'one'), (2, 'zwölf'), (3, null)`,
        },
      },
    });
    const queries = [
      `'select n, s from t order by n'`,
      `'select n from t where s = ?', { 'zwölf' }`,
      `'select n from t where s is null or s = :s order by n', { s = 'one' }`,
      `'select count(*) as c, max(n) as m, min(s) as s from t where n > ?', { 1 }`,
      `'select n from t where n = ?', { 99 }`,
      `'select n as "Name", s as n from t where n = ?', { 1 }`,
      `"select '?' as a, ':x' as b from t where n = 1 -- :c"`,
    ];
    for (const query of queries) {
      const lua = `local rows = {} for row in db.query('db', ${query}) do rows[#rows + 1] = row end return rows`;
      const rows = (
        await run(real, lua.replace('"Name"', kind.start === startMariadb ? '`Name`' : '"Name"'))
      )[0];
      expect([query, rows]).toEqual([query, (await run(embedded, lua))[0]]);
    }
  });
});

test('a package that is missing is named', () => {
  expect(() => optionalPackage('@nobody/has-this', 'a data source x:')).toThrow(
    "a data source x: needs the package '@nobody/has-this', which is not installed: npm install --save-dev @nobody/has-this",
  );
  expect(() => optionalPackage('nobody-has/this', 'a data source x:')).toThrow(
    'npm install --save-dev nobody-has',
  );
});
