import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Momentum } from '../../src';
import '../../src/jest';

const LETTERS = 'vl:c::';
const NAMES =
  '{ limit = "l", domain = true, quiet = false, verbose = "v", ["dry-run"] = false, domains = true }';

const COMMAND = `
local getopt = require("msys.getopt")
msys.registerControl("mail list", function(cc)
  local options, state = getopt(cc.argv, cc.argc, "${LETTERS}", ${NAMES})
  state.optind = 2
  for option, argument in options do print(option, argument) end
  for i = state.optind, cc.argc - 1 do print("operand", cc.argv[i]) end
end)`;

describe('a command’s words', () => {
  let mta: Momentum;
  beforeAll(async () => {
    mta = await Momentum.start({ modules: [{ name: 'list', source: COMMAND }] });
  });
  afterAll(() => mta.stop());

  test.each([
    ['', []],
    ['-v', ['v\tnil']],
    ['-vv', ['v\tnil', 'v\tnil']],
    ['-l 5 x', ['l\t5', 'operand\tx']],
    ['-l5 x y', ['l\t5', 'operand\tx', 'operand\ty']],
    ['-vl 5', ['v\tnil', 'l\t5']],
    ['-l -v', ['l\t-v']],
    ['-c x', ['c\tnil', 'operand\tx']],
    ['-cx', ['c\tx']],
    ['-v x -v', ['v\tnil', 'operand\tx', 'operand\t-v']],
    ['-v -- -v', ['v\tnil', 'operand\t-v']],
    ['-v -', ['v\tnil', 'operand\t-']],
    ['--limit 5 --limit=6', ['l\t5', 'l\t6']],
    ['--domain "" x', ['domain\t', 'operand\tx']],
    ['--domain= x', ['domain\t', 'operand\tx']],
    ['--quiet --dry-run', ['quiet\tnil', 'dry-run\tnil']],
    ['--verb --dry', ['v\tnil', 'dry-run\tnil']],
    ['--domain x', ['domain\tx']],
    ['--dom x', ["?\toption '--dom' is ambiguous", 'operand\tx']],
    ['-x', ["?\tinvalid option -- 'x'"]],
    ['-:', ["?\tinvalid option -- ':'"]],
    ['-xv', ["?\tinvalid option -- 'x'", 'v\tnil']],
    ['-l', ["?\toption requires an argument -- 'l'"]],
    ['--limit', ["?\toption '--limit' requires an argument"]],
    ['--quiet=1', ["?\toption '--quiet' doesn't allow an argument"]],
    ['--nothing', ["?\tunrecognized option '--nothing'"]],
    ['--=x', ["?\tunrecognized option '--'"]],
  ])('%j', async (words, lines) => {
    const { lines: printed, status } = await mta.console(`mail list ${words}`);
    expect({ printed, status }).toEqual({ printed: lines, status: 'COMPLETED' });
  });
});

const evaluate = async (lua: string) => {
  await using mta = await Momentum.start();
  return await mta.eval(`local getopt = require("msys.getopt") ${lua}`);
};

const COLLECT = `local found = {}
  for option, argument in options do found[#found + 1] = option .. "=" .. tostring(argument) end
  return found, state.optind`;

test.each([
  ['a table', 'getopt({ "-a", "x", "-b" }, "a:b")', ['a=x', 'b=nil'], 4],
  ['a table with the command at 0', 'getopt({ [0] = "cmd", "-b", "y" }, "a:b")', ['b=nil'], 2],
  ['a table and a count', 'getopt({ "-b", "-b" }, 2, "a:b")', ['b=nil'], 2],
  ['an empty table', 'getopt({}, "a:b")', {}, 1],
  ['numbers in a table', 'getopt({ "-a", 5 }, "a:b")', ['a=5'], 3],
])('%s', async (_, call, found, optind) => {
  expect(await evaluate(`local options, state = ${call} ${COLLECT}`)).toEqual([found, optind]);
});

test('a missing argument is told apart when the letters begin with a colon', async () => {
  const lua = `local options, state = getopt({ "-b", "-a" }, ":a:b")
    options()
    local option = options()
    return option, state.optopt`;
  expect(await evaluate(lua)).toEqual([':', 'a']);
});

test.each([
  ['getopt()', "bad argument #1 to 'getopt' (cc.argv or table expected, got no value)"],
  ['getopt("-a", "a")', "bad argument #1 to 'getopt' (cc.argv or table expected, got string)"],
  ['getopt({})', "bad argument #2 to 'getopt' (string expected, got no value)"],
  ['getopt({}, 1)', "bad argument #3 to 'getopt' (string expected, got no value)"],
  ['getopt({}, "a-")', "bad argument #2 to 'getopt' ('-' cannot be an option)"],
  ['getopt({}, "a", 5)', "bad argument #3 to 'getopt' (table expected, got number)"],
  [
    'getopt({}, "a", { x = "b" })',
    "bad argument #3 to 'getopt' ('x' has to be true, false or one of the letters)",
  ],
  ['getopt({}, "a", { ["-x"] = true })', "bad argument #3 to 'getopt' ('-x' cannot be an option)"],
  ['getopt({}, "a", { true })', "bad argument #3 to 'getopt' (a name is a string)"],
  ['getopt({ "-a", {} }, "a:")()', 'getopt: argv[2] is a table value, not a string'],
  ['getopt({ "-a" }, 3, "a:b")()', 'getopt: argv[2] is a nil value, not a string'],
])('%s is an error', async (call, message) => {
  const [isFine, text] = await evaluate(`return pcall(function() local x = ${call} end)`);
  expect({ isFine, text }).toEqual({ isFine: false, text: expect.stringContaining(message) });
});

test('cc.argv without cc.argc is an error, too', async () => {
  const source = `local getopt = require("msys.getopt")
    msys.registerControl("c", function(cc) getopt(cc.argv, "a") end)`;
  await using mta = await Momentum.start({ modules: [{ name: 'c', source }] });
  expect((await mta.console('c')).output).toContain("bad argument #2 to 'getopt' (cc.argc expected)");
  expect(mta.paniclog).toHaveLength(1);
});

test('a file of the project takes the place of the package', async () => {
  const lib = mkdtempSync(path.join(tmpdir(), 'getopt-'));
  try {
    mkdirSync(path.join(lib, 'msys'));
    writeFileSync(path.join(lib, 'msys/getopt.lua'), 'return "own"');
    await using mta = await Momentum.start({ lib: [lib] });
    expect(await mta.eval('require("msys.getopt")')).toEqual(['own']);
  } finally {
    rmSync(lib, { recursive: true });
  }
});
