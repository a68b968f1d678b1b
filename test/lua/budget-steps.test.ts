import { LuaError, LuaLimitError, type LuaFunction } from '../../src/lua';
import { later, lua, thrownBy } from './support';

describe('a library function that takes too many steps is a LuaLimitError', () => {
  test.each<[what: string, source: string]>([
    ['optional items', 'return ("a"):rep(40):find(("a?"):rep(40) .. ("a"):rep(40))'],
    ['shortest repetitions', 'return ("a"):rep(1000):find(".-.-.-.-b")'],
    ['longest repetitions', 'return ("a"):rep(60):match(("a*"):rep(20) .. "b")'],
    ['one repetition at each position', 'return ("a"):rep(1e5):find("a*b")'],
    ['captures', 'return ("a"):rep(200):find(("(a*)"):rep(10) .. "b")'],
    ['balanced delimiters that never close', 'return ("("):rep(1e5):find("%b()")'],
    ['a set of many bytes', 'return ("a"):rep(1e4):find("[" .. ("b"):rep(1e5) .. "]")'],
    ['back references', 'return ("a"):rep(1e4):find("^(a*).-%1b")'],
    ['a frontier', 'return ("a"):rep(1e5):find("%f[" .. ("b"):rep(1e4) .. "]")'],
    ['backtracking in gsub', 'return ("a"):rep(1000):gsub(".-.-.-.-b", "")'],
    ['backtracking in gmatch', 'for x in ("a"):rep(1000):gmatch(".-.-.-.-b") do end'],
    ['plain searches', 'local s = ("a"):rep(1e6) while true do s:find("b", 1, true) end'],
    [
      'comparisons of long texts',
      'local a, b = ("a"):rep(1e6) .. 1, ("a"):rep(1e6) .. 2 while a ~= b do end',
    ],
    ['table.insert at the front', 'local t = {} for i = 1, 1e5 do table.insert(t, 1, i) end'],
    [
      'table.remove from the front',
      'local t = {} for i = 1, 5e4 do t[i] = i end while true do table.remove(t, 1) t[#t + 1] = 1 end',
    ],
    [
      'table.concat again and again',
      'local t = {} for i = 1, 1e4 do t[i] = "" end while true do table.concat(t) end',
    ],
    [
      'table.maxn again and again',
      'local t = {} for i = 1, 1e4 do t[i] = i end while true do table.maxn(t) end',
    ],
    [
      'table.sort again and again',
      'local t = {} for i = 1, 1e4 do t[i] = i end while true do table.sort(t) end',
    ],
    [
      'table.foreach again and again',
      'local t = {} for i = 1, 1e4 do t[i] = i end while true do table.foreach(t, type) end',
    ],
    ['string.rep again and again', 'while true do local s = ("x"):rep(1e6) end'],
    ['arguments that grow', 'local function f(...) return f(1, ...) end f()'],
  ])('%s', (_, source) => {
    const { run } = lua({}, { limits: { instructions: 3_000_000, callMs: 60_000 } });
    const error = thrownBy(() => run(`\npcall(function() ${source} end)`)) as LuaLimitError;
    expect(error).toBeInstanceOf(LuaLimitError);
    expect(error.luaMessage).toMatch(
      /^test:2: the script made more than 3000000 .*Raise limits\.instructions/,
    );
    expect(run('return ("key = value"):match("^(%w+)%s*=%s*(%w+)$")')).toEqual(['key', 'value']);
  });
});

test.each<[what: string, source: string, results: unknown[]]>([
  ['a number and blanks', 'return tonumber("1" .. (" "):rep(1e6))', [1]],
  ['numbers with blanks between', 'return tonumber("1" .. (" "):rep(1e6) .. "1")', [undefined]],
  ['such in a base', 'return tonumber("1" .. (" "):rep(1e6) .. "1", 16)', [undefined]],
  ['digits', 'return tonumber(("1"):rep(1e6))', [Infinity]],
  ['digits and a letter', 'return tonumber(("1"):rep(1e6) .. "x")', [undefined]],
  ['digits in a base', 'return tonumber(("f"):rep(1e6), 16)', [2 ** 64]],
  ['hexadecimal digits and a letter', 'return tonumber("+0x" .. ("1"):rep(1e6) .. "x")', [undefined]],
  [
    'a string as a number',
    'return pcall(function(s) return s + 1 end, ("1"):rep(1e6) .. "x")',
    [false, expect.anything()],
  ],
])('megabytes are converted at once: %s', (_, source, results) => {
  const { run } = lua({}, { limits: { callMs: 5_000 } });
  const from = Date.now();
  expect(run(source)).toEqual(results);
  expect(Date.now() - from).toBeLessThan(5_000);
});

describe('patterns', () => {
  test.each<[what: string, source: string, results: unknown[]]>([
    ['many items are fine', 'return ("a"):rep(300):find(("a?"):rep(300))', [1, 300]],
    [
      'too many raise',
      'return pcall(string.find, ("a"):rep(1000), ("a-"):rep(1000) .. "b")',
      [false, 'pattern too complex'],
    ],
    ['captures go on working', 'return ("x=1,y=2"):gsub("(%w)=(%w)", "%2=%1")', ['1=x,2=y', 2]],
  ])('%s', (_, source, results) => {
    expect(lua().run(source)).toEqual(results);
  });

  test('nest in all that nests without using up the stack of JavaScript', () => {
    const source = `
      local depth, worst = 0, nil
      local function f()
        depth = depth + 1
        local ok, message = pcall(string.find, ("a"):rep(390), ("a?"):rep(390) .. "b?")
        if not ok then worst = message end
        return (("x"):gsub(".", function()
          return coroutine.wrap(function()
            local t = setmetatable({}, { __add = function() table.sort({ 2, 1 }, f) end })
            local ok, message = pcall(function() return t + 1 end)
            error(message, 0)
          end)()
        end))
      end
      local ok, message = pcall(f)
      return depth > 10, worst, message:match("C stack overflow")`;
    expect(lua().run(source)).toEqual([true, undefined, 'C stack overflow']);
  });
});

describe('counts and lengths', () => {
  test.each<[expression: string, results: unknown[]]>([
    ['("x"):rep(-1)', ['']],
    ['("x"):rep(0 / 0)', ['']],
    ['("x"):rep(-1 / 0)', ['']],
    ['(""):rep(2 ^ 31 - 1)', ['']],
    ['pcall(string.format, "%99999d", 1)', [false, 'invalid format (width or precision too long)']],
    ['#string.format("%99d", 1)', [99]],
    ['#string.format(("a%%"):rep(1e6))', [2e6]],
    [
      'pcall(string.format, ("%d"):rep(1e6), 1)',
      [false, "bad argument #3 to '?' (number expected, got no value)"],
    ],
    ['pcall(unpack, {}, -2 ^ 31, 2 ^ 31 - 1)', [false, 'too many results to unpack']],
    ['("ab\\255"):rep(50000):reverse():sub(1, 3)', ['\xffba']],
    ['("aZ\\255\\200"):upper(), ("aZ\\255\\200"):lower()', ['AZ\xff\xc8', 'az\xff\xc8']],
  ])('%s', (expression, results) => {
    expect(lua().run(`return ${expression}`)).toEqual(results);
  });
});

describe('recursion through the host', () => {
  test.each<[what: string, source: string]>([
    ['pcall', 'local e local function f() local ok, m = pcall(f) e = e or m end f() return e'],
    [
      'xpcall',
      'local e local function f() local ok, m = xpcall(f, function(m) return m end) e = e or m end f() return e',
    ],
    [
      'coroutine.resume',
      'local e local function f() local ok, m = coroutine.resume(coroutine.create(f)) e = e or m end f() return e',
    ],
    ['gsub', 'local function f() return (("x"):gsub(".", f)) end return select(2, pcall(f))'],
    ['sort', 'local function f() table.sort({ 2, 1 }, f) end return select(2, pcall(f))'],
    ['load', 'local e local function f() local ok, m = load(f) e = e or m end f() return e'],
  ])('%s: C stack overflow', (_, source) => {
    expect(lua().run(source)).toEqual(['C stack overflow']);
  });
});

describe('entries', () => {
  test('inside an entry have limits of their own, and do not renew those of the outer one', () => {
    const { run, vm } = lua(
      { call: ([f]) => vm.callSync(f as LuaFunction) },
      { limits: { instructions: 100_000 } },
    );
    expect(run('for i = 1, 3 do call(function() for j = 1, 90000 do end end) end return "done"')).toEqual([
      'done',
    ]);
    expect(thrownBy(() => run('while true do call(function() end) end'))).toBeInstanceOf(LuaLimitError);
    expect(thrownBy(() => run('call(function() while true do end end)'))).toBeInstanceOf(LuaLimitError);
    expect(run('return 1')).toEqual([1]);
  });

  test('keep what they have spent across waits', async () => {
    const { runAsync } = lua(
      { wait: () => Promise.resolve(undefined) },
      { limits: { instructions: 100_000 } },
    );
    await expect(runAsync('while true do wait() end')).rejects.toBeInstanceOf(LuaLimitError);
    await expect(runAsync('while true do pcall(wait) end')).rejects.toBeInstanceOf(LuaLimitError);
    await expect(runAsync('for i = 1, 100 do wait() end return "waited"')).resolves.toEqual(['waited']);
  });

  test('do not count the time that they wait', async () => {
    const { runAsync } = lua({ wait: () => later(undefined) }, { limits: { callMs: 1000 } });
    await expect(runAsync('for i = 1, 10 do wait() end return 1')).resolves.toEqual([1]);
  });

  test('small limits are exact', () => {
    const { run } = lua({}, { limits: { instructions: 100 } });
    expect(run('for i = 1, 99 do end return 1')).toEqual([1]);
    expect(thrownBy(() => run('for i = 1, 101 do end return 1'))).toBeInstanceOf(LuaLimitError);
  });

  test('metamethods that the host calls are an entry as well', () => {
    const { run, vm } = lua({}, { limits: { instructions: 100_000 } });
    run('T = setmetatable({}, { __index = function(_, k) while k == "loop" do end return k end })');
    const table = vm.globals.get('T') as { index(key: string): unknown };
    expect(thrownBy(() => table.index('loop'))).toBeInstanceOf(LuaLimitError);
    for (let i = 0; i < 3; i++) expect(table.index('key')).toBe('key');
    expect(run('return 1')).toEqual([1]);
  });

  test('a limit in one does not hurt another that waits', async () => {
    const { runAsync, run } = lua({ wait: () => later('waited') }, { limits: { instructions: 100_000 } });
    const waiting = runAsync('return pcall(wait)');
    expect(thrownBy(() => run('pcall(function() while true do end end)'))).toBeInstanceOf(LuaLimitError);
    await expect(waiting).resolves.toEqual([true, 'waited']);
  });
});

test('an error of a script is no limit', () => {
  const error = thrownBy(() => lua().run('error("plain", 0)')) as LuaError;
  expect(error).not.toBeInstanceOf(LuaLimitError);
  expect(error.code).toBe('LUA_ERROR');
});
