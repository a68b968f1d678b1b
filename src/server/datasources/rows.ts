import { UsageError } from '../../support/errors';
import { byteString, textOfBytes } from '../bytes';
import {
  answerOf,
  DataSourceError,
  type Answer,
  type ColumnValue,
  type DataSource,
  type Parameters,
  type ParameterValue,
  type Query,
  type Row,
} from './data-source';

/** A parameter as a test sees it: text is UTF-8, other bytes are a Buffer, NULL is null. */
export type ShownParameter = string | number | Buffer | null;

/** What a test is given of the parameters: an array for `?`, an object for names; both kinds make an object. */
export type ShownParameters = readonly ShownParameter[] | Readonly<Record<string, ShownParameter>>;

/** Answers the rows of a query: objects by the names of columns, or arrays of columns; throws what fails. */
export type RowsFunction = (sql: string, parameters: ShownParameters) => unknown;

/** Rows that the test makes up. */
export class ScriptedSource implements DataSource {
  constructor(
    private readonly name: string,
    private readonly rows: RowsFunction,
  ) {}

  query(query: Query): Answer | Promise<Answer> {
    const result = this.#attempt(query, () =>
      this.rows(textOf(query.sql), shownParameters(query.parameters)),
    );
    if (result instanceof Promise)
      return result.then(
        (rows: unknown) => this.#answer(rows, query),
        (error: unknown) => this.#fail(query, error),
      );
    return this.#answer(result, query);
  }

  close(): void {
    // Nothing is held.
  }

  #attempt(query: Query, ask: () => unknown): unknown {
    try {
      return ask();
    } catch (error) {
      return this.#fail(query, error);
    }
  }

  #fail(query: Query, error: unknown): never {
    throw new DataSourceError(
      'execute',
      byteString(error instanceof Error ? error.message : String(error)),
      query.sql,
    );
  }

  #answer(rows: unknown, { maxRows }: Query): Answer {
    if (rows === undefined || rows === null) return answerOf([], maxRows);
    if (!Array.isArray(rows)) throw this.#wrong('an array of rows expected');
    return answerOf(
      rows.map((row: unknown) => this.#row(row)),
      maxRows,
    );
  }

  #row(row: unknown): Row {
    if (typeof row !== 'object' || row === null || row instanceof Uint8Array)
      throw this.#wrong(`a row is an object or an array, not ${JSON.stringify(row)}`);
    const columns: [string | number, unknown][] = Array.isArray(row)
      ? row.map((value: unknown, i) => [i + 1, value])
      : Object.entries(row).map(([name, value]) => [byteString(name), value]);
    const entries = columns.map(([name, value]) => [name, this.#column(value)] as const);
    return new Map(
      entries.filter((entry): entry is [string | number, ColumnValue] => entry[1] !== undefined),
    );
  }

  #column(value: unknown): ColumnValue | undefined {
    if (value === null || value === undefined) return undefined;
    if (!Array.isArray(value)) return this.#single(value);
    return value.map((item: unknown) => this.#single(item));
  }

  #single(value: unknown): string | number {
    if (typeof value === 'number') return value;
    if (typeof value === 'string' || value instanceof Uint8Array) return byteString(value);
    if (typeof value === 'bigint') return String(value);
    throw this.#wrong('a column is text, a number, a Buffer, null, or an array of those');
  }

  #wrong(reason: string): UsageError {
    return new UsageError(`datasources.${this.name}.rows: ${reason}`);
  }
}

const textOf = (bytes: string) => textOfBytes(Buffer.from(bytes, 'latin1'));

export function shownParameters({ positional, named }: Parameters): ShownParameters {
  const last = Math.max(0, ...positional.keys());
  if (named.size === 0)
    return Array.from({ length: last }, (_item, i) => shownParameter(positional.get(i + 1)));
  const all = [...positional, ...named].map(([key, value]): [string, ShownParameter] => [
    textOf(String(key)),
    shownParameter(value),
  ]);
  return Object.fromEntries(all);
}

function shownParameter(value: ParameterValue): ShownParameter {
  if (value === undefined) return null;
  if (typeof value === 'number') return value;
  const bytes = Buffer.from(value, 'latin1');
  const text = textOfBytes(bytes);
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes;
}
