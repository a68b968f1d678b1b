/** The option `datasources`: what tests put behind the data sources of scripts. */
import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../../support/errors';
import type { ColumnTypes, DataSource } from './data-source';
import { isSqlite, sourceOfOption, sqliteOfImage, type DriverServices } from './drivers';
import { ScriptedSource, type RowsFunction } from './rows';
import { SqliteSource } from './sqlite';
import { sqlite } from './sqlite-library';
import { parseUri } from './uri';

export type DataSourceFixture =
  | {
      /** Statements that make the database, the path of a file of them (`.sql`), or of a database (`.db`, `.sqlite`). */
      readonly sqlite: string | Uint8Array;
      /** `text`: columns come as text, whatever their type; `native`. */
      readonly types?: ColumnTypes;
    }
  | {
      /** `driver:…` as in the configuration: pgsql, mysql, sqlite, csv, iowrapper. */
      readonly uri: string;
      readonly types?: ColumnTypes;
    }
  | {
      /** Answers every query; a promise makes the script wait, what it throws fails the query. */
      readonly rows: RowsFunction;
    };

/** By the name of the data source. */
export type DataSourcesOption = Readonly<Record<string, DataSourceFixture>>;

const KINDS = ['sqlite', 'uri', 'rows'] as const;

/** Throws UsageError for anything that is no DataSourcesOption. */
export function readDataSourcesOption(option: unknown): Map<string, DataSourceFixture> {
  if (typeof option !== 'object' || option === null || Array.isArray(option))
    throw new UsageError("option datasources: an object { 'name': { sqlite, uri or rows } } expected");
  for (const [name, fixture] of Object.entries(option) as [string, unknown][]) check(name, fixture);
  return new Map(Object.entries(option as DataSourcesOption));
}

function check(name: string, fixture: unknown): void {
  const wrong = (reason: string) => new UsageError(`option datasources, '${name}': ${reason}`);
  if (name === '') throw wrong('a name is not empty');
  if (typeof fixture !== 'object' || fixture === null)
    throw wrong('one of { sqlite }, { uri } and { rows } expected');
  const { types = 'native', ...kinds } = fixture as Record<string, unknown>;
  const [kind, ...others] = Object.keys(kinds);
  if (kind === undefined || others.length > 0 || !(KINDS as readonly string[]).includes(kind))
    throw wrong('one of { sqlite }, { uri } and { rows } expected');
  if (types !== 'native' && types !== 'text') throw wrong("types: 'native' or 'text' expected");
  const value = kinds[kind];
  if (kind === 'rows' && typeof value !== 'function') throw wrong('rows: a function expected');
  if (kind === 'rows' && 'types' in fixture) throw wrong('rows come as they are: no types');
  if (kind === 'uri' && typeof value !== 'string') throw wrong('uri: text expected');
  if (kind === 'sqlite' && typeof value !== 'string' && !(value instanceof Uint8Array))
    throw wrong('sqlite: SQL, a path or the bytes of a database expected');
}

export const needsSqlite = (fixture: DataSourceFixture) =>
  'sqlite' in fixture || ('uri' in fixture && isSqlite(fixture.uri));

/** Makes the data source of a fixture; SQLite has been loaded. Throws UsageError for what cannot be opened. */
export function openFixture(name: string, fixture: DataSourceFixture, services: DriverServices): DataSource {
  if ('rows' in fixture) return new ScriptedSource(name, fixture.rows);
  const { types = 'native' } = fixture;
  if ('uri' in fixture) return openUri(name, fixture.uri, { ...services, types });
  return attempt(name, () => openSqlite(fixture.sqlite, { ...services, types }));
}

function openUri(name: string, uri: string, services: DriverServices): DataSource {
  const parsed = parseUri(uri);
  if (parsed?.driver !== 'sqlite') return sourceOfOption(uri, services);
  return attempt(name, () => sqliteOfImage(contentOf(parsed.rest, services), services.types));
}

const FILE = /^[^\n;]+\.(?:(sql)|db|sqlite3?)$/i;

function openSqlite(given: string | Uint8Array, services: DriverServices): DataSource {
  if (typeof given !== 'string') return sqliteOfImage(Buffer.from(given), services.types);
  const [path, isSql] = FILE.exec(given.trim()) ?? [];
  if (path !== undefined && isSql === undefined)
    return sqliteOfImage(contentOf(path, services), services.types);
  const source = new SqliteSource(sqlite()!, undefined, services.types);
  try {
    source.run(path === undefined ? given : contentOf(path, services).toString('utf8'));
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
}

/** A file that scripts see, or else a real one of the test. */
function contentOf(path: string, { files }: DriverServices): Buffer {
  const known = files.get(path);
  if (known) return known;
  if (existsSync(path)) return readFileSync(path);
  throw new UsageError(`there is no file ${path}`);
}

function attempt(name: string, open: () => DataSource): DataSource {
  try {
    return open();
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`option datasources, '${name}': ${reason!}`);
  }
}
