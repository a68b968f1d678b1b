import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Momentum, UsageError, type DataSourcesOption } from '../../../src';
import '../../../src/jest';
import { parseServerAddress, parseUri, withoutSecrets } from '../../../src/server/datasources/uri';

const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-'));
afterAll(() => rmSync(directory, { recursive: true }));
const start = (datasources: unknown, files = {}) =>
  Momentum.start({ datasources: datasources as DataSourcesOption, files });
const rows = async (mta: Momentum) => mta.datasources.get('db')!.query('select * from t');

test.each<[string, unknown, string]>([
  ['a list', [], 'option datasources: an object'],
  ['no kind', { db: {} }, 'one of { sqlite }, { uri } and { rows } expected'],
  ['text', { db: 'x.db' }, 'one of { sqlite }, { uri } and { rows } expected'],
  ['two kinds', { db: { sqlite: '', uri: 'csv:' } }, 'one of { sqlite }, { uri } and { rows } expected'],
  ['an unknown kind', { db: { sql: '' } }, "option datasources, 'db': one of"],
  ['no name', { '': { sqlite: '' } }, 'a name is not empty'],
  ['rows that are no function', { db: { rows: [] } }, 'rows: a function expected'],
  ['rows with types', { db: { rows: () => [], types: 'text' } }, 'no types'],
  ['types', { db: { sqlite: '', types: 'string' } }, "types: 'native' or 'text' expected"],
  ['a uri of another kind', { db: { uri: 1 } }, 'uri: text expected'],
  [
    'sqlite of another kind',
    { db: { sqlite: 1 } },
    'sqlite: SQL, a path or the bytes of a database expected',
  ],
  ['wrong SQL', { db: { sqlite: 'create tabel t' } }, `option datasources, 'db': near "tabel": syntax error`],
  [
    'a missing file',
    { db: { sqlite: 'no/such.sql' } },
    "option datasources, 'db': there is no file no/such.sql",
  ],
  ['a missing database', { db: { uri: 'sqlite:no/such.db' } }, 'there is no file no/such.db'],
  ['no database', { db: { sqlite: Buffer.from('text') } }, 'file is not a database'],
  ['a uri without a driver', { db: { uri: 'x' } }, "data source 'x': a uri begins with one of sqlite:, csv:"],
  ['a driver that is not simulated', { db: { uri: 'odbc:PWD=secret' } }, "'odbc:PWD=…': a uri begins with"],
  [
    'a uri with another key',
    { db: { uri: 'pgsql:hots=x;password=secret' } },
    "pgsql:hots=x;password=…: 'hots' is none of",
  ],
  ['a uri without keys', { db: { uri: 'mysql:localhost' } }, "'a part without =' is none of"],
  ['a port', { db: { uri: 'mysql:port=x' } }, "'x' is no port"],
])('%s', async (_case, option, message) => {
  const error: unknown = await start(option).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toContain(message);
  expect((error as Error).message).not.toContain('secret');
});

const SQL = "create table t (a); insert into t values ('x;y')";

test('SQL text, with comments or empty', async () => {
  expect(await rows(await start({ db: { sqlite: `-- a comment\n${SQL}; /* end */` } }))).toEqual([
    { a: 'x;y' },
  ]);
  for (const nothing of ['', ' \n', '-- nothing', '/* ; */ ;'])
    expect(
      await (await start({ db: { sqlite: nothing } })).datasources.get('db')!.query('select 1 as a'),
    ).toEqual([{ a: 1 }]);
});

test('a file of SQL: real, or of the option files', async () => {
  const file = path.join(directory, 'seed.sql');
  writeFileSync(file, SQL);
  expect(await rows(await start({ db: { sqlite: file } }))).toEqual([{ a: 'x;y' }]);
  expect(await rows(await start({ db: { sqlite: '/seed.SQL' } }, { '/seed.SQL': SQL }))).toEqual([
    { a: 'x;y' },
  ]);
});

test('a database: a real file, one of the option files, its bytes', async () => {
  const image = await imageOf(SQL);
  const file = path.join(directory, 'app.db');
  writeFileSync(file, image);
  for (const fixture of [{ sqlite: file }, { uri: `sqlite:${file}` }, { sqlite: image }])
    expect(await rows(await start({ db: fixture }))).toEqual([{ a: 'x;y' }]);
  expect(await rows(await start({ db: { sqlite: '/a.sqlite' } }, { '/a.sqlite': image }))).toEqual([
    { a: 'x;y' },
  ]);
});

async function imageOf(sql: string): Promise<Buffer> {
  const { default: init } = await import('sql.js');
  const { Database } = await init();
  const database = new Database();
  database.exec(sql);
  return Buffer.from(database.export());
}

test('what a seed sets lasts', async () => {
  const seed =
    'pragma foreign_keys = on; create table a (id integer primary key); create table t (a references a)';
  const mta = await start({ db: { sqlite: seed } });
  await expect(mta.datasources.get('db')!.query('insert into t values (1)')).rejects.toThrow(
    'execute: 19: FOREIGN KEY constraint failed',
  );
});

test('parseUri, parseServerAddress', () => {
  expect(parseUri('PGSQL: host=a ')).toEqual({ driver: 'pgsql', rest: 'host=a' });
  expect(parseUri('ldap://x')).toEqual({ driver: 'ldap', rest: '//x' });
  expect(parseUri('/path')).toBeUndefined();
  const uri = parseUri('pgsql:host=example.com;dbname=db_name;user=user_name; password=a=b;port=5432;')!;
  expect(parseServerAddress(uri)).toEqual({
    host: 'example.com',
    port: 5432,
    socket: undefined,
    database: 'db_name',
    user: 'user_name',
    password: 'a=b',
  });
  expect(withoutSecrets(uri)).toBe(
    'pgsql:host=example.com;dbname=db_name;user=user_name; password=…;port=5432;',
  );
  expect(parseServerAddress(parseUri('mysql:socket=/run/db')!)).toMatchObject({
    socket: '/run/db',
    host: 'localhost',
  });
});
