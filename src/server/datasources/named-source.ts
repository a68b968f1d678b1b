/** A data source as scripts know it: by the name of its cache (4/modules/ds-core). */
import type { Cache } from '../cache';
import type { VirtualClock } from '../clock';
import type { Logs } from '../logs';
import type { RuleCode } from '../rules';
import { shownText } from '../bytes';
import { DataSourceError, type Answer, type DataSource, type Parameters, type Row } from './data-source';
import { shownParameters, type ShownParameters } from './rows';

/** The options of a stanza `Datasource`. */
export interface SourceSettings {
  /** Infinite for -1. */
  readonly maxRows: number;
  readonly noCache: boolean;
  /** The thread pool in which queries run. */
  readonly pool: string;
  readonly charset: string;
}

/** A query that a script made. */
export interface DataSourceQuery {
  readonly kind: 'query' | 'execute';
  readonly sql: string;
  readonly parameters: ShownParameters;
  /** Virtual time. */
  readonly at: Date;
  /** Answered from the cache, or together with the same query that was under way. */
  readonly cached: boolean;
  /** How many rows it gave; undefined as long as it takes, and when it failed. */
  readonly rows?: number;
  readonly error?: string;
}

export interface Request {
  readonly kind: DataSourceQuery['kind'];
  readonly sql: string;
  readonly parameters: Parameters;
  readonly bypassesCache: boolean;
  /** Runs work where queries run; what is in the cache needs none of it. */
  readonly dispatch: (work: () => Answer | Promise<Answer>) => Answer | Promise<Answer>;
  readonly report: (code: RuleCode, message: string) => void;
}

export interface SourceServices {
  readonly clock: VirtualClock;
  readonly logs: Logs;
  readonly cache: () => Cache | undefined;
  readonly settings: () => SourceSettings;
}

/** Queries that are remembered for the test, the newest ones. */
const REMEMBERED = 10_000;
const CHANGES_DATA = /^\s*(?:insert|update|delete|replace|merge|truncate|create|drop|alter)\b/i;

export class NamedSource {
  readonly queries: DataSourceQuery[] = [];
  #next = 0;

  constructor(
    readonly name: string,
    private readonly sources: readonly DataSource[],
    private readonly services: SourceServices,
  ) {}

  /** Throws, or rejects with, DataSourceError. At once when neither the cache nor the driver needs time. */
  run(request: Request): readonly Row[] | Promise<readonly Row[]> {
    const record = this.#record(request);
    const { cache: cacheOf, settings } = this.services;
    const cache = cacheOf();
    const isCached =
      request.kind === 'query' && !request.bypassesCache && !settings().noCache && cache !== undefined;
    const fetch = () => {
      record.cached = false;
      return this.#fetch(request);
    };
    return settle(
      () => (isCached ? (cache as Cache<Answer>).resolve(keyOf(request), fetch) : fetch()),
      ({ rows }) => {
        record.rows = rows.length;
        if (record.cached) this.#checkHit(request);
        return rows;
      },
      (error) => {
        record.error = error instanceof Error ? error.message : String(error);
        throw error;
      },
    );
  }

  async close(): Promise<void> {
    for (const source of this.sources) await source.close();
  }

  /** The sources of a list take turns. */
  ask(sql: string, parameters: Parameters, maxRows: number): Answer | Promise<Answer> {
    const source = this.sources[this.#next++ % this.sources.length]!;
    return source.query({ sql, parameters, maxRows });
  }

  #record({ kind, sql, parameters }: Request): {
    -readonly [K in keyof DataSourceQuery]: DataSourceQuery[K];
  } {
    const { clock } = this.services;
    const record = {
      kind,
      sql: shownText(sql),
      parameters: shownParameters(parameters),
      at: clock.now(),
      cached: true,
    };
    this.queries.push(record);
    if (this.queries.length >= 2 * REMEMBERED) this.queries.splice(0, REMEMBERED);
    return record;
  }

  #fetch(request: Request): Answer | Promise<Answer> {
    const { settings, logs } = this.services;
    const { kind, sql, parameters, dispatch } = request;
    const maxRows = kind === 'query' ? settings().maxRows : Infinity;
    return settle(
      () => dispatch(() => this.ask(sql, parameters, maxRows)),
      (answer) => {
        this.#checkAnswer(request, answer, maxRows);
        return answer;
      },
      (error) => {
        // The paniclog is terse (4/4-implementing-policy-scriptlets).
        if (error instanceof DataSourceError) logs.panic('datasource', `failed to ${error.stage}`);
        throw error;
      },
    );
  }

  #checkAnswer({ sql, report }: Request, answer: Answer, maxRows: number): void {
    const query = shownText(sql.trim());
    if (answer.isTruncated)
      report(
        'ROWS_DROPPED',
        `the query has more than ${maxRows} rows, of which ${maxRows} are fetched: set max_rows of Datasource "${this.name}". Query: ${query}`,
      );
    if (answer.unused && answer.unused.length > 0)
      report(
        'UNUSED_PARAMETER',
        `no placeholder of the query takes ${answer.unused.map(shownText).join(', ')}: ${query}`,
      );
    if (answer.ignored)
      report(
        'IGNORED_STATEMENT',
        `a query is one statement; this one's end is not executed: ${shownText(answer.ignored)}`,
      );
  }

  #checkHit({ sql, report }: Request): void {
    if (CHANGES_DATA.test(sql))
      report(
        'CACHED_STATEMENT',
        `msys.db.query answered from the cache of '${this.name}' and did not execute the statement again; use msys.db.execute: ${shownText(sql.trim())}`,
      );
  }
}

/** Runs work that may answer at once or later, and goes on with its result the same way. */
function settle<In, Out>(
  work: () => In | Promise<In>,
  done: (value: In) => Out,
  failed: (error: unknown) => never,
): Out | Promise<Out> {
  let result: In | Promise<In>;
  try {
    result = work();
  } catch (error) {
    return failed(error);
  }
  return result instanceof Promise ? result.then(done, failed) : done(result);
}

/** The same query with the same parameters, in whatever order a script wrote them. */
function keyOf({ sql, parameters: { positional, named } }: Request): string {
  const sorted = (map: ReadonlyMap<number | string, unknown>) =>
    [...map].sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([sql, sorted(positional), sorted(named)]);
}
