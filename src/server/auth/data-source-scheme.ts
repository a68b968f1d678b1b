/** A scheme of the module auth_ds: users, passwords and groups in a data source (4/modules/auth-ds). */
import type { ColumnValue, Row } from '../datasources/data-source';
import { cramMd5, ha1Of } from './digests';
import { AuthProblem, type AuthRequest, type AuthScheme } from './scheme';
import { isStoredPassword } from './stored-passwords';

/** A query of a stanza, as byte strings. */
export interface SchemeQuery {
  readonly query: string;
  /** The data source. */
  readonly cache: string;
  /** Texts with `%{username}` and the like, by the names of the query's parameters. */
  readonly map: ReadonlyMap<string, string>;
}

export interface AuthenticateQuery extends SchemeQuery {
  /** Otherwise it tells whether the password is right. */
  readonly returnsPassword: boolean;
  /** The first column when left out. */
  readonly passwordColumn: string | undefined;
  /** How passwords are stored; `typeColumn` tells it of each, by the words of `typeMap`. */
  readonly type: string;
  readonly typeColumn: string | undefined;
  readonly typeMap: ReadonlyMap<string, string>;
}

export interface GroupQuery extends SchemeQuery {
  /** The first column when left out. */
  readonly groupColumn: string | undefined;
}

export interface DataSourceSchemeParts {
  readonly authenticate: AuthenticateQuery | undefined;
  readonly queryGroups: GroupQuery | undefined;
  readonly enumGroups: GroupQuery | undefined;
  /** Throws, or rejects with, AuthProblem when there is no answer. */
  readonly ask: (cache: string, query: string, named: ReadonlyMap<string, string>) => Promise<readonly Row[]>;
}

/** What `%{…}` stands for. */
type Facts = Readonly<Record<string, string | undefined>>;

export function dataSourceScheme(parts: DataSourceSchemeParts): AuthScheme {
  const { authenticate, queryGroups, enumGroups, ask } = parts;
  const run = ({ cache, query, map }: SchemeQuery, facts: Facts) =>
    ask(cache, query, new Map(Array.from(map, ([name, text]) => [name, expanded(text, facts)])));
  const groups = async (query: GroupQuery, facts: Facts) =>
    (await run(query, facts)).map((row) => textOf(columnOf(row, query.groupColumn)));
  return {
    ...(authenticate && {
      async authenticate(_file, request) {
        const [row] = await run(authenticate, factsOf(request));
        return { status: row && accepts(authenticate, row, request) ? 'ok' : 'fail' };
      },
      async ha1(_file, user, realm) {
        if (!authenticate.returnsPassword)
          throw new AuthProblem('the query does not return the password, which Digest authentication needs');
        const [row] = await run(authenticate, { username: user, realm, crypt: 'digest-md5' });
        if (!row) return undefined;
        const stored = textOf(columnOf(row, authenticate.passwordColumn));
        const type = typeOf(authenticate, row);
        if (type === 'digest-md5') return stored.toLowerCase();
        if (type === 'clear') return ha1Of(user, realm, stored);
        throw new AuthProblem(`Digest authentication cannot be checked with passwords of the type '${type}'`);
      },
    }),
    ...(queryGroups && { groupsOf: (_file, user) => groups(queryGroups, { username: user }) }),
    ...(enumGroups && { allGroups: () => groups(enumGroups, {}) }),
  };
}

function factsOf({ user, password, crypt = 'clear', nonce, uri, params = {} }: AuthRequest): Facts {
  return { ...params, username: user, password, crypt, nonce, uri };
}

/** A parameter that the attempt does not have is empty. */
const expanded = (text: string, facts: Facts): string =>
  text.replace(/%\{([^{}]*)\}/g, (_, name: string) => facts[name] ?? '');

function accepts(query: AuthenticateQuery, row: Row, request: AuthRequest): boolean {
  if (!query.returnsPassword) return isTrue(columnOf(row, undefined));
  const { user, password, crypt, nonce = '', params } = request;
  const stored = textOf(columnOf(row, query.passwordColumn));
  const type = typeOf(query, row);
  if (crypt !== 'hmac_md5')
    return isStoredPassword(type, stored, { user, password, realm: params?.realm ?? '' });
  if (type === 'clear') return cramMd5(nonce, password, stored);
  throw new AuthProblem(`CRAM-MD5 cannot be checked with passwords of the type '${type}'`);
}

function typeOf({ type, typeColumn, typeMap }: AuthenticateQuery, row: Row): string {
  if (typeColumn === undefined) return type;
  const word = textOf(columnOf(row, typeColumn));
  return typeMap.get(word) ?? word;
}

/** NULL is undefined. */
const columnOf = (row: Row, name: string | undefined): ColumnValue | undefined =>
  name === undefined ? row.values().next().value : row.get(name);

function textOf(value: ColumnValue | undefined): string {
  const single = typeof value === 'object' ? value[0] : value;
  return single === undefined ? '' : String(single);
}

/** A value other than zero; a text is a number as C reads it. */
const isTrue = (value: ColumnValue | undefined): boolean => (Number.parseFloat(textOf(value)) || 0) !== 0;
