/** The schemes of the stanzas auth_ds (4/modules/auth-ds). */
import { dataSourceScheme, type SchemeQuery } from '../server/auth/data-source-scheme';
import { AuthProblem, type AuthScheme } from '../server/auth/scheme';
import { byteString } from '../server/bytes';
import type { Configuration } from '../server/config/configuration';
import { parseBoolean } from '../server/config/reading';
import type { ConfigScope } from '../server/config/scope';
import { DataSourceError, DataSourceUnavailable, type Row } from '../server/datasources/data-source';
import type { ServerState } from '../server/server';

/** Undefined when no stanza has a scheme of that name. */
export function authDsScheme(
  name: string,
  { root }: Configuration,
  server: ServerState,
): AuthScheme | undefined {
  const scheme = root
    .childrenOf('auth_ds')
    .flatMap((stanza) => stanza.childrenOf('scheme'))
    .find(({ instance }) => instance === name);
  if (!scheme) return undefined;
  const [authenticate] = scheme.childrenOf('authenticate');
  const [queryGroups] = scheme.childrenOf('querygroups');
  const [enumGroups] = scheme.childrenOf('enumgroups');
  return dataSourceScheme({
    authenticate: authenticate && {
      ...queryOf(authenticate),
      returnsPassword: parseBoolean(text(authenticate, 'returns_password') ?? '') ?? false,
      passwordColumn: text(authenticate, 'password_column'),
      type: text(authenticate, 'type') ?? 'clear',
      typeColumn: text(authenticate, 'type_column'),
      typeMap: dictionary(authenticate, 'type_map'),
    },
    queryGroups: queryGroups && { ...queryOf(queryGroups), groupColumn: text(queryGroups, 'group_column') },
    enumGroups: enumGroups && { ...queryOf(enumGroups), groupColumn: text(enumGroups, 'group_column') },
    ask: (cache, query, named) => ask(server, cache, query, named),
  });
}

const queryOf = (scope: ConfigScope): SchemeQuery => ({
  query: text(scope, 'query') ?? '',
  cache: text(scope, 'cache') ?? '',
  map: dictionary(scope, 'map'),
});

function text(scope: ConfigScope, option: string): string | undefined {
  const value = scope.option(option)?.value;
  return value?.kind === 'text' ? byteString(value.text) : undefined;
}

function dictionary(scope: ConfigScope, option: string): Map<string, string> {
  const value = scope.option(option)?.value;
  const entries = value?.kind === 'dictionary' ? value.entries : [];
  return new Map(
    entries.flatMap(([key, item]) =>
      item.kind === 'text' ? [[byteString(key), byteString(item.text)] as const] : [],
    ),
  );
}

async function ask(
  server: ServerState,
  cache: string,
  sql: string,
  named: ReadonlyMap<string, string>,
): Promise<readonly Row[]> {
  const source = server.dataSources.find(cache);
  if (!source) throw new AuthProblem(`there is no data source '${cache}'`);
  try {
    return await source.run({
      kind: 'query',
      sql,
      parameters: { positional: new Map(), named },
      bypassesCache: false,
      dispatch: (work) => work(),
      report: (code, message) => void server.report(code, message),
    });
  } catch (error) {
    if (error instanceof DataSourceUnavailable) server.report('NOT_SIMULATED', error.message);
    else if (!(error instanceof DataSourceError)) throw error;
    throw new AuthProblem(error.message);
  }
}
