/** A real MySQL or MariaDB server (the driver `mysql`, 4/modules/ds-core), through the package `mysql2`. */
import type { Connection, ConnectionOptions, FieldPacket, TypeCastField, TypeCastNext } from 'mysql2/promise';
import { byteString, shownText } from '../bytes';
import {
  answerOf,
  DataSourceError,
  namedRow,
  type Answer,
  type ColumnTypes,
  type DataSource,
  type ParameterValue,
  type Query,
} from './data-source';
import { LazyConnection } from './lazy-connection';
import { optionalPackage } from './optional-package';
import { parameterBytes } from './parameter-bytes';
import { bindParameters, MYSQL } from './placeholders';
import { parseServerAddress, type SourceUri } from './uri';

interface Package {
  createConnection(options: ConnectionOptions): Promise<Connection>;
}

const INTEGERS: ReadonlySet<string> = new Set(['TINY', 'SHORT', 'INT24', 'LONG', 'LONGLONG', 'YEAR']);
const FLOATS: ReadonlySet<string> = new Set(['FLOAT', 'DOUBLE']);
/** What the wire has in a binary form, and the package makes text of. */
const TIMES: ReadonlySet<string> = new Set(['DATE', 'NEWDATE', 'TIME', 'DATETIME', 'TIMESTAMP']);
/** Beginning of SQLSTATE: syntax and names, which preparing finds out. */
const PREPARE_CLASS = '42';

/** Queries go over one connection. */
export class MysqlSource implements DataSource {
  readonly #package: Package;
  readonly #options: ConnectionOptions;
  readonly #connection: LazyConnection<Connection>;

  constructor(
    uri: SourceUri,
    private readonly types: ColumnTypes = 'native',
  ) {
    const { host, port, socket, database, user, password } = parseServerAddress(uri);
    this.#options = {
      ...(socket === undefined ? { host, port } : { socketPath: socket }),
      database,
      user,
      password,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
    };
    this.#connection = new LazyConnection(uri, () => this.#connect());
    this.#package = optionalPackage('mysql2/promise', 'a data source mysql:') as Package;
  }

  async query({ sql, parameters, maxRows }: Query): Promise<Answer> {
    const bound = bindParameters(sql, parameters, MYSQL);
    const connection = await this.#connection.get();
    try {
      const [result, fields] = (await connection.execute({
        sql: shownText(bound.sql),
        values: bound.values.map(toMysql),
        rowsAsArray: true,
        typeCast: (field: TypeCastField, next: TypeCastNext) => fromMysql(field, next, this.types),
      })) as unknown as [unknown, FieldPacket[] | undefined];
      const names = (fields ?? []).map(({ name }) => byteString(name));
      // A statement without a result set has a header in place of rows.
      const rows = Array.isArray(result) ? result : [];
      return {
        ...answerOf(
          rows.map((row) => namedRow(names, row as (string | number | undefined)[])),
          maxRows,
        ),
        unused: bound.unused,
      };
    } catch (error) {
      throw this.#failure(error as MysqlError, sql);
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #connect(): Promise<Connection> {
    const connection = await this.#package.createConnection(this.#options);
    // A connection that breaks while nobody waits for it.
    connection.on('error', () => this.#connection.lost());
    return connection;
  }

  #failure(error: MysqlError, sql: string): DataSourceError {
    if (error.fatal) this.#connection.lost();
    const stage = error.sqlState?.startsWith(PREPARE_CLASS) ? 'prepare' : 'execute';
    return new DataSourceError(stage, byteString(error.message), sql);
  }
}

interface MysqlError extends Error {
  readonly sqlState?: string;
  readonly fatal?: boolean;
}

const toMysql = (value: ParameterValue) =>
  value === undefined ? null : typeof value === 'number' ? value : parameterBytes(value);

function fromMysql(
  field: TypeCastField,
  next: TypeCastNext,
  types: ColumnTypes,
): string | number | undefined {
  if (INTEGERS.has(field.type) || FLOATS.has(field.type)) {
    const value = next() as number | string | null;
    if (value === null) return undefined;
    const number = Number(value);
    const isExact = FLOATS.has(field.type) || Number.isSafeInteger(number);
    return types === 'native' && isExact ? number : String(value);
  }
  if (TIMES.has(field.type)) return (next() as string | null) ?? undefined;
  return field.buffer()?.toString('latin1');
}
