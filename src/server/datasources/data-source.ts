/** What asks a database, and what it answers (4/modules/ds-core). Texts are byte strings, as scripts have them. */
import { shownText } from '../bytes';

/** The value of a parameter; undefined is NULL. */
export type ParameterValue = string | number | undefined;
/** A column's value; several where the driver has several for one name (LDAP). */
export type ColumnValue = string | number | readonly (string | number)[];
/** Values by the names of columns, or by their position from 1 where there are no names. NULL has no entry. */
export type Row = ReadonlyMap<string | number, ColumnValue>;

/** What the placeholders of a query stand for. */
export interface Parameters {
  /** By position from 1, for `?`. */
  readonly positional: ReadonlyMap<number, ParameterValue>;
  /** By name without its sigil, for `:name` and `$name`. */
  readonly named: ReadonlyMap<string, ParameterValue>;
}

export interface Query {
  readonly sql: string;
  readonly parameters: Parameters;
  /** Rows beyond these are not fetched. */
  readonly maxRows: number;
}

export interface Answer {
  readonly rows: readonly Row[];
  /** There were more than `maxRows`. */
  readonly isTruncated: boolean;
  /** Parameters that no placeholder asked for, as a script writes them. */
  readonly unused?: readonly string[];
  /** What follows the first statement and was not run. */
  readonly ignored?: string;
}

/** Where queries go in the end. Drivers that need no time answer at once. */
export interface DataSource {
  /** Throws, or rejects with, DataSourceError. */
  query(query: Query): Answer | Promise<Answer>;
  close(): void | Promise<void>;
}

/** Whether columns come with the types of the database, or all as text. */
export type ColumnTypes = 'native' | 'text';

type Stage = 'connect' | 'prepare' | 'execute';

/** A query failed in the database, or on the way there. */
export class DataSourceError extends Error {
  /** Byte string: what a script gets. */
  readonly text: string;

  /**
   * `reason` is what the driver says, `subject` what the paniclog's `failed to …` is about: the query as a rule
   * (4/4-implementing-policy-scriptlets). Byte strings.
   */
  constructor(
    readonly stage: Stage,
    reason: string,
    subject: string,
  ) {
    const text = `${reason}\nfailed to ${stage}: ${subject}`;
    super(shownText(text));
    this.name = 'DataSourceError';
    this.text = text;
  }
}

/** There is nothing behind a data source: the simulator has to be given something. */
export class DataSourceUnavailable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataSourceUnavailable';
  }
}

/** The first `maxRows` of all rows. */
export function answerOf(rows: readonly Row[], maxRows: number): Answer {
  return { rows: rows.length > maxRows ? rows.slice(0, maxRows) : rows, isTruncated: rows.length > maxRows };
}

/** A row of columns with names; of two with the same name, the last one counts. */
export function namedRow(names: readonly string[], values: readonly (ColumnValue | undefined)[]): Row {
  const row = new Map<string, ColumnValue>();
  for (const [i, name] of names.entries()) {
    const value = values[i];
    if (value === undefined) row.delete(name);
    else row.set(name, value);
  }
  return row;
}
