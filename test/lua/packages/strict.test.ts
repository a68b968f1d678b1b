import { LuaError } from '../../../src/lua';
import { lua, thrownBy } from '../support';

const run = (source: string) => lua().run(source);
const raised = (source: string) => (thrownBy(() => run(source)) as LuaError).luaMessage;

test('require "strict" answers true', () => {
  expect(run('return require "strict"')).toEqual([true]);
});

test.each([
  ['a main chunk declares by assigning', 'x = 1 return (function() x = x + 1 return x end)()', 2],
  ['nil is enough', 'x = nil return (function() return x end)()', undefined],
  [
    'what was there before is known',
    'return (function() print = nil return type(tostring) end)()',
    'function',
  ],
  ['_TLS is exempt', 'return (function() _TLS.fred = true return _TLS.fred end)()', true],
  ['_OSTLS is exempt', 'return (function() _OSTLS.wilma = true return _OSTLS.wilma end)()', true],
  ['rawset is no assignment', 'return (function() rawset(_G, "x", 1) return x end)()', 1],
  ['the host’s functions may look', 'return (string.gsub("x", "x", _G))', 'x'],
  ['a module’s main chunk declares', 'loadstring("y = 5")() return (function() return y end)()', 5],
  [
    'the set of names can be extended',
    'getmetatable(_G).__declared.z = true return (function() z = 7 return z end)()',
    7,
  ],
])('%s', (_name, source, expected) => {
  expect(run(`require "strict" ${source}`)).toEqual([expected]);
});

test.each([
  [
    'a function assigns',
    'return (function() does_not_exist = "flurble" end)()',
    "assign to undeclared variable 'does_not_exist'",
  ],
  ['a function reads', 'return (function() local a = nope end)()', "variable 'nope' is not declared"],
  ['the main chunk reads', 'local a = nope', "variable 'nope' is not declared"],
])('%s', (_name, source, message) => {
  expect(raised(`require "strict"\n${source}`)).toBe(`test:2: ${message}`);
});

test('it acts on the one _G, chunks that were loaded before included', () => {
  const { run } = lua();
  run('function early() return later end');
  expect(run('return early()')).toEqual([undefined]);
  run('require "strict"');
  expect((thrownBy(() => run('return early()')) as LuaError).luaMessage).toBe(
    "test:1: variable 'later' is not declared",
  );
});

test('metamethods that _G had are asked, too', () => {
  expect(
    run(`
      setmetatable(_G, { __index = function(_, k) return "got " .. k end, __newindex = function(t, k, v) rawset(t, k, v * 2) end })
      require "strict"
      x = 21
      return x, (function() getmetatable(_G).__declared.y = true return y end)()`),
  ).toEqual([42, 'got y']);
});
