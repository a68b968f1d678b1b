/** Data sources by the driver of their `uri` (4/modules/ds-core). */
import { UsageError } from '../../support/errors';
import { byteString } from '../bytes';
import {
  DataSourceError,
  DataSourceUnavailable,
  type Answer,
  type ColumnTypes,
  type DataSource,
  type Query,
} from './data-source';
import { CsvSource, IoWrapperSource, type SourceFiles } from './file-sources';
import { MysqlSource } from './mysql';
import { PostgresSource } from './postgres';
import { SqliteSource } from './sqlite';
import { sqlite } from './sqlite-library';
import { parseUri, withoutSecrets, type SourceUri } from './uri';

export interface DriverServices {
  readonly files: SourceFiles;
  readonly charset: () => string;
  readonly types: ColumnTypes;
}

type Driver = (uri: SourceUri, services: DriverServices) => DataSource;

/** What the simulator itself has. */
const EMBEDDED: Readonly<Record<string, Driver>> = {
  sqlite: ({ rest }, { files, types }) => new LazySource(() => openSqliteFile(rest, files, types)),
  csv: (_uri, { files, charset }) => new CsvSource(files, charset),
  iowrapper: (_uri, { files, charset }) => new IoWrapperSource(files, charset),
};

/** Servers that a test has to ask for: a configuration may name production's. */
const SERVERS: Readonly<Record<string, Driver>> = {
  pgsql: (uri, { types }) => new PostgresSource(uri, types),
  mysql: (uri, { types }) => new MysqlSource(uri, types),
};

/** Whether databases of a URI need SQLite. */
export const isSqlite = (uri: string) => parseUri(uri)?.driver === 'sqlite';

/** The source of a URI in a test's option. Throws UsageError for one that cannot be had. */
export function sourceOfOption(uri: string, services: DriverServices): DataSource {
  const parsed = parseUri(uri);
  const known = { ...EMBEDDED, ...SERVERS };
  const driver = parsed && Object.hasOwn(known, parsed.driver) ? known[parsed.driver] : undefined;
  if (parsed && driver) return driver(parsed, services);
  throw new UsageError(
    `data source '${parsed ? withoutSecrets(parsed) : uri}': a uri begins with one of ${Object.keys(known).join(':, ')}:`,
  );
}

/** The source of a URI of the configuration. One that the simulator does not have says so when it is asked. */
export function sourceOfConfiguration(name: string, uri: string, services: DriverServices): DataSource {
  const parsed = parseUri(uri);
  const driver = parsed && Object.hasOwn(EMBEDDED, parsed.driver) ? EMBEDDED[parsed.driver] : undefined;
  if (parsed && driver) return driver(parsed, services);
  return new LazySource(() => {
    throw unavailable(name, parsed ? withoutSecrets(parsed) : uri);
  });
}

export function unavailable(name: string, uri: string): DataSourceUnavailable {
  return new DataSourceUnavailable(
    `the data source '${name}' (${uri || 'without a uri'}) is not simulated. Give the test one: datasources: { '${name}': { sqlite: 'CREATE TABLE …' } }, or { rows: (sql, params) => [{ column: value }] }, or { uri } of a test database (sqlite:, pgsql:, mysql:, csv:, iowrapper:).`,
  );
}

/** A file that is there is read; from then on the database lives in memory. */
function openSqliteFile(path: string, files: SourceFiles, types: ColumnTypes): DataSource {
  const image = files.get(path);
  if (!image)
    throw new DataSourceUnavailable(
      `the data source sqlite:${path} has no file: give the test one with the option files, or a database with datasources: { name: { sqlite: 'CREATE TABLE …' } }`,
    );
  return sqliteOfImage(image, types);
}

/** Throws DataSourceError for what is no database; nothing at all is an empty one. */
export function sqliteOfImage(image: Buffer, types: ColumnTypes): SqliteSource {
  if (image.length > 0 && !image.toString('latin1', 0, 16).startsWith('SQLite format 3\0'))
    throw new DataSourceError('connect', byteString('connect: 26: file is not a database'), 'sqlite');
  return new SqliteSource(sqlite()!, image.length > 0 ? image : undefined, types);
}

/** Opened by the first query. */
class LazySource implements DataSource {
  #source: DataSource | undefined;

  constructor(private readonly open: () => DataSource) {}

  query(query: Query): Answer | Promise<Answer> {
    return (this.#source ??= this.open()).query(query);
  }

  close(): void | Promise<void> {
    return this.#source?.close();
  }
}
