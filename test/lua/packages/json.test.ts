import { LuaError } from '../../../src/lua';
import { lua, thrownBy } from '../support';

const run = (source: string, ...args: string[]) => lua().run(`require "json" ${source}`, ...args);
const raised = (source: string) => (thrownBy(() => run(source)) as LuaError).luaMessage;

test('require gives the table, which is also a global (luaL_register)', () => {
  expect(run('return require("json") == json, package.loaded.json == json, type(json)')).toEqual([
    true,
    true,
    'table',
  ]);
});

test('a global of another type is in the way', () => {
  expect((thrownBy(() => lua().run('json = 1 require "json"')) as LuaError).message).toContain(
    "name conflict for module 'json'",
  );
});

test('a module of the script’s own comes before the package', () => {
  const { run } = lua({}, { findModule: () => ({ tried: [] }) });
  expect(run('package.preload.json = function() return "own" end return require "json"')).toEqual(['own']);
});

describe('the documented examples', () => {
  test('4/lua/ref-json-decode', () => {
    expect(
      run(`
        obj, code, err = json.decode([[{ "hello": "world" }]])
        if not obj then error(err) end
        obj.int = 4
        obj.num = 3.5
        return obj.hello, tostring(obj)`),
    ).toEqual(['world', '{ "hello": "world", "int": 4, "num": 3.500000 }']);
  });

  test('4/lua/ref-json-encode', () => {
    expect(
      run(`
        local obj = json.decode([[{"foo": "bar"}]])
        obj.int = 4
        local array = json.encode({ 0, 1, 3 })
        obj.arr = array
        return tostring(obj)`),
    ).toEqual(['{ "foo": "bar", "int": 4, "arr": [ 0, 1, 3 ] }']);
  });

  test('4/lua/ref-json-new', () => {
    expect(run('o = json.new(); o.name = "value"; return tostring(o)')).toEqual(['{ "name": "value" }']);
  });
});

describe('decode', () => {
  test.each([
    ['{}', '{ }'],
    ['[]', '[ ]'],
    ['[1,-2,1.5,1e3,true,FALSE,null,"x"]', '[ 1, -2, 1.500000, 1000.000000, true, false, null, "x" ]'],
    ['{"a":{"b":[{}]}}', '{ "a": { "b": [ { } ] } }'],
    // What json-c takes beyond JSON.
    ["{'a':'b'}", '{ "a": "b" }'],
    ['[1,]', '[ 1 ]'],
    ['{"a":1,}', '{ "a": 1 }'],
    ['/* c */ [ // d\n 1 /**/ ]', '[ 1 ]'],
    ['[] trailing', '[ ]'],
    ['{} // comment\n', '{ }'],
    ['[007, -01, 1-2, 1.2.3]', '[ 7, -1, 1, 1.200000 ]'],
    // A key that comes again moves to the end.
    ['{"a":1,"b":2,"a":3}', '{ "b": 2, "a": 3 }'],
    // 64 bits, the nearest integer beyond.
    [
      '[1700000000000, 9223372036854775808, -9223372036854775809]',
      '[ 1700000000000, 9223372036854775807, -9223372036854775808 ]',
    ],
    // What `%f` leaves of a double.
    ['[0.0078125, 1e-7, -0.0, 1e21]', '[ 0.007812, 0.000000, -0.000000, 1000000000000000000000.000000 ]'],
    ['{"a\\u0000b":"c\\u0000d"}', '{ "a": "c" }'],
    ['["\\"\\\\\\/\\b\\n\\r\\t"]', '[ "\\"\\\\\\/\\b\\n\\r\\t" ]'],
    ['["\x01\x0c\x1f\x7f\xff"]', '[ "\\u0001\\u000c\\u001f\x7f\xff" ]'],
    ['["\\u0041\\u00e9\\u20AC\\ud83d\\ude00"]', '[ "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" ]'],
    [
      '["\\ud83d", "\\ude00", "\\ud83dx", "\\ud83d\\u0041"]',
      '[ "\xef\xbf\xbd", "\xef\xbf\xbd", "\xef\xbf\xbdx", "\xef\xbf\xbdA" ]',
    ],
    ['42 ', '42'],
    ['true\n', 'true'],
    ['-1.5,', '-1.500000'],
  ])('%j', (text, expected) => {
    expect(
      run('local o, code, message = json.decode((...)) return type(o), message or tostring(o)', text),
    ).toEqual(['userdata', expected]);
  });

  // Codes and texts are those of json-c's json_tokener_error, offsets count bytes.
  test.each([
    ['{ bad: "json" }', 9, 'quoted object property name expected at offset 2'],
    ['[1 2]', 8, "array value separator ',' expected at offset 3"],
    ['{"a" 1}', 10, "object property name separator ':' expected at offset 5"],
    ['{"a":1 "b":2}', 11, "object value separator ',' expected at offset 7"],
    ['[nil]', 5, 'null expected at offset 2'],
    ['[trve]', 6, 'boolean expected at offset 3'],
    ['[-]', 7, 'number expected at offset 2'],
    ['[--1]', 7, 'number expected at offset 4'],
    ['["\\x"]', 12, 'invalid string sequence at offset 3'],
    ['["\\f"]', 12, 'invalid string sequence at offset 3'],
    ['["\\u00g0"]', 12, 'invalid string sequence at offset 6'],
    ['[+1]', 4, 'unexpected character at offset 1'],
    ['[NaN]', 5, 'null expected at offset 2'],
    ['hello', 4, 'unexpected character at offset 0'],
    ['[1 / 2]', 13, 'expected comment at offset 4'],
    ['[] /x', 13, 'expected comment at offset 4'],
    // The text ends too early; a number or literal at its end might go on.
    ['', 1, 'continue at offset 0'],
    ['{"a":1', 1, 'continue at offset 6'],
    ['["x', 1, 'continue at offset 3'],
    ['42', 1, 'continue at offset 2'],
    ['true', 1, 'continue at offset 4'],
    ['{} /*', 1, 'continue at offset 5'],
    ['[1\0]', 3, 'unexpected end of data at offset 2'],
    ['["a\0b"]', 3, 'unexpected end of data at offset 4'],
    ['null ', 0, 'success at offset 5'],
    ['['.repeat(33), 2, 'nesting too deep at offset 32'],
    [`${'{"a":'.repeat(32)}1`, 2, 'nesting too deep at offset 160'],
  ])('%j fails', (text, code, message) => {
    expect(run('return json.decode((...))', text)).toEqual([undefined, code, message]);
  });

  test('32 levels are not too many', () => {
    const text = '['.repeat(32) + ']'.repeat(32);
    expect(run('return type(json.decode((...)))', text)).toEqual(['userdata']);
  });

  test('the constants and strerror (4/lua/ref-json-strerror)', () => {
    expect(
      run(`
        local _, code = json.decode("{ bad }")
        return code == json.ERROR_PARSE_OBJECT_KEY_NAME, json.strerror(code), json.strerror(json.ERROR_PARSE_NULL),
          json.ERROR_DEPTH, json.ERROR_PARSE_COMMENT, json.strerror(-1), json.strerror(20000)`),
    ).toEqual([
      true,
      'quoted object property name expected',
      'null expected',
      2,
      13,
      'unknown error',
      'unknown error',
    ]);
  });

  test('wants a string', () => {
    expect(raised('json.decode()')).toBe(
      "test:1: bad argument #1 to 'decode' (string expected, got no value)",
    );
  });
});

describe('fields', () => {
  test.each([
    // Integers are read as 32 bits.
    ['{"n":1700000000000}', 'o.n', 2147483647],
    ['{"n":-1700000000000}', 'o.n', -2147483648],
    ['{"n":1.7e12}', 'o.n', 1.7e12],
    ['{"n":null}', 'o.n', undefined],
    ['{}', 'o.n', undefined],
    ['{"n":false}', 'o.n', false],
    ['{"32":"x"}', 'o[32]', 'x'],
    ['["a","b"]', 'o[1] .. o[2]', 'ab'],
    ['["a"]', 'o[2]', undefined],
    ['["a","b"]', '#o', 2],
    ['{"a":1}', '#o', 0],
    ['{"a":[]}', 'o.a == o.a', false],
    ['{"s":"\xff\\u0000x"}', 'o.s', '\xff'],
  ])('%j: %s', (text, expression, expected) => {
    expect(run(`local o = json.decode((...)) return ${expression}`, text)).toEqual([expected]);
  });

  test('a number goes in as an integer where it is one of 32 bits', () => {
    expect(
      run(
        'return tostring(json.encode{ 2147483647, 2147483648, -2147483648, -2147483649, 3.0000000001, 2^53, 0/0 })',
      ),
    ).toEqual([
      '[ 2147483647, 2147483648.000000, -2147483648, -2147483649.000000, 3, 9007199254740992.000000, nan ]',
    ]);
  });

  test.each([
    ['o.a.b = nil', '{ "a": { }, "l": [ 1 ] }'],
    ['o.l[3] = "x"', '{ "a": { "b": 1 }, "l": [ 1, null, "x" ] }'],
    ['o.l["1"] = "x"', '{ "a": { "b": 1 }, "l": [ "x" ] }'],
    ['o.a = 2', '{ "l": [ 1 ], "a": 2 }'],
    ['o.t = { 1, { x = {} }, nil, 4 }', '{ "a": { "b": 1 }, "l": [ 1 ], "t": [ 1, { "x": { } } ] }'],
    ['o.t = { [32] = true }', '{ "a": { "b": 1 }, "l": [ 1 ], "t": { "32": true } }'],
    // An object is stored by reference.
    ['local a = o.a o.copy = a a.b = "new" o.l = nil', '{ "a": { "b": "new" }, "copy": { "b": "new" } }'],
    ['o.a = json.encode("x/\\0\\255")', '{ "l": [ 1 ], "a": "x\\/\\u0000\xff" }'],
  ])('%s', (source, expected) => {
    expect(run(`local o = json.decode('{"a":{"b":1},"l":[1]}') ${source} return tostring(o)`)).toEqual([
      expected,
    ]);
  });

  test.each([
    ['o.f = print', 'cannot assign values of type function'],
    ['o.f = coroutine.create(function() end)', 'cannot assign values of type thread'],
    ['o.f = newproxy()', "bad argument #3 to '?' (libjson:json_object* expected, got userdata)"],
    ['o.f = { x = newproxy() }', "bad argument #5 to '?' (libjson:json_object* expected, got userdata)"],
    ['o.l[1] = nil', 'cannot delete from json arrays'],
    ['o.l.moo = "bang"', 'json array index must be numeric'],
    ['o.l[0] = "bang"', 'lua array semantics are that index operations are 1-based'],
    ['o.l[2^40] = 1', 'not enough memory'],
    ['return o.l.x', "bad argument #2 to '?' (number expected, got string)"],
    ['return o[true]', "bad argument #2 to '?' (string expected, got boolean)"],
    ['json.encode(42).x = 1', 'cannot assign to this type of json object'],
    ['json.encode(nil)', 'cannot assign values of type nil'],
  ])('%s raises', (source, message) => {
    expect(raised(`local o = json.decode('{"l":[1]}') ${source}`)).toBe(`test:1: ${message}`);
  });

  test.each([
    ['return o.l[0]', 'reads memory in front of the array'],
    ['o.x = { [true] = 1 }', 'a key of type boolean cannot become a JSON key'],
    ['local t = {} t.t = t o.x = t', 'a table that contains itself cannot become JSON'],
    ['o.o = o tostring(o)', 'a json object that contains itself has no text'],
    [
      'for k in o do o.l = nil o.m = nil end',
      "the member 'm' was removed while the json object is traversed",
    ],
  ])('%s would take the server down', (source, message) => {
    expect(raised(`local o = json.decode('{"l":[1],"m":2}') ${source}`)).toContain(message);
  });
});

describe('iteration (__iter)', () => {
  const list = (text: string) =>
    run(
      'local l = {} for k, v in json.decode((...)) do l[#l + 1] = k .. "=" .. tostring(v) end return table.concat(l, " ")',
      text,
    );

  test.each([
    ['{"z":1,"a":null,"m":[2]}', 'z=1 a=nil m=[ 2 ]'],
    ['["x","y"]', '1=x 2=y'],
    // A null ends the traversal of an array.
    ['["x",null,"y"]', '1=x'],
    ['{}', ''],
    ['42 ', ''],
  ])('%s', (text, expected) => {
    expect(list(text)).toEqual([expected]);
  });

  test('the present member may be removed', () => {
    expect(
      run(
        `local o = json.decode('{"a":1,"b":2,"c":3}') for k, v in o do if v > 1 then o[k] = nil end end return tostring(o)`,
      ),
    ).toEqual(['{ "a": 1 }']);
  });
});

describe('references', () => {
  test('free and addref (doc/json.md of the runtime)', () => {
    expect(
      run(
        'local o = json.new{ 1 } local added = json.addref(o) json.free(o) return added, tostring(o), select("#", json.free(o))',
      ),
    ).toEqual([true, '[ 1 ]', 0]);
  });

  test.each(['tostring(o)', 'o.x = 1', 'json.free(o)', 'json.encode{ o }', 'for _ in o do end'])(
    '%s after the last reference went',
    (source) => {
      expect(raised(`local o = json.new() json.free(o) ${source}`)).toContain(
        'this json object was released by json.free: production goes on with freed memory here',
      );
    },
  );
});

test('states do not share their json objects’ metatable', () => {
  const one = lua();
  one.run('require "json" getmetatable(json.new()).__tostring = function() return "mine" end');
  expect(one.run('return tostring(json.new())')).toEqual(['mine']);
  expect(run('return tostring(json.new())')).toEqual(['{ }']);
});
