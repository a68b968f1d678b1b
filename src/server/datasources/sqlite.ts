import { isUtf8 } from 'node:buffer';
import { byteString, shownText } from '../bytes';
import {
  DataSourceError,
  DataSourceUnavailable,
  namedRow,
  type Answer,
  type ColumnTypes,
  type DataSource,
  type ParameterValue,
  type Query,
  type Row,
} from './data-source';
import { bindParameters, SQLITE, withoutComments, type BoundQuery } from './placeholders';
import type { SqliteDatabase, SqliteLibrary, SqliteStatement, SqliteValue } from './sqlite-library';

/** SQLite's result codes by the beginnings of its messages; every other one is SQLITE_ERROR. */
const RESULT_CODES: readonly (readonly [message: RegExp, code: number])[] = [
  [/ constraint failed/, 19],
  [/^datatype mismatch/, 20],
  [/^attempt to write a readonly database/, 8],
  [/^(?:file is not a database|file is encrypted)/, 26],
  [/^database disk image is malformed/, 11],
  [/^string or blob too big/, 18],
];
const SQLITE_ERROR = 1;
/** Files of the machine, which an embedded database does not have. */
const REACHES_FILES = /^(?:attach|vacuum\s+(?:\w+\s+)?into)\b/i;

/** A database in memory (the driver `sqlite`, 4/modules/ds-core). */
export class SqliteSource implements DataSource {
  readonly #database: SqliteDatabase;
  private readonly types: ColumnTypes;

  /** From the bytes of a database file, or empty. */
  constructor(library: SqliteLibrary, image: Uint8Array | undefined, types: ColumnTypes = 'native') {
    this.#database = new library.Database(image);
    this.types = types;
  }

  /** Runs statements; throws SQLite's error. */
  run(sql: string): void {
    if (withoutComments(sql) !== '') this.#database.exec(sql);
  }

  query({ sql, parameters, maxRows }: Query): Answer {
    const bound = bindParameters(sql, parameters, SQLITE);
    if (REACHES_FILES.test(withoutComments(sql)))
      throw new DataSourceUnavailable(`statements that reach files are not simulated: ${shownText(sql)}`);
    const statement = this.#prepare(bound, sql);
    try {
      statement.bind(bound.values.map(toSqlite));
      const rows = this.#fetch(statement, maxRows);
      const { unused, rest } = bound;
      return { rows: rows.slice(0, maxRows), isTruncated: rows.length > maxRows, unused, ignored: rest };
    } catch (error) {
      throw failure('execute', error, sql);
    } finally {
      statement.free();
    }
  }

  close(): void {
    this.#database.close();
  }

  #prepare(bound: BoundQuery, sql: string): SqliteStatement {
    try {
      return this.#database.prepare(shownText(bound.sql));
    } catch (error) {
      throw failure('prepare', error, sql);
    }
  }

  /** One more than `maxRows` when there are more. */
  #fetch(statement: SqliteStatement, maxRows: number): Row[] {
    const rows: Row[] = [];
    const names = statement.getColumnNames().map(byteString);
    while (rows.length <= maxRows && statement.step()) {
      const values = statement.get(null, { useBigInt: true });
      rows.push(
        namedRow(
          names,
          values.map((value) => fromSqlite(value, this.types)),
        ),
      );
    }
    return rows;
  }
}

function failure(stage: 'prepare' | 'execute', error: unknown, sql: string): DataSourceError {
  const message = error instanceof Error ? error.message : String(error);
  const code = RESULT_CODES.find(([pattern]) => pattern.test(message))?.[1] ?? SQLITE_ERROR;
  return new DataSourceError(stage, byteString(`${stage}: ${code}: ${message}`), sql);
}

/** What is UTF-8 is text; other bytes are a blob, so that none is lost. */
function toSqlite(value: ParameterValue): string | number | Uint8Array | null {
  if (value === undefined) return null;
  if (typeof value === 'number') return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) && !value.includes('\0') ? bytes.toString('utf8') : bytes;
}

/** An integer beyond what a number of Lua holds exactly is text. */
function fromSqlite(value: SqliteValue, types: ColumnTypes): string | number | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string' || value instanceof Uint8Array) return byteString(value);
  const number = Number(value);
  if (typeof value === 'bigint')
    return types === 'native' && Number.isSafeInteger(number) ? number : String(value);
  if (types === 'native') return number;
  return Number.isInteger(number) ? number.toFixed(1) : String(number);
}
