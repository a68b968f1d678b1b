import { LuaFunction, LuaTable, LuaThread, LuaUserdata, LuaVM, Source } from '../../src/lua';
import { lua } from './support';

describe('programs', () => {
  test.each<[name: string, source: string, results: unknown[]]>([
    [
      'closures in loops have variables of their own',
      `local fs = {}
       for i = 1, 3 do local j = i * 10 fs[#fs + 1] = function() j = j + 1 return i, j end end
       local n = 0
       while n < 2 do n = n + 1 local k = n fs[#fs + 1] = function() k = k + 1 return k end end
       local a, b = fs[1]() local c, d = fs[1]() local e, f = fs[3]()
       return a, b, c, d, e, f, fs[4](), fs[4](), fs[5]()`,
      [1, 11, 1, 12, 3, 31, 2, 3, 3],
    ],
    [
      'closures that a break leaves keep their variables',
      `local get, set
       for i = 1, 10 do local v = i get = function() return v end set = function(x) v = x end if i == 4 then break end end
       local before = get() set("new") local other = 99 return before, get()`,
      [4, 'new'],
    ],
    [
      'a repeat condition sees the variables of the body',
      `local fs, n = {}, 0
       repeat n = n + 1 local last = n == 3 fs[n] = function() return last end until last
       return n, fs[1](), fs[3]()`,
      [3, false, true],
    ],
    [
      'sibling closures share a variable, also after the function returned',
      `local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end
       local up, read = counter() up() up() local up2, read2 = counter() up2()
       return read(), read2()`,
      [2, 1],
    ],
    [
      'tail calls use no stack',
      `local function loop(n, sum) if n == 0 then return sum end return loop(n - 1, sum + n) end
       return loop(100000, 0)`,
      [5000050000],
    ],
    [
      'mutual tail calls with varying numbers of arguments, through varargs and methods',
      `local o = {}
       function o.even(n, ...) if n == 0 then return true, select("#", ...) end return o:odd(n - 1, n, ...) end
       function o:odd(n, first, ...) if n == 0 then return false end return self.even(n - 1, ...) end
       return o.even(10000, "a", "b")`,
      [true, 2],
    ],
    [
      'a tail call of a closure keeps the captured variables of the caller',
      `local function make() local v = "kept" local function get() return v end local function id(f) return f end return id(get) end
       local f = make() local junk = {1, 2, 3} return f()`,
      ['kept'],
    ],
    [
      'deep recursion',
      'local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end return depth(15000)',
      [15000],
    ],
    [
      '200 local variables',
      `${Array.from({ length: 200 }, (_, i) => `local v${i} = ${i}`).join('\n')}\nreturn v0 + v199, (function() return v57 end)()`,
      [199, 57],
    ],
    [
      '60 upvalues',
      `${Array.from({ length: 60 }, (_, i) => `local v${i} = ${i}`).join('\n')}
       return (function() return ${Array.from({ length: 60 }, (_, i) => `v${i}`).join(' + ')} end)()`,
      [1770],
    ],
    [
      'long lists of values, arguments and results',
      `local function pack(...) return { n = select("#", ...), ... } end
       local t = {} for i = 1, 7000 do t[i] = i end
       local p = pack(unpack(t)) local c = { "first", unpack(t, 1, 200) }
       return p.n, p[7000], #c, c[201], select("#", unpack(t, 1, 7000)), (select(6999, unpack(t)))`,
      [7000, 7000, 201, 200, 7000, 6999],
    ],
    [
      'assignments evaluate everything first',
      'local i, t = 1, {} i, t[i], t[i + 1] = i + 1, "one", "two" local a, b, c = 1 a, b = b, a return i, t[1], t[2], a, b, c',
      [2, 'one', 'two', undefined, 1, undefined],
    ],
    [
      'and, or and not keep values',
      'local f, n = false, nil return f or n, n or f, f and 1, n and 1, 0 and "zero", "" or 1, not 0, (f or 2) and 3, f == nil',
      [undefined, false, false, undefined, 'zero', '', false, 3, false],
    ],
    [
      'setfenv changes one function; its later closures inherit',
      `local function make() return function() return value end end
       value = "global" local before = make() setfenv(make, { value = "own" })
       return before(), make()(), value`,
      ['global', 'own', 'global'],
    ],
    [
      'module makes a dotted table and moves the functions after it there',
      `local chunk = loadstring("module('a.b.c', package.seeall) function hello() return _NAME, _PACKAGE, type(print) end")
       chunk() local n, p, t = a.b.c.hello()
       return n, p, t, package.loaded["a.b.c"] == a.b.c, a.b.c._M == a.b.c, hello`,
      ['a.b.c', 'a.b.', 'function', true, true, undefined],
    ],
    [
      'fields called __proto__, constructor and hasOwnProperty are like any other',
      `local t = {} local before = t.__proto__ == nil and t.constructor == nil and t.hasOwnProperty == nil
       t.__proto__ = { x = 1 } t.constructor = 2
       local n = 0 for _ in pairs(t) do n = n + 1 end
       return before, t.__proto__.x, t.x, t.constructor, n, rawget(_G, "__proto__"), ("x").constructor`,
      [true, 1, undefined, 2, 2, undefined, undefined],
    ],
    [
      'coroutines inside coroutines, with values both ways',
      `local function gen(n) return coroutine.wrap(function(a) for i = 1, n do a = coroutine.yield(i .. a) end return "end" .. a end) end
       local outer = coroutine.wrap(function() local g = gen(2) coroutine.yield(g("x")) coroutine.yield(g("y")) return g("z") end)
       return outer(), outer(), outer()`,
      ['1x', '2y', 'endz'],
    ],
    [
      'errors unwind captured variables and coroutines stay usable',
      `local log = {}
       local co = coroutine.create(function() local v = 1 log[1] = function() return v end v = 2 error({ code = 7 }) end)
       local ok, e = coroutine.resume(co)
       return ok, e.code, log[1](), coroutine.status(co), select(2, coroutine.resume(co))`,
      [false, 7, 2, 'dead', 'cannot resume dead coroutine'],
    ],
    [
      'keys may be removed during a traversal',
      'local t = {} for i = 1, 50 do t[i] = i t["k" .. i] = i end local n = 0 for k in pairs(t) do n = n + 1 t[k] = nil end return n, next(t)',
      [100, undefined],
    ],
  ])('%s', (_, source, results) => {
    expect(lua().run(source)).toEqual(results);
  });
});

describe('values cross the border to the host', () => {
  test('strings are bytes, all 256 of them', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    const { run } = lua({ echo: ([value]) => value });
    expect(run('return ..., echo(...), #..., (...):byte(1, -1)', all).slice(0, 3)).toEqual([all, all, 256]);
    expect(run('return (...):byte(1, -1)', all)).toEqual(Array.from({ length: 256 }, (_, i) => i));
    expect(
      run('local t = {} for i = 0, 255 do t[i + 1] = string.char(i) end return table.concat(t)'),
    ).toEqual([all]);
    expect(run('return ({ [...] = "found" })["\\0\\1\\2" .. (...):sub(4)]', all)).toEqual(['found']);
  });

  test('bytes of the host become strings', () => {
    expect(lua().run('return (...):byte(1, -1)', new Uint8Array([0, 128, 255]))).toEqual([0, 128, 255]);
  });

  test('every other type keeps its identity', () => {
    const { run, vm } = lua();
    const [table, f, thread, proxy] = run(
      't = {} f = print c = coroutine.create(function() end) p = newproxy() return t, f, c, p',
    );
    expect([table, f, thread, proxy].map((value) => (value as object).constructor)).toEqual([
      LuaTable,
      LuaFunction,
      LuaThread,
      LuaUserdata,
    ]);
    expect(
      run('local a, b, d, e = ... return a == t, b == f, d == c, e == p', table, f, thread, proxy),
    ).toEqual([true, true, true, true]);
    expect(run('return select("#", ...), ...', undefined, false, 1.5)).toEqual([3, undefined, false, 1.5]);
    expect(() => vm.globals.set('x', { unbound: true })).toThrow(TypeError);
  });

  test('tables are read and written with and without metamethods', () => {
    const { run } = lua();
    const [value] = run(
      'return setmetatable({ 1, 2, [0.5] = "half" }, { __index = function(_, k) return k .. "!" end })',
    );
    const table = value as LuaTable;
    expect([table.get('x'), table.index('x'), table.get(0.5), table.length]).toEqual([
      undefined,
      'x!',
      'half',
      2,
    ]);
    table.set('x', true);
    expect([...table.entries()]).toEqual([
      [1, 1],
      [2, 2],
      [0.5, 'half'],
      ['x', true],
    ]);
  });
});

describe('two VMs', () => {
  test('share nothing that a script can change', () => {
    const one = lua();
    const other = lua();
    one.run(`string.upper = 1 table.insert = nil getmetatable("").__index = {} os.setenv("A", "1") math.randomseed(5)
             _OSTLS.x = 1 _TLS.x = 1 package.loaded.m = true package.path = "x" debug.setmetatable(1, {}) io.output(io.stderr)
             getmetatable(io.stdout).write = nil getmetatable(thread.mutex()).lock = nil g = 1`);
    expect(
      other.run(`return ("x"):upper(), type(table.insert), os.getenv("A"), _OSTLS.x, _TLS.x, package.loaded.m, package.path,
                 getmetatable(1), io.output() == io.stdout, type(io.stdout.write), type(thread.mutex().lock), g`),
    ).toEqual([
      'X',
      'function',
      undefined,
      undefined,
      undefined,
      undefined,
      './?.lua',
      undefined,
      true,
      'function',
      'function',
      undefined,
    ]);
  });

  test('run the same compiled chunk with globals and upvalues of their own', () => {
    const source = new Source(
      '=shared',
      'n = (n or 0) + 1 local m = n return function() m = m + 1 return n, m end',
    );
    const results = [new LuaVM(), new LuaVM()].map((vm) => {
      const [f] = vm.callSync(vm.load(source));
      vm.callSync(f as LuaFunction);
      return vm.callSync(f as LuaFunction);
    });
    expect(results).toEqual([
      [1, 3],
      [1, 3],
    ]);
  });
});
