import { LuaError, type LuaValue } from '../../src/lua';
import { lua, thrownBy } from './support';

/** Results of one expression each, in one VM. */
const results = (expressions: string, options = {}): LuaValue[] =>
  lua({}, options).run(`return ${expressions}`);

test.each<[expression: string, results: unknown[]]>([
  // Arguments that C keeps in 32 or 64 bits.
  ['("x"):rep(2 ^ 32), #("x"):rep(2 ^ 32 + 3), ("x"):rep(-1)', ['', 3, '']],
  ['("abc"):sub(-2 ^ 70, 2 ^ 70), ("abc"):sub(2 ^ 31), ("abc"):sub(0/0)', ['', '', 'abc']],
  ['select(2 ^ 32 + 2, "a", "b", "c")', ['b', 'c']],
  // Formats.
  ['string.format("%5.1f|%-8d|%+d|%e", 2.25, 42, 7, 12345.678)', ['  2.2|42      |+7|1.234568e+04']],
  ['string.format("%.0f %.0f %.0f %.0f", 0.5, 1.5, 2.5, 3.5)', ['0 2 2 4']],
  ['string.format("%#x %#o %#.3g", 255, 8, 1)', ['0xff 010 1.00']],
  ['string.format("%u %x", 2 ^ 64, -2 ^ 63)', ['0 8000000000000000']],
  ['string.format("%d %d", 0/0, 1/0)', ['-9223372036854775808 -9223372036854775808']],
  ['string.format("%99.99f", 1/3):len()', [101]],
  ['string.format("%5s|%c|%s", "\\195\\164", 0, "a\\0b")', ['   \xc3\xa4||a']],
  // A pattern ends at a zero byte, a subject does not.
  ['("a\\0b"):find("\\0b", 1, true), ("a\\0b"):match("a\\0x"), ("a\\0b"):match("a%zb")', [2, 'a', 'a\0b']],
  ['("\\255\\200x"):match("%a+"), ("\\228"):upper() == "\\228", ("\\228A"):lower()', ['x', true, '\xe4a']],
  ['(("x"):gsub("x", "%")), (("x y"):gsub("(%w) (%w)", "%2%%%1"))', ['\0', 'y%x']],
  // Tables.
  ['#{ nil, nil, 3 }, #{ 1, nil, 3 }, (function(...) return #{ ... } end)(nil, 2)', [3, 3, 2]],
  [
    '(function() local s = "" for k in pairs({ x = 1, "a", "b", y = 2, "c" }) do s = s .. k end return s end)()',
    ['123xy'],
  ],
  ['table.concat({ 1, 2.5, "x" }, "-", 2, 3), table.maxn({ [1.5] = 1, [-3] = 2 })', ['2.5-x', 1.5]],
  // Time and environment.
  [
    'os.getenv("HOME"), os.getenv("PATH"), os.setenv("A", "1"), os.getenv("A"), os.setenv("A", nil), os.getenv("A")',
    [undefined, undefined, true, '1', true, undefined],
  ],
  ['os.date("!%c", 1e17), os.date("%Z"), os.date("!%Z"), os.date("%%Z")', [undefined, 'UTC', 'GMT', '%Z']],
  // Reflection.
  ['debug.gethook()', [undefined, '', 0]],
  [
    'debug.getinfo(1, "l").currentline, debug.getinfo(print, "S").what, debug.getinfo(function() end, "u").nups',
    [1, 'C', 0],
  ],
  [
    'select("#", debug.sethook()), collectgarbage("count") > 0, collectgarbage("step"), collectgarbage("meminfo").total > 0',
    [0, true, true, true],
  ],
  [
    'io.type(io.stdout), io.type("x"), io.stdout:flush(), io.stdout:setvbuf("line"), io.close()',
    ['file', undefined, true, true, undefined, 'cannot close standard file'],
  ],
])('%s', (expression, expected) => {
  expect(results(expression)).toEqual(expected);
});

test('os.time and os.date without a time ask the host', () => {
  const options = { now: () => 1_700_000_000.9 };
  expect(results('os.time(), os.date("!%F %T"), os.date("*t").yday', options)).toEqual([
    1_700_000_000,
    '2023-11-14 22:13:20',
    318,
  ]);
});

test('random numbers come from the host until a script seeds its own', () => {
  const options = { random: () => 0.5 };
  expect(results('math.random(), math.random(10), math.random(5, 6)', options)).toEqual([0.5, 6, 6]);
  const sequence = 'math.randomseed(7), math.random(1000), math.random(1000), math.random(1000)';
  expect(results(sequence)).toEqual(results(sequence, options));
  expect(results('math.random(), math.random()')).toEqual(results('math.random(), math.random()'));
});

test('random numbers cover their interval evenly', () => {
  const { run } = lua();
  const counts = run(
    'local n = {} for i = 1, 6 do n[i] = 0 end for i = 1, 6000 do local r = math.random(6) n[r] = n[r] + 1 end return unpack(n)',
  );
  expect(counts).toHaveLength(6);
  for (const count of counts) expect(Math.abs((count as number) - 1000)).toBeLessThan(150);
});

test('output goes to the host: text, numbers as C prints them, buffers', () => {
  const written: string[] = [];
  const { run } = lua({}, { write: (text: string) => written.push(text) });
  run(
    'io.write("a\\255", 1, 0.1, -1/0, buffer.new("buf")) io.stdout:write("b") io.stderr:write("c") io.write()',
  );
  expect(written).toEqual(['a\xff10.1-infbuf', 'b', 'c']);
});

test.each<[call: string, name: string]>([
  ['io.popen("ls")', 'io.popen'],
  ['os.execute("ls")', 'os.execute'],
  ['os.exit(1)', 'os.exit'],
  ['thread.create(print)', 'thread.create'],
  ['thread.sleep(1)', 'thread.sleep'],
  ['debug.sethook(print, "l")', 'debug.sethook'],
  ['debug.debug()', 'debug.debug'],
])('%s says that it is not simulated', (call, name) => {
  const error = thrownBy(() => lua().run(call)) as LuaError;
  expect(error.luaMessage).toBe(`test:1: ${name} is not simulated`);
});

describe('locks', () => {
  test.each<[source: string, results: unknown[]]>([
    [
      'local m = thread.mutex() return m:lock(), m:trylock(), pcall(m.lock, m)',
      [true, 16, false, 'failed to lock mutex: 35 Resource deadlock avoided'],
    ],
    [
      'local m = thread.mutex(thread.MUTEX_RECURSIVE) return m:lock(), m:lock(), m:trylock(), m:unlock(), m:unlock(), m:unlock(), (pcall(m.unlock, m))',
      [true, true, true, true, true, true, false],
    ],
    [
      'local m = thread.mutex() local c = thread.condition(m) return c:acquire(), m:trylock(), c:wait(0.1), c:release(), m:trylock()',
      [true, 16, false, true, true],
    ],
    [
      'local l = thread.rwlock() return l:rdlock(), l:tryrdlock(), l:trywrlock(), l:unlock(), l:unlock(), l:wrlock(), l:tryrdlock(), l:trywrlock()',
      [true, true, 16, true, true, true, 16, 16],
    ],
    ['return pcall(thread.mutex, 7)', [false, expect.stringContaining('specify one of')]],
    [
      'local m = thread.mutex(thread.MUTEX_NORMAL) m:lock() return pcall(m.lock, m)',
      [false, expect.stringContaining('would wait forever')],
    ],
    [
      'return pcall(thread.mutex().lock, {})',
      [false, "bad argument #1 to '?' (thread.mutex expected, got table)"],
    ],
  ])('%s', (source, expected) => {
    expect(lua().run(source)).toEqual(expected);
  });
});

test('buffers hold bytes, slices share them', () => {
  const { run } = lua();
  expect(
    run(`local b = buffer.new(8) local n = b:write("hello") local s = b:slice(0, 3)
         s:write("foo", 0) local c = buffer.new(4)
         return n, #b, b:string(), b:string(0, 1), b:string(1, 3), b:string(100), tostring(s), b:write("world"), tostring(b),
                b:copy(c), tostring(c), b:write("x", 9), b:slice(4, 9), #buffer.new("text"), buffer.new()`),
  ).toEqual([5, 5, 'foolo', 'f', 'oo', undefined, 'foo', 3, 'foolowor', 4, 'fool', 0, undefined, 4]);
});

test('a dumped function can be loaded again, by other VMs too, with fresh upvalues', () => {
  const [dumped] = lua().run('local n = 5 return string.dump(function(a) n = n or a return n end)');
  expect(lua().run('local f = loadstring(...) return f(7), f(8), type(f)', dumped)).toEqual([
    7,
    7,
    'function',
  ]);
  expect(lua().run('return loadstring("\\27Lua from elsewhere", "=bin")')).toEqual([
    undefined,
    'bin: bad header in precompiled chunk',
  ]);
});

test('debug reaches locals, upvalues, environments and metatables', () => {
  const { run } = lua();
  expect(
    run(`local function f(a, b) local c = 3 do local hidden = 4 end
           local names = {} for i = 1, 9 do names[i] = debug.getlocal(1, i) end
           debug.setlocal(1, 3, "changed") return c, table.concat(names, " ", 1, 3) end
         return f(1, 2)`),
  ).toEqual(['changed', 'a b c']);
  expect(
    run(`local up = 1 local f = function() return up end
         local name, value = debug.getupvalue(f, 1) debug.setupvalue(f, 1, "new")
         return name, value, f(), up, debug.getupvalue(f, 2)`),
  ).toEqual(['up', 1, 'new', 'new']);
  expect(
    run(`local co = coroutine.create(function(x) local y = x coroutine.yield() end) coroutine.resume(co, 5)
         return debug.getlocal(co, 1, 2), debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 5)`),
  ).toEqual(['y', 1, undefined]);
  expect(
    run('local f = debug.setfenv(function() return x end, { x = 1 }) return f(), debug.getfenv(f).x'),
  ).toEqual([1, 1]);
  expect(
    run(
      'local t = setmetatable({}, { __metatable = "hidden" }) return getmetatable(t), type(debug.getmetatable(t)), debug.setmetatable(t, nil)',
    ),
  ).toEqual(['hidden', 'table', true]);
});

test('a script that replaces a library function only changes its own table', () => {
  expect(lua().run('string.len = function() return "mine" end return ("x"):len(), #"x"')).toEqual([
    'mine',
    1,
  ]);
});
