import { Momentum, NotSimulated, UsageError, type MomentumOptions } from '../../src';
import '../../src/jest';

const SEED = `
  CREATE TABLE kill_addresses (recipient text NOT NULL, note text NOT NULL, code text NOT NULL);
  INSERT INTO kill_addresses VALUES ('noreply@yahoo.com', 'No such address', '550');
  CREATE TABLE numbers (n integer PRIMARY KEY, r real, t text, b blob);
  INSERT INTO numbers VALUES (1, 1.5, 'one', x'00ff'), (2, 2.0, 'zwölf', NULL), (3, NULL, NULL, NULL);
`;
const REQUIRE = 'require("msys.db") require("msys.datasource") local db = msys.db';
let mta: Momentum;
const start = async (options: MomentumOptions = {}) =>
  (mta = await Momentum.start({ datasources: { db: { sqlite: SEED } }, ...options }));
const run = (lua: string) => mta.eval(`${REQUIRE} ${lua}`);
const messages = () => mta.paniclog.map(({ text }) => text);

describe('msys.db.query', () => {
  beforeEach(() => start());

  // 4/lua/ref-msys-db-query
  test('the documented idiom', async () => {
    expect(
      await run(`
        local rowset, err = db.query('db', 'select recipient, code from kill_addresses where code < ?', { '6' })
        if rowset == nil then return err end
        local found = {}
        for row in rowset do found[#found + 1] = row.recipient .. ' ' .. row['code'] end
        return found, err, rowset()`),
    ).toEqual([['noreply@yahoo.com 550'], undefined, undefined]);
  });

  // 3/3-reference/3-reference-implementing-policy-scriptlets
  test('the documented dump of a row has names only', async () => {
    expect(
      await run(`require("msys.dumper")
        for row in db.query('db', 'SELECT * FROM kill_addresses WHERE recipient = ? LIMIT 1', { 'noreply@yahoo.com' }, {}) do
          return msys.dumper.Dumper(row)
        end`),
    ).toEqual(['return { code="550", note="No such address", recipient="noreply@yahoo.com" }']);
  });

  test('types of columns', async () => {
    expect(
      await run(
        `local t = {} for row in db.query('db', 'select * from numbers') do t[#t + 1] = row end return t`,
      ),
    ).toEqual([[{ n: 1, r: 1.5, t: 'one', b: Buffer.from([0, 255]) }, { n: 2, r: 2, t: 'zwölf' }, { n: 3 }]]);
    expect(
      await run(
        `local row = db.fetch_row('db', 'select 9007199254740993 as big, 5000000000 as more') return row.big, row.more`,
      ),
    ).toEqual(['9007199254740993', 5_000_000_000]);
  });

  test.each<[string, string, unknown]>([
    ['?', `'select ? as a, ? as b', { 1, 'x' }`, { a: 1, b: 'x' }],
    ['? with a hole', `'select ? as a, ? as b', { nil, 'x' }`, { b: 'x' }],
    ['?2', `'select ?2 as a, ?1 as b', { 1, 2 }`, { a: 2, b: 1 }],
    [':name', `'select :who as a, :who as b', { who = 'x' }`, { a: 'x', b: 'x' }],
    ['$name', `'select $who as a', { who = 2.5 }`, { a: 2.5 }],
    ['none', `'select 1 as a'`, { a: 1 }],
    ['nothing for one', `'select :who as a, 1 as b', {}`, { b: 1 }],
    ['a boolean', `'select ? as a, ? as b', { true, false }`, { a: 1, b: 0 }],
    ['bytes', `'select ? as a', { '\\255\\0' }`, { a: Buffer.from([255, 0]) }],
    ['text that is UTF-8', `'select upper(?) as a, length(?) as b', { 'x', 'é' }`, { a: 'X', b: 1 }],
    [
      'in quotes and comments none',
      `"select '?' as a, ':x' as [?], 1 /* ? */ as c -- ?", {}`,
      { a: '?', '?': ':x', c: 1 },
    ],
  ])('placeholders: %s', async (_case, args, row) => {
    expect(await run(`return db.fetch_row('db', ${args})`)).toEqual([row]);
    expect(mta.diagnostics).toHaveLength(0);
  });

  test('nil is NULL, to which nothing is equal', async () => {
    expect(await run(`return db.fetch_row('db', 'select n from numbers where r = ?', { nil })`)).toEqual([
      undefined,
    ]);
    expect(await run(`return db.fetch_row('db', 'select n from numbers where r is null').n`)).toEqual([3]);
  });

  test.each([
    [`{ { 1 } }`, 'query parameter [1] is a table'],
    [`{ who = print }`, 'query parameter who is no plain value'],
    [`{ [0] = 1 }`, 'query parameter [0]: a name or a position from 1 expected'],
    [`{ 0/0 }`, 'query parameter [1] is NaN'],
  ])('parameters %s', async (parameters, message) => {
    await expect(run(`db.query('db', 'select ?', ${parameters})`)).rejects.toThrow(message);
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  test.each([
    [`'select ?', { 1, 2 }`, '[2]'],
    [`'select :who', { Who = 1 }`, 'Who'],
    [`'select ?', { who = 1 }`, 'who'],
  ])('a parameter that nobody takes: %s', async (args, name) => {
    await run(`db.query('db', ${args})`);
    expect(mta).toHaveDiagnostic('UNUSED_PARAMETER');
    expect([...mta.diagnostics][0]!.message).toContain(`takes ${name}:`);
  });

  test('a second statement is not run', async () => {
    await run(`db.execute('db', 'delete from numbers; delete from kill_addresses; -- end')`);
    expect(mta).toHaveDiagnostic('IGNORED_STATEMENT');
    expect(await mta.datasources.get('db')!.query('select count(*) as c from kill_addresses')).toEqual([
      { c: 1 },
    ]);
  });

  test('of columns with the same name the last one counts', async () => {
    expect(await run(`return db.fetch_row('db', 'select 1 as a, 2 as a')`)).toEqual([{ a: 2 }]);
  });
});

describe('failures', () => {
  beforeEach(() => start());
  const PREPARE = 'prepare: 1: no such column: bindings\nfailed to prepare: SELECT bindings FROM numbers';

  // 4/4-implementing-policy-scriptlets
  test.each([
    ['query', undefined],
    ['fetch_row', undefined],
    ['execute', false],
  ])('%s', async (member, failure) => {
    const args = `'db', 'SELECT bindings FROM numbers'`;
    expect(await run(`return db.${member}(${args}, nil, { raise_error = false })`)).toEqual([
      failure,
      PREPARE,
    ]);
    expect(messages()).toEqual(['1767225600:datasource: failed to prepare']);
    await expect(run(`db.${member}(${args})`)).rejects.toThrow(PREPARE);
    await expect(run(`db.${member}(${args}, {}, { raise_error = true })`)).rejects.toThrow(PREPARE);
  });

  test('of the execution', async () => {
    expect(
      await run(
        `return db.execute('db', "insert into numbers (n) values (1)", nil, { raise_error = false })`,
      ),
    ).toEqual([
      false,
      'execute: 19: UNIQUE constraint failed: numbers.n\nfailed to execute: insert into numbers (n) values (1)',
    ]);
    expect(messages()).toEqual(['1767225600:datasource: failed to execute']);
  });

  test.each([
    ['', 'prepare: 1: Nothing to prepare'],
    ['select', 'prepare: 1: incomplete input'],
    ['é', 'prepare: 1: near "é": syntax error'],
  ])('of the statement %j', async (sql, message) => {
    await expect(run(`db.query('db', ${JSON.stringify(sql)})`)).rejects.toThrow(message);
    expect(messages()).toEqual(['1767225600:datasource: failed to prepare']);
  });

  test('pcall catches them', async () => {
    const [ok, message] = await run(`return pcall(db.query, 'db', 'select nope')`);
    expect(ok).toBe(false);
    expect(message).toContain('no such column: nope');
    expect([...mta.diagnostics].map(({ code }) => code)).toEqual(['SUSPENDED_IN_PCALL']);
    expect(messages()).toHaveLength(1);
  });

  test('an unknown data source', async () => {
    await expect(run(`db.query('DB', 'select 1')`)).rejects.toThrow('no such datasource cache: DB');
    const quietly = `db.query('DB', 'select 1', nil, { raise_error = false })`;
    expect(await run(`return ${quietly}`)).toEqual([
      undefined,
      'no such datasource cache: DB\nfailed to execute: select 1',
    ]);
    expect(mta).toHaveDiagnostic('UNKNOWN_DATASOURCE');
    expect([...mta.diagnostics][0]!.message).toContain("did you mean 'db'?");
  });

  test('an unknown option', async () => {
    await run(`db.query('db', 'select 1', nil, { no_cache = true })`);
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
    expect([...mta.diagnostics][0]!.message).toContain("no option 'no_cache'; did you mean 'nocache'?");
  });

  test('arguments are checked', async () => {
    await expect(run(`db.query('db')`)).rejects.toThrow("bad argument #2 to 'query' (string expected");
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  test.each(["ATTACH '/etc/passwd' AS x", "/* */ vacuum main into 'x'"])(
    '%s is not simulated',
    async (sql) => {
      await expect(run(`db.execute('db', ${JSON.stringify(sql)})`)).rejects.toThrow(
        /files are not simulated/,
      );
      expect(mta).toHaveDiagnostic('NOT_SIMULATED');
    },
  );
});

describe('the cache', () => {
  const COUNT = `db.fetch_row('db', 'select count(*) as c from numbers')`;
  const ADD = `db.execute('db', 'insert into numbers (t) values (?)', { 'x' })`;
  const counts = async (lua: string) => (await run(lua)) as number[];

  test('gives the old rows after a change, as long as cache_life, or until it is flushed', async () => {
    await start();
    expect(await counts(`local one = ${COUNT}.c ${ADD} ${ADD} return one, ${COUNT}.c`)).toEqual([3, 3]);
    await mta.clock.advance('3599s');
    expect(await counts(`return ${COUNT}.c`)).toEqual([3]);
    await mta.clock.advance('1s');
    expect(await counts(`return ${COUNT}.c`)).toEqual([5]);
    await run(ADD);
    expect((await mta.console('ds_core flush db')).output).toBe("flushed 1 entries from cache 'db'\n");
    expect(await counts(`return ${COUNT}.c`)).toEqual([6]);
  });

  test('nocache goes by it, and leaves what it holds', async () => {
    await start();
    expect(
      await counts(`local one = ${COUNT}.c ${ADD}
        local fresh = db.fetch_row('db', 'select count(*) as c from numbers', nil, { nocache = true }).c
        return one, fresh, ${COUNT}.c`),
    ).toEqual([3, 4, 3]);
    expect((await mta.console('cache stat ds_core:db')).data).toMatchObject({ entries: 1 });
  });

  test('is by query and parameters, whatever their order', async () => {
    await start();
    await run(`
      db.query('db', 'select :a, :b', { a = 1, b = 2 }) db.query('db', 'select :a, :b', { b = 2, a = 1 })
      db.query('db', 'select :a, :b', { a = '1', b = 2 }) db.query('db', 'select  :a, :b', { a = 1, b = 2 })`);
    expect(mta.datasources.get('db')!.queries.map(({ cached }) => cached)).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  test('holds what has no rows, and no failures', async () => {
    await start();
    const ask = `db.fetch_row('db', 'select n from numbers where n = 9')`;
    expect(
      await run(
        `local none = ${ask} db.execute('db', 'insert into numbers (n) values (9)') return none, ${ask}`,
      ),
    ).toEqual([undefined, undefined]);
    const failing = `pcall(db.query, 'db', 'select * from later')`;
    expect(
      await run(`local ok = ${failing} db.execute('db', 'create table later (a)') return ok, (${failing})`),
    ).toEqual([false, true]);
    expect(messages()).toHaveLength(1);
    expect(mta.diagnostics.length).toBeGreaterThan(0);
  });

  test('rows are fresh tables', async () => {
    await start();
    expect(await run(`${COUNT}.c = 99 local row = ${COUNT} row.c = row.c + 1 return ${COUNT}.c`)).toEqual([
      3,
    ]);
  });

  test('a statement that is not executed again is told of', async () => {
    await start();
    const insert = `db.query('db', "insert into numbers (t) values ('x')")`;
    await run(`${insert} ${insert}`);
    expect(mta).toHaveDiagnostic('CACHED_STATEMENT');
    expect(await mta.datasources.get('db')!.row('select count(*) as c from numbers')).toEqual({ c: 4 });
  });

  const config = (options: string) => ({
    config: { text: `Datasource "db" { uri = ( "sqlite:/nowhere" ) ${options} }` },
  });

  test.each([['no_cache = true'], ['cache_life = 0']])('%s', async (options) => {
    await start(config(options));
    expect(await counts(`local one = ${COUNT}.c ${ADD} return one, ${COUNT}.c`)).toEqual([3, 4]);
  });

  test('config reload keeps it', async () => {
    await start();
    await run(`${COUNT} ${ADD}`);
    expect((await mta.reload()).ok).toBe(true);
    expect(await counts(`return ${COUNT}.c`)).toEqual([3]);
  });

  test('ds_core stats counts the lookups', async () => {
    await start();
    await run(`${COUNT} ${COUNT} ${COUNT}`);
    expect((await mta.console('ds_core stats')).data).toMatchObject({
      caches: [{ name: 'db', entries: 1, lookups: { hits: 2, misses: 1, total: 3 } }],
    });
  });

  describe('max_rows', () => {
    const MANY = `'with recursive c(n) as (select 1 union all select n + 1 from c limit 150) select n from c'`;
    const rows = `local n = 0 for _ in db.query('db', ${MANY}) do n = n + 1 end return n`;

    test('is 100', async () => {
      await start();
      expect(await run(rows)).toEqual([100]);
      expect(mta).toHaveDiagnostic('ROWS_DROPPED');
    });

    test.each([
      ['max_rows = -1', 150],
      ['max_rows = 150', 150],
    ])('%s', async (options, count) => {
      await start(config(options));
      expect(await run(rows)).toEqual([count]);
    });
  });

  test('pool', async () => {
    await start({
      config: { text: 'ThreadPool "DS" { Concurrency = 1 } Datasource "db" { uri = "x:" pool = "DS" }' },
    });
    await run(`return ${COUNT}`);
    expect(await mta.eval('msys.threadpool.stat("DS").invocations')).toEqual([1]);
    await mta.console('config set datasource db pool NONE');
    await run(`db.query('db', 'select 2')`);
    expect(mta).toHaveDiagnostic('CONFIG_OPTION');
  });
});

describe('where the script cannot wait', () => {
  test('embedded databases answer at once', async () => {
    const source = `${REQUIRE} atLoad = db.fetch_row('db', 'select count(*) as c from numbers').c
      local mod = {} function mod:init() atInit = db.fetch_row('db', 'select max(n) as m from numbers').m return true end
      msys.registerModule('m', mod)`;
    await start({ modules: [{ name: 'm', source }] });
    expect(await mta.eval('return atLoad, atInit')).toEqual([3, 3]);
    expect(
      await run(
        `local t = setmetatable({}, { __index = function(_, sql) return db.fetch_row('db', sql).a end }) return t['select 7 as a']`,
      ),
    ).toEqual([7]);
  });

  test('what takes time is waited for while a script is loaded, and refused in a metamethod', async () => {
    const rows = () => Promise.resolve([{ a: 1 }]);
    await start({
      datasources: { db: { rows } },
      modules: [{ name: 'm', source: `${REQUIRE} atLoad = db.fetch_row('db', 'x').a` }],
    });
    expect(await mta.eval('atLoad')).toEqual([1]);
    const inMetamethod = `setmetatable({}, { __index = function(_, sql) return db.fetch_row('db', sql) end }).other`;
    await expect(run(`return ${inMetamethod}`)).rejects.toThrow(
      'attempt to yield across metamethod/C-call boundary',
    );
    expect(mta.paniclog).toEqual([]);
  });

  test('in a pool the thread waits', async () => {
    await start();
    expect(
      await run(`return msys.runInPool('IO', function() return db.fetch_row('db', 'select 5 as a').a end)`),
    ).toEqual([true, 5]);
  });

  test('sessions are set aside', async () => {
    const answers: ((rows: unknown) => void)[] = [];
    await start({ datasources: { db: { rows: () => new Promise((resolve) => answers.push(resolve)) } } });
    const both = [1, 2].map((n) => run(`return db.fetch_row('db', 'select ?', { ${n} }).a`));
    expect(await mta.eval('1')).toEqual([1]);
    while (answers.length < 2) await new Promise((resolve) => setImmediate(resolve));
    answers[1]!([{ a: 'second' }]);
    answers[0]!([['first']]);
    expect(await both[1]).toEqual(['second']);
    expect(await both[0]).toEqual([undefined]);
  });

  test('the same query at the same time is asked once', async () => {
    let asked = 0;
    const rows = async () => {
      asked++;
      await new Promise((resolve) => setImmediate(resolve));
      return [{ a: asked }];
    };
    await start({ datasources: { db: { rows } } });
    const ask = () => run(`return db.fetch_row('db', 'select a').a`);
    expect(await Promise.all([ask(), ask()])).toEqual([[1], [1]]);
    expect((await mta.console('cache stat ds_core:db')).data).toMatchObject({ entries: 1 });
  });
});

describe('rows', () => {
  const ask = (call: string) => run(`return db.${call}`);

  test('get the query and its parameters, and give rows', async () => {
    const asked: unknown[] = [];
    const rows = (sql: string, parameters: unknown) => {
      asked.push([sql, parameters]);
      return [{ name: 'Zoë', mail: ['a@x', 'b@x'], n: 1, raw: Buffer.from([255]), none: null, big: 2n }];
    };
    await start({ datasources: { ldap: { rows } } });
    expect(await ask(`fetch_row('ldap', 'ldap:///ö?$u', { u = 'é', bytes = '\\255' })`)).toEqual([
      { name: 'Zoë', mail: ['a@x', 'b@x'], n: 1, raw: Buffer.from([255]), big: '2' },
    ]);
    await ask(`execute('ldap', 'x', { 1, nil, 'c' })`);
    await ask(`execute('ldap', 'x', { 1, k = 2 })`);
    expect(asked).toEqual([
      ['ldap:///ö?$u', { u: 'é', bytes: Buffer.from([255]) }],
      ['x', [1, null, 'c']],
      ['x', { 1: 1, k: 2 }],
    ]);
  });

  test('without names are by position', async () => {
    await start({ datasources: { csv: { rows: () => [['a', null, 3]] } } });
    expect(await run(`local row = db.fetch_row('csv', 'x') return row[1], row[2], row[3]`)).toEqual([
      'a',
      undefined,
      3,
    ]);
  });

  test.each([undefined, null, []])('none: %p', async (none) => {
    await start({ datasources: { db: { rows: () => none } } });
    expect(await ask(`fetch_row('db', 'x')`)).toEqual([undefined]);
    expect(await ask(`query('db', 'x')()`)).toEqual([undefined]);
    expect(await ask(`execute('db', 'x')`)).toEqual([true]);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('gone away');
      },
    ],
    ['rejects', () => Promise.reject(new Error('gone away'))],
  ])('a function that %s fails the query', async (_case, rows) => {
    await start({ datasources: { db: { rows } } });
    expect(await ask(`query('db', 'select é', nil, { raise_error = false })`)).toEqual([
      undefined,
      'gone away\nfailed to execute: select é',
    ]);
    expect(messages()).toEqual(['1767225600:datasource: failed to execute']);
  });

  test.each<[unknown, string]>([
    [5, 'an array of rows expected'],
    [[5], 'a row is an object or an array, not 5'],
    [[{ at: new Date(0) }], 'a column is text, a number, a Buffer, null, or an array of those'],
  ])('what are no rows: %p', async (rows, message) => {
    await start({ datasources: { db: { rows: () => rows } } });
    await expect(ask(`query('db', 'x')`)).rejects.toThrow(`datasources.db.rows: ${message}`);
    expect(mta).toHaveDiagnostic('HOST_ERROR');
  });
});

describe('the configuration', () => {
  const config = (text: string, options: MomentumOptions = {}) =>
    start({ datasources: {}, config: { text }, ...options });

  test.each([
    'odbc:DSN=x;UID=user;PWD=secret',
    'ldap://example.com',
    'pgsql:host=db.example;password=secret',
    'cdb:/x',
    'nonsense',
  ])('a data source that is not simulated says so: %s', async (uri) => {
    await config(`Datasource "mssql" { uri = ( "${uri}" ) }`);
    const error: unknown = await run(`db.query('mssql', 'x', nil, { raise_error = false })`).catch(
      (e: unknown) => e,
    );
    expect(error).toHaveProperty('cause', expect.any(NotSimulated));
    expect((error as Error).message).toContain("the data source 'mssql' (");
    expect((error as Error).message).not.toContain('secret');
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });

  test('a fixture goes before the uri', async () => {
    await config('Datasource "ecdb" { uri = "pgsql:host=production" max_rows = 1 }', {
      datasources: { ecdb: { sqlite: 'create table t (a); insert into t values (1), (2)' } },
    });
    expect(
      await run(`local n = 0 for _ in db.query('ecdb', 'select a from t') do n = n + 1 end return n`),
    ).toEqual([1]);
    expect(mta).toHaveDiagnostic('ROWS_DROPPED');
  });

  test('several uri take turns', async () => {
    await config('Datasource "f" { uri = ( "iowrapper:" "csv:" ) no_cache = true }', {
      files: { '/list': 'a,b\nc,d\n' },
    });
    const ask = `local row = db.fetch_row('f', '/list') return row[1]`;
    expect([await run(ask), await run(ask), await run(ask)]).toEqual([['a,b\nc,d\n'], ['a'], ['a,b\nc,d\n']]);
  });

  test('a live change of the uri counts', async () => {
    await config('Datasource "f" { uri = "iowrapper:" no_cache = true }', { files: { '/list': 'a,b\n' } });
    expect(await run(`return db.fetch_row('f', '/list')[1]`)).toEqual(['a,b\n']);
    expect((await mta.console('config set datasource f uri csv:')).status).toBe('COMPLETED');
    expect(await run(`return db.fetch_row('f', '/list')[1]`)).toEqual(['a']);
    await mta.console('config unset datasource f');
    await expect(run(`db.fetch_row('f', '/list')`)).rejects.toThrow('no such datasource cache: f');
    expect(mta).toHaveDiagnostic('UNKNOWN_DATASOURCE');
  });

  test('a reload that adds a data source: its scripts can ask it while they are loaded', async () => {
    const main = '/conf/ecelerity.conf';
    const boot = `${REQUIRE} got = db.fetch_row('f', '/list')[1]`;
    await start({
      datasources: {},
      config: main,
      files: { [main]: 'alerting {}', '/list': 'x', '/conf/boot.lua': boot },
      lib: ['/conf'],
    });
    mta.files.set(
      main,
      'alerting {} Datasource "f" { uri = "iowrapper:" } scriptlet "s" { script "boot" { source = "boot" } }',
    );
    expect(await mta.reload()).toMatchObject({ ok: true });
    expect(await mta.eval('got')).toEqual(['x']);
  });
});

describe('files', () => {
  test('csv gives all rows, without names', async () => {
    const lines = Array.from({ length: 150 }, (_line, i) => `10.0.${i}.0/24,v${i},more`).join('\n');
    await start({ datasources: { csv: { uri: 'csv:' } }, files: { '/data/list.csv': lines } });
    expect(
      await run(
        `local n, last = 0 for row in db.query('csv', '/data/$name?cols=2', { name = 'list.csv' }) do n, last = n + 1, row end return n, last`,
      ),
    ).toEqual([150, ['10.0.149.0/24', 'v149']]);
  });

  test('iowrapper gives a file', async () => {
    await start({ datasources: { io: { uri: 'iowrapper:' } }, files: { '/data/a': 'text\n' } });
    expect(await run(`return db.fetch_row('io', 'file:///data/$name', { name = 'a' })[1]`)).toEqual([
      'text\n',
    ]);
    expect(await run(`return db.fetch_row('io', '/data/b', nil, { raise_error = false })`)).toEqual([
      undefined,
      '/data/b: No such file or directory\nfailed to execute: /data/b',
    ]);
    expect(messages()).toHaveLength(1);
    await expect(run(`db.query('io', 'http://x.test/')`)).rejects.toThrow('is not simulated');
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });

  test.each([
    ['', 'Ã©'],
    ['assume_charset = "utf-8"', 'é'],
    ['assume_charset = "no-such"', undefined],
  ])('their charset: %s', async (option, text) => {
    await start({
      datasources: {},
      files: { '/a': 'é' },
      config: { text: `Datasource "io" { uri = "iowrapper:" ${option} }` },
    });
    expect(await run(`return (db.fetch_row('io', '/a', nil, { raise_error = false }) or {})[1]`)).toEqual([
      text,
    ]);
    expect(messages()).toHaveLength(text === undefined ? 1 : 0);
  });

  test('a file of the configuration is a database, whose changes stay in memory', async () => {
    const image = await imageOf(SEED);
    await start({
      datasources: {},
      files: { '/db/app.db': image },
      config: {
        text: 'Datasource "app" { uri = "sqlite:/db/app.db" } Datasource "gone" { uri = "sqlite:/db/none" }',
      },
    });
    expect(
      await run(
        `db.execute('app', 'delete from numbers') return db.fetch_row('app', 'select count(*) as c from numbers').c`,
      ),
    ).toEqual([0]);
    expect(mta.files.get('/db/app.db')).toEqual(image);
    await expect(run(`db.query('gone', 'select 1')`)).rejects.toThrow('sqlite:/db/none has no file');
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });
});

async function imageOf(sql: string): Promise<Buffer> {
  const { default: init } = await import('sql.js');
  const { Database } = await init();
  const database = new Database();
  database.exec(sql);
  const image = Buffer.from(database.export());
  database.close();
  return image;
}

describe('mta.datasources', () => {
  test('shows what was asked, and what is there', async () => {
    await start({ datasources: { a: { sqlite: SEED }, b: { rows: () => [['x', 1]] } } });
    await run(
      `db.query('a', 'select n from numbers where t = ?', { 'zwölf' }) db.execute('a', 'delete from numbers where n = :n', { n = 1 })`,
    );
    await run(`db.query('a', 'select no', nil, { raise_error = false })`);
    const a = mta.datasources.get('a')!;
    expect(a.queries).toEqual([
      {
        kind: 'query',
        sql: 'select n from numbers where t = ?',
        parameters: ['zwölf'],
        at: mta.clock.now(),
        cached: false,
        rows: 1,
      },
      {
        kind: 'execute',
        sql: 'delete from numbers where n = :n',
        parameters: { n: 1 },
        at: mta.clock.now(),
        cached: false,
        rows: 0,
      },
      {
        kind: 'query',
        sql: 'select no',
        parameters: [],
        at: mta.clock.now(),
        cached: false,
        error: expect.stringContaining('no such column'),
      },
    ]);
    expect(messages()).toHaveLength(1);
    expect(await a.query('select n, t from numbers where n > ?', [1])).toEqual([
      { n: 2, t: 'zwölf' },
      { n: 3 },
    ]);
    expect(await a.row('select b from numbers where n = :n', { n: 2 })).toEqual({});
    expect(await a.row('select n from numbers where n = 1')).toBeUndefined();
    expect(await mta.datasources.get('b')!.query('x')).toEqual([['x', 1]]);
    expect(mta.datasources.names).toEqual(['a', 'b']);
    expect([...mta.datasources].map(({ name }) => name)).toEqual(['a', 'b']);
    expect(mta.datasources.get('c')).toBeUndefined();
    expect(a.queries).toHaveLength(3);
  });

  test('servers do not share databases; a stopped one has none', async () => {
    const one = await start();
    const other = await start();
    await other.eval(`msys.db.execute('db', 'delete from numbers')`);
    const count = (server: Momentum) =>
      server.datasources.get('db')!.row('select count(*) as c from numbers');
    expect([await count(one), await count(other)]).toEqual([{ c: 3 }, { c: 0 }]);
    const view = one.datasources.get('db')!;
    await one.stop();
    await expect(view.query('select 1')).rejects.toThrow(UsageError);
    await other.stop();
  });

  test("scripts' last queries are answered while the server stops", async () => {
    const source = `${REQUIRE} local mod = {} function mod:deinit() db.execute('db', 'delete from numbers') return true end
      function mod:init() return true end msys.registerModule('m', mod)`;
    const server = await start({ modules: [{ name: 'm', source }] });
    await server.stop();
    expect(server.paniclog).toEqual([]);
    expect([...server.datasources][0]!.queries).toMatchObject([{ kind: 'execute', rows: 0 }]);
  });
});

describe('types', () => {
  test('as text', async () => {
    await start({ datasources: { db: { sqlite: SEED, types: 'text' } } });
    expect(await run(`return db.fetch_row('db', 'select n, r, 2.0 as whole, t from numbers')`)).toEqual([
      { n: '1', r: '1.5', whole: '2.0', t: 'one' },
    ]);
  });
});
