import { LuaError, LuaLimitError, type LuaOptions } from '../../src/lua';
import { later, lua, thrownBy, type Lua } from './support';

const MIB = 2 ** 20;
const withMemory = (memory: number, options: LuaOptions = {}): Lua =>
  lua({ wait: () => later(undefined) }, { limits: { memory, callMs: 60_000 }, ...options });

/** Whether a small program still runs, and nothing of the last one is left. */
function expectUsable({ run }: Lua): void {
  const source =
    'local t = {} for i = 1, 1000 do t[i] = { "item " .. i } end return #t, pcall(error, "x", 0)';
  expect(run(source)).toEqual([1000, false, 'x']);
}

describe('what grows without end is a LuaLimitError', () => {
  test.each<[what: string, source: string]>([
    ['one string', 'return ("x"):rep(1e9)'],
    ['a string that doubles', 'local s = "x" while true do s = s .. s end'],
    ['a string that repeats itself', 'local s = "ab" while true do s = s:rep(10) end'],
    ['a concatenation', 'local s = ("x"):rep(2 ^ 22) return s .. s .. s .. s .. s'],
    ['a list', 'local t = {} while true do t[#t + 1] = 1 end'],
    ['a list in a global', 'T = {} while true do T[#T + 1] = 1 end'],
    ['a list by table.insert', 'local t = {} while true do table.insert(t, "x") end'],
    ['a list by rawset', 'local t, i = {}, 0 while true do i = i + 1 rawset(t, i, i) end'],
    ['constructors', 'local t = {} while true do t = { t, 1, 2, 3 } end'],
    ['nested tables', 'local t = {} while true do t = { inner = t } end'],
    ['string keys', 'local t, i = {}, 0 while true do i = i + 1 t["key" .. i] = true end'],
    ['tables as keys', 'local t = {} while true do t[{}] = {} end'],
    ['metatables', 'local t = {} while true do t = setmetatable({}, { __index = t }) end'],
    ['closures', 'local f while true do local g = f f = function() return g end end'],
    [
      'argument tables',
      'local t = {} local function f(...) t[#t + 1] = arg end while true do f(1, 2, 3) end',
    ],
    ['coroutines', 'local t = {} while true do t[#t + 1] = coroutine.create(function() end) end'],
    [
      'the stacks of coroutines',
      'local t = {} local function d(n) if n == 0 then coroutine.yield() end return 1 + d(n - 1) end while true do local f = coroutine.wrap(d) f(1000) t[#t + 1] = f end',
    ],
    [
      'locals of coroutines that wrap made',
      'local t = {} while true do local f = coroutine.wrap(function() local s = ("x"):rep(1e5) .. #t coroutine.yield() return s end) f() t[#t + 1] = f end',
    ],
    ['subjects of gmatch', 'local t = {} while true do t[#t + 1] = (("x"):rep(1e5) .. #t):gmatch(".") end'],
    ['proxies', 'local t = {} while true do t[#t + 1] = newproxy(true) end'],
    ['one buffer', 'return require("buffer").new(2 ^ 31 - 1)'],
    ['buffers', 'local t = {} while true do t[#t + 1] = require("buffer").new(1e5) end'],
    [
      'table.concat',
      'local t, s = {}, ("x"):rep(1e5) for i = 1, 1000 do t[i] = s end return table.concat(t)',
    ],
    [
      'the separators of table.concat',
      'local t = {} for i = 1, 1e4 do t[i] = "" end return table.concat(t, ("x"):rep(1e4))',
    ],
    ['gsub', 'return (("x"):rep(2 ^ 16):gsub("x", ("y"):rep(2 ^ 10)))'],
    ['a template of gsub', 'return (("x"):rep(1e5):gsub(".+", ("%0"):rep(1e4)))'],
    ['a function of gsub', 'return (("x"):rep(1e5):gsub(".", function() return ("z"):rep(1000) end))'],
    [
      'texts of nested gsubs',
      'local function f() local n = 0 return (("x"):rep(20):gsub(".", function() n = n + 1 if n > 10 then f() end return ("z"):rep(1e5) end)) end f()',
    ],
    [
      'string.format',
      'local t, s = {}, ("x"):rep(1e6) for i = 1, 50 do t[i] = s end return string.format(("%s"):rep(50), unpack(t))',
    ],
    ['%q', 'return string.format("%q", ("\\0"):rep(1e7))'],
    ['upper', 'local t = {} while true do t[#t + 1] = ("x"):rep(1e5):upper() end'],
    ['load', 'return load(function() return ("x = 1 "):rep(1000) end)'],
    [
      'functions from source',
      'local t = {} while true do t[#t + 1] = loadstring(("x = 1 "):rep(1000) .. "--" .. #t) end',
    ],
    ['source', 'return loadstring(("x = 1 "):rep(1e6))'],
    [
      'print',
      'local m, t = setmetatable({}, { __tostring = function() return ("x"):rep(1e6) end }), {} for i = 1, 100 do t[i] = m end print(unpack(t))',
    ],
  ])('%s', (_, source) => {
    const sim = withMemory(16 * MIB);
    const error = thrownBy(() => sim.run(`\n${source}`)) as LuaLimitError;
    expect(error).toBeInstanceOf(LuaLimitError);
    expect(error.luaMessage).toMatch(
      /^test:2: not enough memory: the script (holds|asked for) \d.* MiB .*16 MiB/,
    );
    expect(error.luaMessage).toContain('Raise limits.memory');
    expect(error.frames.find(({ kind }) => kind !== 'host')).toMatchObject({ line: 2 });
    expect(error.excerpt).toContain('> 2 |');
    expectUsable(sim);
  });
});

describe('no protected call catches it', () => {
  const BOMB = 'local t = {} while t do t[#t + 1] = {} end';
  test.each<[where: string, source: string]>([
    ['in pcall', `pcall(function() ${BOMB} end)`],
    ['in a loop of pcalls', `while true do pcall(function() ${BOMB} end) end`],
    ['in a handler of xpcall', `xpcall(error, function() ${BOMB} end)`],
    ['in a coroutine', `return coroutine.resume(coroutine.create(function() ${BOMB} end))`],
    ['in a coroutine under pcall', `return pcall(coroutine.wrap(function() ${BOMB} end))`],
    [
      'in a metamethod',
      `return pcall(function() return setmetatable({}, { __index = function() ${BOMB} end }).x end)`,
    ],
    ['in an iterator', `pcall(function() for x in function() ${BOMB} end do end end)`],
    ['in a comparison of sort', `pcall(table.sort, { 3, 2, 1 }, function() ${BOMB} end)`],
    ['in a function of gsub', `pcall(string.gsub, "x", ".", function() ${BOMB} end)`],
    ['in load', `return load(function() ${BOMB} end)`],
    ['in a module', `package.preload.m = function() ${BOMB} end return pcall(require, "m")`],
  ])('%s', (_, source) => {
    const sim = withMemory(8 * MIB);
    expect(thrownBy(() => sim.run(`do ${source} end return "caught"`))).toBeInstanceOf(LuaLimitError);
    expectUsable(sim);
  });

  test('after a wait', async () => {
    const sim = withMemory(8 * MIB);
    await expect(sim.runAsync(`return pcall(function() wait() ${BOMB} end)`)).rejects.toBeInstanceOf(
      LuaLimitError,
    );
    expectUsable(sim);
  });
});

describe('what is not held is free', () => {
  test.each<[what: string, source: string, results: unknown[]]>([
    ['tables', 'local n = 0 for i = 1, 200000 do n = n + #{ i } end return n', [200000]],
    ['texts', 'local s for i = 1, 500 do s = ("x"):rep(1e5) .. i end return #s', [100003]],
    ['a text that grows', 'local s = "" for i = 1, 5000 do s = s .. "xxxx" end return #s', [20000]],
    [
      'closures',
      'local n = 0 for i = 1, 100000 do n = n + (function() return i end)() end return n',
      [5000050000],
    ],
    [
      'coroutines',
      'local n = 0 for i = 1, 10000 do n = n + coroutine.wrap(function() return 1 end)() end return n',
      [10000],
    ],
    [
      'parts of large texts',
      'local t = {} for i = 1, 300 do t[i] = (("x"):rep(1e5) .. i):sub(-3) end return #t, t[300]',
      [300, '300'],
    ],
    [
      'entries that were removed',
      'local t = {} for i = 1, 300000 do t[i] = i t[i - 10] = nil end return next(t) ~= nil',
      [true],
    ],
    ['results of gsub', 'for i = 1, 200 do local s = ("x"):rep(1e5):gsub(".+", "%0%0") end return 1', [1]],
  ])('%s', (_, source, results) => {
    expect(withMemory(8 * MIB).run(source)).toEqual(results);
  });

  test('captured variables survive a measurement', () => {
    const source = `
      local captured
      pcall(function()
        local value = "kept"
        captured = function() return value end
        error("leaves the frame")
      end)
      local function deep(n) local t = { n } if n > 0 then return deep(n - 1) .. "" end return "" end
      for round = 1, 30 do deep(1000) for i = 1, 10000 do local t = {} end end
      return captured()`;
    expect(withMemory(2 * MIB).run(source)).toEqual(['kept']);
  });

  test('measured while another entry waits', async () => {
    const sim = withMemory(8 * MIB);
    const waiting = sim.runAsync('local t = { "of the", "waiting one" } wait() return table.concat(t, " ")');
    expect(sim.run('for i = 1, 100000 do local t = {} end return 1')).toEqual([1]);
    await expect(waiting).resolves.toEqual(['of the waiting one']);
  });
});

test('what entries leave behind adds up', () => {
  const { run } = withMemory(8 * MIB);
  const leak = 'LEAK = { next = LEAK } for i = 1, 5000 do LEAK[i] = i end';
  const error = thrownBy(() => {
    for (let i = 0; i < 100; i++) run(leak);
  }) as LuaLimitError;
  expect(error).toBeInstanceOf(LuaLimitError);
  expect(error.luaMessage).toContain('holds');
  expect(run('LEAK = nil return 1')).toEqual([1]);
  expect(run('for i = 1, 50000 do local t = { i } end return 1')).toEqual([1]);
});

test('texts of the host count', () => {
  const sim = lua({ fetch: () => 'x'.repeat(MIB) }, { limits: { memory: 8 * MIB } });
  expect(thrownBy(() => sim.run('local t = {} while true do t[#t + 1] = fetch() end'))).toBeInstanceOf(
    LuaLimitError,
  );
  expect(sim.run('for i = 1, 50 do fetch() end return 1')).toEqual([1]);
});

test('without a limit JavaScript sets one', () => {
  const { run } = withMemory(Infinity);
  const error = thrownBy(() => run('local s = ("x"):rep(2 ^ 28) return s .. s .. s')) as LuaError;
  expect(error).toBeInstanceOf(LuaError);
  expect(error.luaMessage).toBe('test:1: string length overflow');
  expect((thrownBy(() => run('return ("x"):rep(1e9):rep(10)')) as LuaError).luaMessage).toMatch(
    /not enough memory/,
  );
});

test('an error of any length can be raised and shown', () => {
  const sim = withMemory(256 * MIB);
  const error = thrownBy(() => sim.run('error(("x"):rep(1e7), 0)')) as LuaError;
  expect(error.value).toHaveLength(1e7);
  expect(error.message.length).toBeLessThan(20_000);
  expect(error.message).toContain('(10000000 bytes)');
  expect(sim.run('local ok, e = pcall(error, ("x"):rep(1e7), 0) return ok, #e')).toEqual([false, 1e7]);
});

describe('what the host keeps counts when it says so', () => {
  const host = (retains: boolean): Lua =>
    lua(
      { take: () => undefined },
      { limits: { memory: 8 * MIB, callMs: 60_000 }, retains, print: () => undefined },
    );

  test.each<[what: string, source: string]>([
    ['arguments', 'local s = ("x"):rep(1e6) for i = 1, 20 do take(s) end return 1'],
    [
      'tables as arguments',
      'local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 100 do take(t) end return 1',
    ],
    ['many calls', 'for i = 1, 100000 do take() end return 1'],
    ['what is printed', 'local s = ("x"):rep(1e6) for i = 1, 20 do print(s) end return 1'],
    ['many lines', 'for i = 1, 100000 do print() end return 1'],
    ['what is written', 'local s = ("x"):rep(1e6) for i = 1, 20 do io.write(s) end return 1'],
  ])('%s', (_, source) => {
    const sim = host(true);
    const error = thrownBy(() => sim.run(`return pcall(function() ${source} end)`)) as LuaLimitError;
    expect(error).toBeInstanceOf(LuaLimitError);
    expect(error.luaMessage).toMatch(
      /^test:1: not enough memory: the script gave 8\.\d+ MiB .*limits\.memory/,
    );
    expectUsable(sim);
    expect(host(false).run(source)).toEqual([1]);
  });

  test('for each entry by itself, waits included', async () => {
    const sim = lua({ take: () => later(undefined) }, { limits: { memory: 8 * MIB }, retains: true });
    const source = 'local s = ("x"):rep(1e6) for i = 1, 5 do take(s) end return 1';
    for (let i = 0; i < 3; i++) await expect(sim.runAsync(source)).resolves.toEqual([1]);
    await expect(sim.runAsync(source.replace('1, 5', '1, 20'))).rejects.toBeInstanceOf(LuaLimitError);
  });
});
