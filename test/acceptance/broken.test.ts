import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, Momentum } from '../../src';
import '../../src/jest';

const DIRECTORY = path.resolve('fixtures/broken');
const fixture = (name: string) => path.join(DIRECTORY, `${name}.lua`);

interface Broken {
  readonly line: number;
  readonly column: number;
  /** What the message says of the reason, before the excerpt. */
  readonly reason: string | RegExp;
  /** The line that the excerpt marks. */
  readonly excerpt: string;
  readonly advice?: string;
}

/** What keeps a configuration from being committed, by fixture. */
const BROKEN: Readonly<Record<string, Broken>> = {
  'syntax-error': {
    line: 10,
    column: 1,
    reason:
      "fixtures/broken/syntax-error.lua:10: 'end' expected (to close 'function' at line 4) near '<eof>'",
    excerpt: '> 10 |',
  },
  'curly-quotes': {
    line: 5,
    column: 25,
    reason: 'fixtures/broken/curly-quotes.lua:5: unexpected symbol near',
    excerpt: '> 5 |   msys.httpsrv.register(“GET”, “/somewhere”, broken.answer)',
    advice: 'write a plain " or \' instead',
  },
  'goto-label': {
    line: 6,
    column: 25,
    reason: "fixtures/broken/goto-label.lua:6: '=' expected near 'next'",
    excerpt: '> 6 |     if i == 2 then goto next end',
    advice: 'goto came with Lua 5.2',
  },
  'floor-division': {
    line: 5,
    column: 12,
    reason: "fixtures/broken/floor-division.lua:5: unexpected symbol near '/'",
    excerpt: '> 5 |   print(7 // 2)',
    advice: 'integer division is \\ in Momentum (7 \\ 2)',
  },
  'misspelt-api': {
    line: 7,
    column: 28,
    reason: "msys.core.dns_get_domian is not in Momentum's API; did you mean msys.core.dns_get_domain?",
    excerpt: '> 7 |   local record = msys.core.dns_get_domian(cc.argv[1])',
  },
  'misspelt-alias': {
    line: 5,
    column: 25,
    reason: "msys.core.dns_get_domian is not in Momentum's API; did you mean msys.core.dns_get_domain?",
    excerpt: '> 5 | local get_domain = core.dns_get_domian',
  },
  'no-callout': {
    line: 8,
    column: 6,
    reason: "no usable methods found for module broken: 'rsrc_setp' (did you mean 'rsrc_setup'?)",
    excerpt: '>  8 | msys.registerModule("broken", broken)',
  },
  'init-not-true': {
    line: 4,
    column: 1,
    reason: 'init() of module broken returned nothing; it has to return true.',
    excerpt: '> 4 | function broken:init()',
  },
  'rsrc-setup-nothing': {
    line: 8,
    column: 1,
    reason: 'rsrc_setup() of module broken returned nothing; it has to return true.',
    excerpt: '>  8 | function broken:rsrc_setup()',
  },
  'load-error': {
    line: 3,
    column: 30,
    reason: "fixtures/broken/load-error.lua:3: attempt to index field 'queue' (a nil value)",
    excerpt: '> 3 | local limit = settings.queue.limit',
  },
  'missing-require': {
    line: 2,
    column: 17,
    reason:
      "fixtures/broken/missing-require.lua:2: module 'helpers.that.are.missing' not found:\n" +
      "\tno field package.preload['helpers.that.are.missing']\n" +
      "\tno file 'fixtures/broken/helpers/that/are/missing.lua'",
    excerpt: '> 2 | local helpers = require("helpers.that.are.missing")',
  },
};

/** These load, and go wrong later. */
const LOADS = ['argv-past-end', 'handler-error', 'never-registered'];

async function failureOf(name: string): Promise<ConfigError> {
  const outcome: unknown = await Momentum.start({ modules: [fixture(name)] }).catch(
    (error: unknown) => error,
  );
  if (outcome instanceof ConfigError) return outcome;
  throw new Error(`${name}.lua started`, { cause: outcome });
}

test('every broken fixture is in the table', () => {
  const names = readdirSync(DIRECTORY).map((file) => path.basename(file, '.lua'));
  expect(names.sort()).toEqual([...Object.keys(BROKEN), ...LOADS].sort());
});

test.each(Object.entries(BROKEN))('%s.lua', async (name, { line, column, reason, excerpt, advice = '' }) => {
  const error = await failureOf(name);
  expect(error).toMatchObject({ code: 'CONFIG', file: fixture(name), line, column });
  expect(error.message).toContain(reason);
  expect(error.message).toContain(excerpt);
  expect(error.message).toContain(advice);
  expect(error.message).not.toContain(process.cwd());
  const [frame] = error.stack!.split('\n').filter((text) => /^ +at /.test(text));
  expect(frame).toContain(`(${fixture(name)}:${line}:${column})`);
});

test('the message in full', async () => {
  expect(await failureOf('floor-division')).toMatchInlineSnapshot(`
   ConfigError [CONFIG] at fixtures/broken/floor-division.lua:5:12
   Module 'scriptlet' instance 'scriptlet' initialization failed while preparing to commit. Consult your vendor.

   Script "floor-division": fixtures/broken/floor-division.lua:5: unexpected symbol near '/'

     3 |
     4 | function broken:init()
   > 5 |   print(7 // 2)
       |            ^
     6 |   return true
     7 | end

   Comments start with -- in Lua, and integer division is \\ in Momentum (7 \\ 2): there is no // and no /*. Momentum runs a derivative of Lua 5.1, so the real server refuses it too.

   Correct this and load the configuration again: a real server refuses to start with it, or goes on with the old one.
  `);
});

test('a file that is not there is named in full', async () => {
  const error = await failureOf('no-such-file');
  expect(error.file).toBe(fixture('no-such-file'));
  expect(error).toMatchInlineSnapshot(`
   ConfigError [CONFIG] at fixtures/broken/no-such-file.lua
   Module 'scriptlet' instance 'scriptlet' initialization failed while preparing to commit. Consult your vendor.

   Script "no-such-file": Unable to open 'fixtures/broken/no-such-file.lua', errno=2 No such file or directory

   Script "no-such-file" names this file: check the path (relative paths start at .).

   Correct this and load the configuration again: a real server refuses to start with it, or goes on with the old one.
  `);
});

test('a script that registers nothing starts, with a warning', async () => {
  const mta = await Momentum.start({ modules: [fixture('never-registered')] });
  expect(mta).toHaveDiagnostic('SILENT_SCRIPT');
  expect(mta.diagnostics.at(0)).toMatchObject({ severity: 'warning' });
});
