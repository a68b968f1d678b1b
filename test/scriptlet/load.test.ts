import { ConfigError, Momentum, type MomentumOptions } from '../../src';
import '../../src/jest';

const start = (source: string, options: MomentumOptions = {}) =>
  Momentum.start({ modules: [{ name: 'mod', source }], ...options });
const moduleWith = (body: string) => `local mod = {} ${body} msys.registerModule("mod", mod)`;
const setup = (body: string) => moduleWith(`function mod:rsrc_setup() ${body} end`);

test.each([
  ['init', 'true', true],
  ['init', '', false],
  ['init', 'false', false],
  ['init', '1', false],
  ['rsrc_setup', 'true', true],
  ['rsrc_setup', '', false],
  ['rsrc_setup', 'nil', false],
  ['rsrc_setup', 'false', false],
])('%s returns %j: the commit succeeds: %p', async (step, result, succeeds) => {
  const started = start(moduleWith(`function mod:${step}() return ${result} end`)).then(
    () => true,
    (error: unknown) => !(error instanceof ConfigError),
  );
  expect(await started).toBe(succeeds);
});

test('strict: false: rsrc_setup without a result is a warning, init has to return true', async () => {
  const mta = await start(setup(''), { strict: false });
  expect(mta.diagnostics.at(0)).toMatchObject({ code: 'RSRC_SETUP_RESULT', severity: 'warning' });
  await expect(start(moduleWith('function mod:init() end'), { strict: false })).rejects.toThrow(ConfigError);
});

test('chunks first, then every init, then every rsrc_setup', async () => {
  const script = (name: string) => ({
    name,
    source: `
      local mod = {}
      print("${name} chunk")
      function mod:init() print("${name} init") return true end
      function mod:rsrc_setup() print("${name} rsrc_setup") return true end
      msys.registerModule("${name}", mod)`,
  });
  const mta = await Momentum.start({ modules: [script('one'), script('two')] });
  expect(mta.paniclog.map(({ message }) => message)).toEqual([
    'one chunk',
    'two chunk',
    'one init',
    'two init',
    'one rsrc_setup',
    'two rsrc_setup',
  ]);
});

test('callouts get the module as self', async () => {
  const mta = await start(
    moduleWith('mod.name = "me" function mod:init() print(self == mod, self.name) return true end'),
  );
  expect(mta).toHaveLogged('paniclog', 'true\tme');
});

describe('the name of a script stanza', () => {
  const path = 'fixtures/broken/argv-past-end.lua';

  test.each([
    ['a name that no module has', { name: 'other', path }, ['NAME_MISMATCH']],
    ['the name of the module', { name: 'broken', path }, []],
    ["the file's name, made up by the simulator", path, []],
  ])('%s', async (_, module, codes) => {
    const mta = await Momentum.start({ modules: [module] });
    expect([...mta.diagnostics].map(({ code }) => code)).toEqual(codes);
  });
});

describe('module tables', () => {
  test('a usable callout and one that is almost one', async () => {
    const mta = await start(
      moduleWith(
        'function mod:init() return true end function mod:rsrc_setp() end function mod:helper() end',
      ),
    );
    expect([...mta.diagnostics]).toMatchObject([
      {
        code: 'UNKNOWN_CALLOUT',
        severity: 'warning',
        message: expect.stringContaining("did you mean 'rsrc_setup'?") as string,
      },
    ]);
  });

  test('strict: false: no usable callout is a line in the paniclog', async () => {
    const mta = await start(moduleWith('function mod:rsrc_setp() end'), { strict: false });
    expect(mta).toHaveLogged('paniclog', 'no usable methods found for module mod in registerModule call');
    expect(mta).toHaveDiagnostic('NO_USABLE_CALLOUT');
  });
});

describe('names below msys, when a script is loaded', () => {
  test.each([
    ['a guarded use', 'if msys.wrong then msys.wrong() end', false],
    ['a misspelt namespace', 'local f = function() msys.coer.dns_get_domain("x") end', false],
    [
      'its own addition',
      'function msys.mine() end local f = function() msys.mine() end msys.registerControl("x", f)',
      true,
    ],
    [
      'an addition to a namespace',
      'msys.core.mine = 1 msys.registerControl("x", function() print(msys.core.mine) end)',
      true,
    ],
    [
      'a local of that name',
      'local function f(msys) return msys.wrong end msys.registerControl("x", f)',
      true,
    ],
    [
      'a name computed at run time',
      'msys.registerControl("x", function(cc) return msys[cc.argv[0]] end)',
      true,
    ],
    [
      'below an addition of its own',
      'msys.mine = {} msys.registerControl("x", function() return msys.mine.part end)',
      true,
    ],
  ])('%s', async (_case, source, loads) => {
    const outcome = await start(source).then(
      () => 'loads',
      (error: unknown) => (error as Error).message,
    );
    expect(outcome).toMatch(loads ? /^loads$/ : /is not in Momentum's API/);
  });

  test('in a file that is required', async () => {
    const mod = { name: 'uses', source: 'require("misspelt-api")' };
    await expect(Momentum.start({ modules: [mod], lib: ['fixtures/broken'] })).rejects.toMatchObject({
      file: expect.stringMatching(/fixtures\/broken\/misspelt-api\.lua$/) as string,
      line: 7,
    });
  });
});

describe('require', () => {
  test.each(['msys.core', 'msys.httpsrv', 'msys.extended.httpsrv'])(
    '%s is part of the product',
    async (name) => {
      const mta = await start('msys.registerControl("x", print)');
      const [first, again] = await mta.eval(
        `require("${name}") ~= nil, require("${name}") == require("${name}")`,
      );
      expect([first, again]).toEqual([true, true]);
    },
  );

  test('a name that is almost a package', async () => {
    await expect(start('require("msys.cor")')).rejects.toThrow(
      "Momentum has a package 'msys.core': did you mean that?",
    );
  });

  test('a file runs once', async () => {
    const mta = await start(
      'require("letters.report") require("letters.format") msys.registerControl("x", print)',
      {
        lib: ['fixtures/multi'],
      },
    );
    expect(await mta.eval('require("letters.report") == package.loaded["letters.report"]')).toEqual([true]);
  });

  test('the first root that has it', async () => {
    const source = 'local report = require("report") msys.registerControl("x", print) answer = report';
    const mta = await start(source, { lib: ['fixtures', 'fixtures/multi/letters', 'fixtures/multi'] });
    expect(await mta.eval('type(answer.lines)')).toEqual(['function']);
  });
});

test('a first line for the shell keeps its place', async () => {
  const mta = await start('#!/usr/bin/env lua\nmsys.registerControl("x", function() error("here") end)');
  expect(String(await mta.console('x'))).toBe('mod.lua:2: here');
  expect(mta.paniclog).toHaveLength(1);
});
