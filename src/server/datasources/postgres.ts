/** A real PostgreSQL server (the driver `pgsql`, 4/modules/ds-core), through the package `pg`. */
import type { Client, ClientConfig, QueryArrayResult } from 'pg';
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
import { LazyConnection, reasonOf } from './lazy-connection';
import { parameterBytes } from './parameter-bytes';
import { optionalPackage } from './optional-package';
import { bindParameters, POSTGRESQL, type BoundQuery } from './placeholders';
import { parseServerAddress, type SourceUri } from './uri';

type ClientClass = new (config: ClientConfig) => Client;

/** Types of columns by their object id (pg_type): what is a number for Lua, and bytes. */
const INTEGERS: ReadonlySet<number> = new Set([20, 21, 23, 26]);
const FLOATS: ReadonlySet<number> = new Set([700, 701]);
const BYTEA = 17;
/** Every column as the server writes it. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };
/** Classes of SQLSTATE: syntax and names, which preparing finds out, and connections. */
const PREPARE_CLASS = '42';
const CONNECTION_CLASSES: readonly string[] = ['08', '28', '3D', '53', '57'];

/** Queries go over one connection, one after the other. */
export class PostgresSource implements DataSource {
  readonly #Client: ClientClass;
  readonly #config: ClientConfig;
  readonly #client: LazyConnection<Client>;
  /** Settles when the query before is done: a connection takes one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    uri: SourceUri,
    private readonly types: ColumnTypes = 'native',
  ) {
    const { host, port, socket, database, user, password } = parseServerAddress(uri);
    this.#config = { host: socket ?? host, port, database, user, password };
    this.#client = new LazyConnection(uri, () => this.#connect());
    this.#Client = (optionalPackage('pg', 'a data source pgsql:') as { Client: ClientClass }).Client;
  }

  async query({ sql, parameters, maxRows }: Query): Promise<Answer> {
    const bound = bindParameters(sql, parameters, POSTGRESQL);
    const turn = this.#turn.then(async () => this.#run(await this.#client.get(), bound, sql));
    this.#turn = turn.catch(() => undefined);
    const result = await turn;
    const names = result.fields.map(({ name }) => byteString(name));
    const rows = result.rows.map((row: unknown[]) =>
      namedRow(
        names,
        row.map((value, i) => fromPostgres(value as string | null, result.fields[i]!.dataTypeID, this.types)),
      ),
    );
    return { ...answerOf(rows, maxRows), unused: bound.unused };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #connect(): Promise<Client> {
    const client = new this.#Client(this.#config);
    // A connection that breaks while nobody waits for it.
    client.on('error', () => this.#client.lost());
    await client.connect();
    return client;
  }

  async #run(
    client: Client,
    { sql, values }: BoundQuery,
    query: string,
  ): Promise<QueryArrayResult<unknown[]>> {
    const text = shownText(sql);
    // The extended protocol takes one statement, as preparing one does.
    const config = { text, values: values.map(toPostgres), rowMode: 'array' as const, types: AS_TEXT };
    try {
      return await client.query({ ...config, queryMode: 'extended' } as typeof config);
    } catch (error) {
      const { code = '08000' } = error as { code?: string };
      const isLost = CONNECTION_CLASSES.includes(code.slice(0, 2));
      if (isLost) this.#client.lost();
      const stage = code.startsWith(PREPARE_CLASS) ? 'prepare' : 'execute';
      throw new DataSourceError(stage, byteString(`ERROR:  ${reasonOf(error)}`), query);
    }
  }
}

const toPostgres = (value: ParameterValue) =>
  value === undefined ? null : typeof value === 'number' ? String(value) : parameterBytes(value);

function fromPostgres(text: string | null, type: number, types: ColumnTypes): string | number | undefined {
  if (text === null) return undefined;
  if (type === BYTEA && text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex').toString('latin1');
  if (types === 'native') {
    const number = Number(text);
    if (INTEGERS.has(type) && Number.isSafeInteger(number)) return number;
    if (FLOATS.has(type) && Number.isFinite(number)) return number;
  }
  return byteString(text);
}
