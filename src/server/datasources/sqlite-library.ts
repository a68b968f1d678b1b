/** SQLite, compiled to WebAssembly: the package `sql.js`. */

/** What is used of the library. */
export interface SqliteLibrary {
  readonly Database: new (image?: Uint8Array) => SqliteDatabase;
}

export interface SqliteDatabase {
  /** Runs all statements of a text. */
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  bind(values: (string | number | Uint8Array | null)[]): boolean;
  step(): boolean;
  get(parameters: null, options: { useBigInt: true }): SqliteValue[];
  getColumnNames(): string[];
  free(): boolean;
}

/** An INTEGER is a bigint, a REAL a number. */
export type SqliteValue = bigint | number | string | Uint8Array | null;

let loading: Promise<SqliteLibrary> | undefined;
let loaded: SqliteLibrary | undefined;

/** Loads the library once in a process; databases are made without waiting from then on. */
export function loadSqlite(): Promise<SqliteLibrary> {
  return (loading ??= load());
}

/** The library if it has been loaded. */
export const sqlite = (): SqliteLibrary | undefined => loaded;

async function load(): Promise<SqliteLibrary> {
  const { default: initSqlJs } = await import('sql.js');
  return (loaded = (await initSqlJs()) as unknown as SqliteLibrary);
}
