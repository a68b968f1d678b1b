import { LuaError, type LuaTable, type LuaValue } from '../../../src/lua';
import { lua, thrownBy } from '../support';

const { run } = lua();
run('require "pcre"');
const raised = (source: string, ...args: LuaValue[]) =>
  (thrownBy(() => run(source, ...args)) as LuaError).luaMessage;

/** A table as an object; keys as Lua prints them. */
const contents = (value: LuaValue) =>
  value === undefined
    ? undefined
    : Object.fromEntries([...(value as LuaTable).entries()].map(([key, item]) => [String(key), item]));

test('require gives the table, which is also a global', () => {
  expect(run('return require("pcre") == pcre, package.loaded.pcre == pcre')).toEqual([true, true]);
});

describe('match (4/lua/ref-msys-pcre-match)', () => {
  test.each([
    ['hello there', '^(\\S+)\\s+(\\S+)$', { 0: 'hello there', 1: 'hello', 2: 'there' }],
    ['hello', 'l+', { 0: 'll' }],
    ['a-b', '(?P<one>\\w)-(?<two>\\w)', { 0: 'a-b', 1: 'a', 2: 'b', one: 'a', two: 'b' }],
    // A group that is not set is empty before the last one that is, and absent behind it.
    ['b', '(a)?(b)(c)?', { 0: 'b', 1: '', 2: 'b' }],
    ['b', '(?<x>a)?(b)(?<y>c)?', { 0: 'b', 1: '', 2: 'b', x: '', y: '' }],
    ['x', 'y', undefined],
    ['abc', '(?i)B', { 0: 'b' }],
    ['', '^$', { 0: '' }],
    // What JavaScript's expressions lack.
    ['((()))', '^(\\((?1)*\\))$', { 0: '((()))', 1: '((()))' }],
    ['aaab', '(?>a+)ab', undefined],
    ['aaa', 'a++a', undefined],
    ['foobar', 'foo\\Kbar', { 0: 'bar' }],
    ['abab', '(?P<p>ab)(?P=p)', { 0: 'abab', 1: 'ab', p: 'ab' }],
    ['ab', '(?(?=a)ab|cd)', { 0: 'ab' }],
    ['b', '(?|(a)|(b))', { 0: 'b', 1: 'b' }],
    ['x1', '[[:alpha:]][[:digit:]]', { 0: 'x1' }],
    // Every pattern is compiled as UTF-8; classes such as \w stay ASCII's.
    ['\xc3\xa9', '^.$', { 0: '\xc3\xa9' }],
    ['\xc3\xa9', '\\w', undefined],
    ['\xf0\x9f\x98\x80!', '^(.)!', { 0: '\xf0\x9f\x98\x80!', 1: '\xf0\x9f\x98\x80' }],
    ['\xc3\x89', '(?i)\xc3\xa9', { 0: '\xc3\x89' }],
    ['\xc3\xa9', '\\x{e9}', { 0: '\xc3\xa9' }],
    // Other bytes match nothing.
    ['\xe9', '.', undefined],
    ['a\0b', 'a\\0b', { 0: 'a\0b' }],
    // C's string: the pattern ends at a zero byte.
    ['ab', 'a\0c', { 0: 'a' }],
    [17, '7', { 0: '7' }],
  ])('%j with %j', (subject, pattern, expected) => {
    expect(contents(run('return (pcre.match(...))', subject, pattern)[0])).toEqual(expected);
  });

  test('# and ipairs do not see the whole match', () => {
    expect(run('local m = pcre.match("ab", "(a)(b)") return #m, table.concat(m, ";")')).toEqual([2, 'a;b']);
  });

  test('no match is one nil', () => {
    expect(run('return select("#", pcre.match("a", "b"))')).toEqual([1]);
  });
});

// PCRE 8's words; the offset counts bytes.
test.each([
  ['', 'an empty pattern was provided', 0],
  ['asd(', 'missing )', 4],
  ['a)', 'unmatched parentheses', 1],
  ['*', 'nothing to repeat', 0],
  ['[a', 'missing terminating ] for character class', 2],
  ['\xc3\xa9(', 'missing )', 3],
  ['\xe9', 'invalid UTF-8 string', 0],
  ['a\xc3', 'invalid UTF-8 string', 1],
  ['(?<=a+)b', 'lookbehind assertion is not fixed length', undefined],
  ['(?<a>x)(?<a>y)', 'two named subpatterns have the same name', undefined],
])('the pattern %j does not compile', (pattern, message, offset) => {
  for (const call of ['match("x", ...)', 'replace("x", (...), "y")', 'split("x", ...)']) {
    const [result, text, at] = run(`return pcre.${call}`, pattern);
    expect([result, text, offset === undefined ? undefined : at]).toEqual([undefined, message, offset]);
  }
});

describe('replace (4/lua/ref-msys-pcre-replace)', () => {
  test.each([
    ['the quick quick brown', 'quick', 'slow', 'the slow slow brown'],
    ['quick quick', '(qu)ic(k)', '$1sl$2ow', 'quslkow quslkow'],
    ['quick quick', '(qu)ic(k)', '\\1sl\\2ow', 'quslkow quslkow'],
    ['quick quick', '(qu)ic(k)', '${1}sl${2}ow', 'quslkow quslkow'],
    ['quick quick', '(?P<name>qu)ic(k)', '${name}sl$2ow', 'quslkow quslkow'],
    ['abc', 'b', '[$0|\\0|${0}|${}]', 'a[b|b|b|b]c'],
    ['abc', 'b', '$1\\7${none}-', 'a-c'],
    ['abc', '(b)', '$$1', 'abc'],
    ['abc', '(b)', '\\$1', 'a$1c'],
    ['hello there', 'l(o)', 'hey \\\\1 \\1', 'helhey \\1 o there'],
    ['abc', 'b', '$x\\y$', 'axyc'],
    ['abc', 'x*', '-', '-a-b-c-'],
    ['aab', 'a*?', '-', '-----b-'],
    ['a1b22', '\\d*', '#', '#a##b##'],
    ['abc', 'z', 'x', 'abc'],
    ['', 'a', 'b', ''],
    ['\xc3\xa9\xc3\xa8', '\xc3\xa8', '\xff', '\xc3\xa9\xff'],
    ['a\0a', 'a', 7, '7\x007'],
    ['x', '(a)?x', '[$1]', '[]'],
  ])('%j, %j, %j', (subject, pattern, replacement, expected) => {
    expect(run('return pcre.replace(...)', subject, pattern, replacement)).toEqual([expected]);
  });

  test.each([
    [0, 'aaa'],
    [2, 'bba'],
    [-1, 'bbb'],
    [9, 'bbb'],
  ])('at most %i', (limit, expected) => {
    expect(run('return pcre.replace("aaa", "a", "b", (...))', limit)).toEqual([expected]);
  });

  test.each([
    ['function(t) return t[0] .. t.name .. t[2] end', 'quickquk lemon'],
    ['function() return nil end', 'quick lemon'],
    ['function() return false end', 'quick lemon'],
    ['function() return 42 end', '42 lemon'],
    ['function() return pcre.replace("x", "x", "inner") end', 'inner lemon'],
    ['string.len', undefined],
  ])('a function decides: %s', (f, expected) => {
    const call = `return pcre.replace("quick lemon", "(?P<name>qu)ic(k)", ${f})`;
    if (expected !== undefined) expect(run(call)).toEqual([expected]);
    else expect(raised(call)).toContain('string expected, got table');
  });

  test.each([
    ['function() error("from inside", 0) end', 'from inside'],
    ['function() return {} end', 'test:1: invalid replacement value (a table)'],
    ['function() coroutine.yield() end', 'attempt to yield across metamethod/C-call boundary'],
    ['{}', "test:1: bad argument #3 to 'replace' (expected string/function)"],
    ['nil', "test:1: bad argument #3 to 'replace' (expected string/function)"],
  ])('%s raises', (replacement, message) => {
    expect(raised(`pcre.replace("a", "a", ${replacement})`)).toBe(message);
  });

  test('a limit is a number', () => {
    expect(raised('pcre.replace("a", "a", "b", "x")')).toBe(
      "test:1: bad argument #4 to 'replace' (number expected, got string)",
    );
  });
});

describe('split (4/lua/ref-msys-pcre-split)', () => {
  test.each([
    ['the quick brown', '\\s+', -1, ['the', 'quick', 'brown']],
    ['the quick brown', '\\s+', 2, ['the', 'quick brown']],
    ['the quick brown', '\\s+', 1, ['the quick brown']],
    ['the quick brown', '\\s+', 3, ['the', 'quick', 'brown']],
    ['the quick brown fox', '(\\s+|brown\\s+)', -1, ['the', 'quick', 'fox']],
    [',a,', ',', -1, ['a']],
    [',,a,,b', ',', 2, ['a', ',b']],
    ['', ',', -1, []],
    ['abc', ',', -1, ['abc']],
    ['\xc3\xa9,\xc3\xa8', ',', -1, ['\xc3\xa9', '\xc3\xa8']],
  ])('%j, %j, %i', (subject, pattern, limit, expected) => {
    const [pieces] = run('return pcre.split(...)', subject, pattern, limit);
    expect([...(pieces as LuaTable).entries()]).toEqual(expected.map((piece, i) => [i + 1, piece]));
  });
});

describe('what fails in silence in production', () => {
  test.each([
    ['pcre.match(("a"):rep(50) .. "!", "(*LIMIT_MATCH=5000)^(a|aa)+$")', 'the match limit was reached'],
    ['pcre.match(("a"):rep(2000000), "(.|b)*c")', 'there is not enough memory to match'],
    ['pcre.match(("a"):rep(9000000), "b")', 'there is not enough memory to match'],
    ['pcre.match("aaa", "^(?R)")', 'the pattern recurses without end'],
    ['pcre.replace("a\\233", "a", "b")', 'the subject of replace is not UTF-8 (byte 2)'],
    ['pcre.split("\\233", ",")', 'the subject of split is not UTF-8 (byte 1)'],
    ['pcre.split("abc", "x*")', 'the pattern of split matches the empty string'],
    ['pcre.replace("n\\195\\169", "x*", "-")', "matches the empty string in front of '\xc3\xa9'"],
    ['pcre.replace("xab", "(?=ab\\\\K)", "-")', '\\K within an assertion'],
  ])('%s', (source, message) => {
    expect(raised(source)).toContain(`pcre: ${message}`.replace('pcre: matches', 'matches'));
  });

  test('the library goes on after it', () => {
    expect(run('pcall(pcre.match, ("a"):rep(2000000), "(.|b)*c") return pcre.match("ok", "k")[0]')).toEqual([
      'k',
    ]);
  });
});

test('memory of the library is given back', () => {
  const subject = 'b'.repeat(500_000) + 'aaa';
  const source =
    'local n = 0 for i = 1, 20 do n = n + #pcre.match((...), "a+")[0] pcre.match("x", "(") end return n';
  expect(run(source, subject)).toEqual([60]);
});
