import fc from 'fast-check';
import type { Parameters } from '../../../src/server/datasources/data-source';
import {
  bindParameters,
  interpolate,
  MYSQL,
  POSTGRESQL,
  SQLITE,
  type Dialect,
} from '../../../src/server/datasources/placeholders';

const parameters = (positional: unknown[], named: Record<string, unknown> = {}) =>
  ({
    positional: new Map(positional.map((value, i) => [i + 1, value])),
    named: new Map(Object.entries(named)),
  }) as Parameters;
const GIVEN = parameters([1, 2], { a: 'A', b: 'B' });
const bound = (sql: string, dialect: Dialect) => {
  const { sql: text, values } = bindParameters(sql, GIVEN, dialect);
  return [text, values];
};

test.each<[string, Dialect, string, unknown[]]>([
  ['select ?, ?, ?', SQLITE, 'select ?, ?, ?', [1, 2, undefined]],
  ['select ?2, ?1, ?', SQLITE, 'select ?, ?, ?', [2, 1, undefined]],
  ['select :a, $b, @a', SQLITE, 'select ?, ?, ?', ['A', 'B', 'A']],
  ['select ?, :a, ?', POSTGRESQL, 'select $1, $2, $3', [1, 'A', 2]],
  ['select :a, :b, :a', POSTGRESQL, 'select $1, $2, $1', ['A', 'B']],
  ['select :a, :a', MYSQL, 'select ?, ?', ['A', 'A']],
  ["select ':a', ?", SQLITE, "select ':a', ?", [1]],
  ["select 'it''s ?', ?", SQLITE, "select 'it''s ?', ?", [1]],
  ['select "?" , [?], `?`, ?', SQLITE, 'select "?" , [?], `?`, ?', [1]],
  ['select 1 -- ?\n, ?', SQLITE, 'select 1 -- ?\n, ?', [1]],
  ['select /* ? \n :a */ ?', SQLITE, 'select /* ? \n :a */ ?', [1]],
  ['select ?::int, :a::text', POSTGRESQL, 'select $1::int, $2::text', [1, 'A']],
  ['select $$ ? $$, $x$ $$ :a $x$, ?', POSTGRESQL, 'select $$ ? $$, $x$ $$ :a $x$, $1', [1]],
  ["select E'\\' ?', ?", POSTGRESQL, "select E'\\' ?', $1", [1]],
  ["select '\\', ?", POSTGRESQL, "select '\\', $1", [1]],
  ['select a$b, ?', POSTGRESQL, 'select a$b, $1', [1]],
  ["select '\\' ?', ?", MYSQL, "select '\\' ?', ?", [1]],
  ['select 1 # ?\n, ?', MYSQL, 'select 1 # ?\n, ?', [1]],
  ['select 3--:a', MYSQL, 'select 3--?', ['A']],
  ["select 'open ?", SQLITE, "select 'open ?", []],
  ['select /* open ?', SQLITE, 'select /* open ?', []],
])('%s', (sql, dialect, text, values) => {
  expect(bound(sql, dialect)).toEqual([text, values]);
});

test('what no placeholder takes', () => {
  expect(bindParameters('select ?, :a', GIVEN, SQLITE).unused).toEqual(['[2]', 'b']);
  expect(bindParameters('select ?2, :a, :b', GIVEN, SQLITE).unused).toEqual(['[1]']);
  expect(bindParameters("select '?'", GIVEN, SQLITE).unused).toEqual(['[1]', '[2]', 'a', 'b']);
});

test.each([
  ['select 1', ''],
  ['select 1;', ''],
  ['select 1; -- end\n /* of it */ ; ', ''],
  ["select ';' ; delete from t", 'delete from t'],
  ['select 1; /* then */ delete from t; drop t ', 'delete from t; drop t'],
])('what follows the first statement: %s', (sql, rest) => {
  expect(bindParameters(sql, GIVEN, SQLITE).rest).toBe(rest);
});

test('text in quotes stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(SQLITE, POSTGRESQL), (text, dialect) => {
      const quoted = `'${text.replaceAll("'", "''")}'`;
      const { sql, values } = bindParameters(`select ${quoted}, ?`, GIVEN, dialect);
      expect(sql).toBe(`select ${quoted}, ${dialect.marker(1)}`);
      expect(values).toEqual([1]);
    }),
  );
});

test('time is linear in the length of a query', () => {
  for (const piece of ["'", '"', '/*', '$', '?', ':', ';', '--', "e'", '\\'])
    for (const dialect of [SQLITE, POSTGRESQL, MYSQL])
      expect(bindParameters(piece.repeat(20_000), GIVEN, dialect).sql.length).toBeGreaterThan(0);
});

test('interpolate', () => {
  const given = parameters([], { user: 'x,$pass', pass: 5 });
  expect(interpolate('ldap:///cn=$user?$pass&$none&$1&$', given)).toBe('ldap:///cn=x,$pass?5&&$1&$');
});
