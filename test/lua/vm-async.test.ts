import { LuaError } from '../../src/lua';
import { later, laterFail, lua, thrownBy, type Lua } from './support';

const ACROSS = 'attempt to yield across metamethod/C-call boundary';

function waiting(): Lua {
  return lua({
    wait: (args) => later(args),
    fail: () => laterFail(new Error('too late')),
  });
}

describe('a host function that answers with a promise', () => {
  test.each<[where: string, source: string, results: unknown[]]>([
    ['in a main chunk', 'local a, b = wait(1, 2) return a + b, wait("x")', [3, 'x']],
    ['in a tail call', 'local function f(n) return wait(n + 1) end return f(1)', [2]],
    [
      'deep in calls, with locals around it',
      'local function f(n) if n == 0 then return wait("bottom") end local r = f(n - 1) return r .. n end return f(3)',
      ['bottom123'],
    ],
    ['in a loop', 'local sum = 0 for i = 1, 20 do sum = sum + wait(i) end return sum', [210]],
    [
      'inside pcall',
      'return pcall(function(...) local v = wait(...) return v, "done" end, 5)',
      [true, 5, 'done'],
    ],
    ['called by pcall directly', 'return pcall(wait, 1, 2, 3)', [true, 1, 2, 3]],
    [
      'inside pcall, with an error afterwards',
      'local ok, e = pcall(function() wait() error("after") end) return ok, e, wait("still here")',
      [false, 'test:1: after', 'still here'],
    ],
    [
      'inside nested pcalls and xpcall',
      'return pcall(function() return xpcall(function() return pcall(function() return wait(9) end) end, print) end)',
      [true, true, true, 9],
    ],
    [
      'inside xpcall, with an error for the handler',
      'return xpcall(function() wait() error("late", 0) end, function(m) return "handled " .. m end)',
      [false, 'handled late'],
    ],
    [
      'in a coroutine',
      'local co = coroutine.create(function(a) local b = wait(a + 1) local c = coroutine.yield(b) return wait(c) end) local _, x = coroutine.resume(co, 1) local _, y = coroutine.resume(co, "z") return x, y, coroutine.status(co)',
      [2, 'z', 'dead'],
    ],
    [
      'in a coroutine in a coroutine, under pcall',
      'local outer = coroutine.wrap(function() local inner = coroutine.wrap(function() local ok, v = pcall(wait, "in") coroutine.yield(v) return wait("end") end) coroutine.yield(inner()) return inner() end) return outer(), outer()',
      ['in', 'end'],
    ],
    [
      'as the function of a coroutine that wrap drives',
      'local f = coroutine.wrap(function() wait() error("in wrap", 0) end) return pcall(f)',
      [false, 'test:1: in wrap'],
    ],
    [
      'with a result list of any length',
      'return select("#", wait()), select("#", wait(nil, nil)), #{ wait(1, 2, 3) }',
      [0, 2, 3],
    ],
  ])('waits %s', async (_, source, results) => {
    const { runAsync } = waiting();
    // A wrap prefixes the position of its caller, which a call by pcall has not.
    const expected = results.map((value) => (value === 'test:1: in wrap' ? 'in wrap' : value));
    await expect(runAsync(source)).resolves.toEqual(expected);
  });

  test('that is rejected is an error where the call is', async () => {
    const { runAsync } = waiting();
    await expect(runAsync('return pcall(function() fail() end)')).resolves.toEqual([
      false,
      'test:1: too late',
    ]);
    await expect(runAsync('return pcall(fail)')).resolves.toEqual([false, 'too late']);
    const error = await runAsync('local function f()\n  fail()\nend\nf()').catch(
      (e: unknown) => e as LuaError,
    );
    expect(error).toBeInstanceOf(LuaError);
    expect(error).toMatchObject({
      luaMessage: 'test:2: too late',
      cause: expect.objectContaining({ message: 'too late' }),
    });
    expect((error as LuaError).frames.map(({ name, line }) => [name, line])).toEqual([
      ['fail', 0],
      ['f', 2],
      ['main chunk', 4],
    ]);
  });

  test.each<[where: string, source: string]>([
    ['a metamethod', 'local t = setmetatable({}, { __index = function() return wait() end }) return t.x'],
    ['an arithmetic metamethod', 'return setmetatable({}, { __add = function() return wait() end }) + 1'],
    ['a function of gsub', 'return ("abc"):gsub(".", function() return wait() end)'],
    ['a comparison of sort', 'table.sort({ 3, 2, 1 }, function(a, b) wait() return a < b end)'],
    ['an iterator of for', 'for x in function() return wait() end do end'],
    ['__tostring', 'return tostring(setmetatable({}, { __tostring = function() return wait("s") end }))'],
    ['a module that require loads', 'package.preload.m = function() return wait() end require("m")'],
  ])('is refused inside %s', async (_, source) => {
    const { runAsync, run } = waiting();
    await expect(runAsync(source)).rejects.toMatchObject({ luaMessage: expect.stringContaining(ACROSS) });
    await expect(waiting().runAsync(`return pcall(function() ${source} end)`)).resolves.toEqual([
      false,
      expect.stringContaining(ACROSS),
    ]);
    expect(run('return "usable"')).toEqual(['usable']);
  });

  test('is refused where nothing can wait', () => {
    const { run } = waiting();
    expect(() => run('return wait(1)')).toThrow('cannot be waited for');
    expect(run('return 1')).toEqual([1]);
  });
});

describe('entries that wait', () => {
  test('take turns and keep their contexts apart', async () => {
    const seen: unknown[] = [];
    const { vm } = lua({
      wait: () => later(undefined),
      note: ([text], { context }) => {
        seen.push([text, context]);
        return undefined;
      },
    });
    const [f] = vm.callSync(vm.globals.get('loadstring') as never, [
      'local name = ... note(name .. 1) wait() pcall(function() wait() coroutine.wrap(function() note(name .. 2) end)() end) return name',
    ]);
    const results = await Promise.all(
      ['a', 'b', 'c'].map((name) => vm.call(f as never, [name], `context ${name}`)),
    );
    expect(results).toEqual([['a'], ['b'], ['c']]);
    expect(seen).toEqual([
      ...['a', 'b', 'c'].map((name) => [`${name}1`, `context ${name}`]),
      ...['a', 'b', 'c'].map((name) => [`${name}2`, `context ${name}`]),
    ]);
  });

  test('leave other entries alone when they fail', async () => {
    const { runAsync } = waiting();
    const failing = runAsync('wait() error("first")');
    const fine = runAsync('wait() wait() return "second"');
    await expect(failing).rejects.toMatchObject({ luaMessage: 'test:1: first' });
    await expect(fine).resolves.toEqual(['second']);
  });

  test('a host function may call back into Lua', async () => {
    const { vm, runAsync } = lua({ wait: () => later('waited') });
    vm.globals.set(
      'callback',
      vm.hostFunction(([f, ...args]) => vm.callSync(f as never, args)),
    );
    vm.globals.set(
      'callbackLater',
      vm.hostFunction(([f, ...args]) => vm.call(f as never, args)),
    );
    await expect(runAsync('return callback(function(a) return a * 2, "x" end, 21)')).resolves.toEqual([
      42,
      'x',
    ]);
    await expect(runAsync('return callbackLater(function() return wait() end)')).resolves.toEqual(['waited']);
    await expect(runAsync('return pcall(callback, function() error("inner", 0) end)')).resolves.toEqual([
      false,
      'inner',
    ]);
    expect(thrownBy(() => vm.callSync(vm.globals.get('error') as never, ['plain', 0]))).toMatchObject({
      luaMessage: 'plain',
    });
  });
});
