import { LuaError, LuaLimitError } from '../../src/lua';
import { later, lua, thrownBy } from './support';

const limited = () => lua({ wait: () => later(undefined) }, { limits: { instructions: 100_000 } });

describe('an endless loop ends with LuaLimitError', () => {
  test.each<[what: string, source: string]>([
    ['while', 'while true do end'],
    ['repeat', 'repeat until false'],
    ['a numeric for', 'for i = 1, math.huge do end'],
    ['a generic for', 'for _ in function() return 1 end do end'],
    ['tail calls', 'local function f() return f() end f()'],
    ['a jump back', 'local i = 0 while i >= 0 do i = i + 1 if i > 10 then i = 0 end end'],
    ['inside pcall', 'while true do pcall(function() while true do end end) end'],
    [
      'inside xpcall, with a handler that loops',
      'xpcall(function() while true do end end, function() while true do end end)',
    ],
    ['in a coroutine', 'coroutine.wrap(function() while true do end end)()'],
    [
      'in a coroutine under pcall',
      'return pcall(coroutine.wrap(function() pcall(function() while true do end end) end))',
    ],
    [
      'of coroutines that yield',
      'local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end',
    ],
    [
      'in a metamethod',
      'local t = setmetatable({}, { __index = function() while true do end end }) return t.x',
    ],
    ['in a comparison of sort', 'table.sort({ 3, 2, 1 }, function() while true do end end)'],
    ['in a function of gsub', '("x"):gsub(".", function() while true do end end)'],
    ['of backtracking', 'return (("a"):rep(60)):find(("a*"):rep(20) .. "b")'],
    ['of moving elements', 'table.insert({}, -2 ^ 31, 1)'],
    ['in load', 'load(function() return "x = 1 " end)'],
  ])('%s', (_, source) => {
    const { run } = limited();
    const error = thrownBy(() => run(`\n${source}`)) as LuaLimitError;
    expect(error).toBeInstanceOf(LuaLimitError);
    expect(error.message).toContain('without returning');
    expect(error.frames.find(({ kind }) => kind !== 'host')).toMatchObject({ line: 2 });
    expect(run('local n = 0 for i = 1, 1000 do n = n + 1 end return n, pcall(error, "x", 0)')).toEqual([
      1000,
      false,
      'x',
    ]);
  });

  test('after a wait too', async () => {
    const { runAsync, run } = limited();
    await expect(runAsync('wait() while true do end')).rejects.toBeInstanceOf(LuaLimitError);
    await expect(runAsync('pcall(function() wait() while true do end end)')).rejects.toBeInstanceOf(
      LuaLimitError,
    );
    expect(run('return 1')).toEqual([1]);
  });
});

test('time is a limit of its own', () => {
  const { run } = lua({}, { limits: { callMs: 20 } });
  expect(thrownBy(() => run('while true do end'))).toBeInstanceOf(LuaLimitError);
  expect(run('return 1')).toEqual([1]);
});

test('every entry has the whole budget', () => {
  const { run } = limited();
  for (let i = 0; i < 5; i++) expect(run('for i = 1, 60000 do end return 1')).toEqual([1]);
});

describe('runaway recursion is an error of the script', () => {
  test.each<[what: string, source: string, message: RegExp]>([
    ['of functions', 'local function f() return 1 + f() end f()', /^test:1: stack overflow/],
    [
      'of metamethods',
      'local t = {} setmetatable(t, { __index = function(_, k) return t[k] end }) return t.x',
      /C stack overflow|stack overflow/,
    ],
    [
      'of pcall',
      'local function f() return pcall(f) end local ok, e repeat ok, e = f() until true error(e or "none", 0)',
      /./,
    ],
    [
      'of coroutines',
      'local function f() return coroutine.wrap(f)() end f()',
      /C stack overflow|stack overflow/,
    ],
    [
      'of tostring',
      'local t = setmetatable({}, {}) getmetatable(t).__tostring = function(x) return tostring(x) end return tostring(t)',
      /C stack overflow|stack overflow/,
    ],
    ['of gsub', 'local function f() return (("x"):gsub(".", f)) end f()', /C stack overflow|stack overflow/],
    ['of sort', 'local function f() table.sort({ 2, 1 }, f) end f()', /C stack overflow|stack overflow/],
    [
      'in an error handler',
      'xpcall(function() error("x") end, function(m) local function f() return 1 + f() end return f() end) error("handled", 0)',
      /handled/,
    ],
  ])('%s', (_, source, message) => {
    const { run } = lua();
    const error = thrownBy(() => run(source)) as LuaError;
    expect(error).toBeInstanceOf(LuaError);
    expect(error).not.toBeInstanceOf(LuaLimitError);
    expect(error.luaMessage).toMatch(message);
    expect(run('local function f(n) return n == 0 and 0 or 1 + f(n - 1) end return f(10000)')).toEqual([
      10000,
    ]);
  });

  test('pcall catches it, again and again', () => {
    const { run } = lua();
    const source =
      'local function f() return 1 + f() end local n = 0 for i = 1, 5 do local ok, e = pcall(f) if not ok and e:find("stack overflow") then n = n + 1 end end return n';
    expect(run(source)).toEqual([5]);
  });
});

test.each<[what: string, source: string, message: RegExp]>([
  ['a string', 'return ("x"):rep(1e9):rep(10)', /not enough memory/],
  ['a replaced text', 'return (("x"):rep(2 ^ 20):gsub("x", ("y"):rep(2 ^ 10)))', /not enough memory/],
  ['a list of results', 'return unpack({}, 1, 1e6)', /too many results to unpack/],
  ['a list of bytes', 'return (("x"):rep(10000)):byte(1, -1)', /string slice too long/],
])('%s has a limit', (_, source, message) => {
  const { run } = lua();
  expect((thrownBy(() => run(source)) as LuaError).luaMessage).toMatch(message);
  expect(run('return 1')).toEqual([1]);
});
