import {
  callerOf,
  LuaRaise,
  LuaTable,
  toDisplay,
  type HostCall,
  type HostResult,
  type LuaValue,
} from '../lua';
import { nearestOf } from '../catalogue';
import {
  DataSourceError,
  DataSourceUnavailable,
  type Answer,
  type Row,
} from '../server/datasources/data-source';
import type { Request } from '../server/datasources/named-source';
import type { RuleCode } from '../server/rules';
import { NotSimulated } from '../support/errors';
import { parametersOf, rowTable } from './db-values';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { isResumable } from './sleep';
import { text } from './values';

type Member = 'query' | 'fetch_row' | 'execute';

interface Options {
  readonly nocache: boolean;
  readonly raisesError: boolean;
}

const OPTIONS = ['nocache', 'raise_error'];

/** What a script gets for the rows, and, besides the reason, for a failure. */
interface Outcome {
  readonly success: (rows: readonly Row[], runtime: Runtime) => HostResult;
  readonly failure: LuaValue;
}

const OUTCOMES: Readonly<Record<Member, Outcome>> = {
  query: { success: rowIterator, failure: undefined },
  fetch_row: { success: ([row], { vm }) => [row && rowTable(vm, row)], failure: undefined },
  execute: { success: () => true, failure: false },
};

/** Gives the next row with each call, nil after the last one. */
function rowIterator(rows: readonly Row[], { vm }: Runtime): LuaValue {
  let next = 0;
  return vm.hostFunction(() => {
    const row = rows[next];
    if (!row) return [undefined];
    next++;
    return rowTable(vm, row);
  });
}

const database =
  (member: Member): ApiImplementation =>
  (runtime, [cache, sql, parameters, given], call) => {
    const name = text(cache);
    const options = optionsOf(runtime, given, call);
    const { success } = OUTCOMES[member];
    const frames = callerOf(call.L);
    const report = (code: RuleCode, message: string) => void runtime.server.report(code, message, frames);
    const failed = (error: unknown) => failure(runtime, member, options, error, frames);
    const request: Request = {
      kind: member === 'execute' ? 'execute' : 'query',
      sql: text(sql),
      parameters: parametersOf(runtime, parameters, call),
      bypassesCache: options.nocache,
      dispatch: dispatcher(runtime, name, call),
      report,
    };
    const source = runtime.server.dataSources.find(name);
    if (!source) return failed(unknownSource(runtime, name, request));
    try {
      const rows = source.run(request);
      if (rows instanceof Promise) return rows.then((later) => success(later, runtime), failed);
      return success(rows, runtime);
    } catch (error) {
      return failed(error);
    }
  };

function optionsOf({ server }: Runtime, given: LuaValue, call: HostCall): Options {
  if (!(given instanceof LuaTable)) return { nocache: false, raisesError: true };
  for (const [key] of given.entries()) {
    if (OPTIONS.includes(String(key))) continue;
    const nearest = nearestOf(String(key), OPTIONS);
    const hint = nearest ? `did you mean '${nearest}'?` : `there are ${OPTIONS.join(' and ')}.`;
    server.report(
      'BAD_ARGUMENT',
      `msys.db has no option '${toDisplay(String(key))}'; ${hint} In production it has no effect.`,
      callerOf(call.L),
    );
  }
  const nocache = given.get('nocache');
  return {
    nocache: nocache !== undefined && nocache !== false,
    raisesError: given.get('raise_error') !== false,
  };
}

/** In a session a thread of the pool asks the database, and the session waits; elsewhere the caller's own does. */
function dispatcher({ server }: Runtime, name: string, call: HostCall): Request['dispatch'] {
  return (work) => {
    if (!isResumable(call)) return work();
    const { pool } = server.dataSources.settings(name);
    const { threadPools } = server.facilities;
    let threads = threadPools.find(pool);
    if (!threads) {
      server.report('CONFIG_OPTION', `Datasource "${name}": there is no thread pool '${pool}'; IO is used`);
      threads = threadPools.find('IO')!;
    }
    return threads.submit((): Promise<Answer> => Promise.resolve().then(work)).done;
  };
}

function unknownSource({ server }: Runtime, name: string, { sql, report }: Request): DataSourceError {
  const nearest = nearestOf(name, server.dataSources.names);
  const hint = nearest ? `did you mean '${nearest}'?` : 'the configuration has no such stanza Datasource.';
  report('UNKNOWN_DATASOURCE', `there is no data source '${toDisplay(name)}'; ${hint}`);
  return new DataSourceError('execute', `no such datasource cache: ${name}`, sql);
}

function failure(
  { server }: Runtime,
  member: Member,
  { raisesError }: Options,
  error: unknown,
  frames: ReturnType<typeof callerOf>,
): LuaValue[] {
  if (error instanceof DataSourceUnavailable) {
    server.report('NOT_SIMULATED', error.message, frames);
    throw new NotSimulated(`msys.db.${member}`, error.message, frames);
  }
  if (!(error instanceof DataSourceError)) throw error;
  if (raisesError) throw new LuaRaise(error.text);
  return [OUTCOMES[member].failure, error.text];
}

/** `msys.db` (4/lua/ref-msys-db-query, -fetch-row, -execute). */
export const db: ApiTable = {
  'msys.db.query': database('query'),
  'msys.db.fetch_row': database('fetch_row'),
  'msys.db.execute': database('execute'),
};
