import { errorOf, expressionOf, firstStatement, outline, parseText } from './helpers';

test.each([
  ['1 + 2 * 3 - 4', '((1 + (2 * 3)) - 4)'],
  ['2 ^ 3 ^ 2', '(2 ^ (3 ^ 2))'],
  ['-2 ^ 2', '(- (2 ^ 2))'],
  ['2 ^ -1', '(2 ^ (- 1))'],
  ['a .. b .. c', '(a .. (b .. c))'],
  ['a .. 1 + 2', '(a .. (1 + 2))'],
  ['a or b and c', '(a or (b and c))'],
  ['not a == b', '((not a) == b)'],
  ['!a == b', '((not a) == b)'],
  ['a != b', '(a ~= b)'],
  ['a ~=~b', '(a ~= (~ b))'],
  ['1 | 2 ^^ 3 & 1', '(((1 | 2) ^^ 3) & 1)'],
  ['1 + 1 << 2', '(1 + (1 << 2))'],
  ['1 << 2 >> 3', '((1 << 2) >> 3)'],
  ['a | b == c', '((a | b) == c)'],
  ['a .. b | c', '(a .. (b | c))'],
  ['7 \\ 2 * 3 % 4 / 5', '((((7 \\ 2) * 3) % 4) / 5)'],
  ['~2 ^ 2', '(~ (2 ^ 2))'],
  ['- ~ not #x', '(- (~ (not (# x))))'],
  ['a < b == c', '((a < b) == c)'],
  ['(a)(b)', '[a](b)'],
  ['a.b:c "d" {} [1]', "a{'b'}:c('d')(Table){1}"],
  ['a[b].c[[d]]', "a{b}{'c'}('d')"],
])('%s groups as %s', (text, grouping) => {
  expect(outline(expressionOf(text))).toBe(grouping);
});

test.each([
  ['"\\a\\b\\f\\n\\r\\t\\v"', '\x07\b\f\n\r\t\v'],
  ['"\\0\\65\\0659\\255"', '\0AA9\xff'],
  ['"\\x41\\xfF4"', 'A\xff4'],
  ['"\\u0041"', 'A'],
  ['"\\u00e9\\u20ac"', '\xc3\xa9\xe2\x82\xac'],
  ['"\\u01f600"', '\xf0\x9f\x98\x80'],
  ['"\\u0001f600"', '\xf0\x9f\x98\x80'],
  ['"\\u7fffffff"', '\xfd\xbf\xbf\xbf\xbf\xbf'],
  ['"\\u00200000"', '\xf8\x88\x80\x80\x80'],
  ['"\\uffffffff"', '\xff'],
  ['"\\ud800"', '\xed\xa0\x80'],
  ['"\\@\\(\\z\\\'"', "@(z'"],
  ["'a\\\r\nb\\\nc\\\rd'", 'a\nb\nc\nd'],
  ['[[\r\na\r\nb\rc\n]]', 'a\nb\nc\n'],
  ['[==[\n\n]]]=]]==]', '\n]]]=]'],
  ['"\xe9"', '\xe9'],
])('the string %j', (text, value) => {
  expect(expressionOf(text)).toMatchObject({ type: 'String', value });
});

test.each([
  ['0660', 432],
  ['0xFF', 255],
  ['.5e1', 5],
  ['3.', 3],
])('the number %s is %d', (text, value) => {
  expect(expressionOf(text)).toMatchObject({ type: 'Number', value });
});

test('goto, continue and self are ordinary names', () => {
  expect(parseText('local goto, continue = 1 self = goto; goto()').body.statements).toHaveLength(3);
});

test('a # line is skipped in files only, and lines count on', () => {
  expect(parseText('#!/usr/bin/lua\nreturn 1', { isFile: true }).body.statements[0]!.start).toEqual({
    line: 2,
    column: 1,
  });
  expect(parseText('# nothing else', { isFile: true }).body.statements).toEqual([]);
  expect(errorOf('#!x\nx = }', { isFile: true }).luaMessage).toBe("s:2: unexpected symbol near '}'");
  expect(errorOf('#!x\nreturn 1').luaMessage).toBe("s:1: unexpected symbol near '#'");
});

test('parentheses, indices and calls keep their form', () => {
  expect(firstStatement('return (f())')).toMatchObject({
    values: [{ type: 'Paren', expression: { type: 'Call' } }],
  });
  expect(firstStatement('a.b["c"] = 1')).toMatchObject({
    targets: [{ style: 'bracket', object: { style: 'dot', key: { value: 'b' } } }],
  });
});

test('table fields keep their order and kind', () => {
  expect(expressionOf('{1, a = 2; [b] = 3, ...,}')).toMatchObject({
    fields: [
      { kind: 'positional', value: { value: 1 } },
      { kind: 'named', key: { type: 'String', value: 'a' } },
      { kind: 'named', key: { type: 'GlobalName', name: 'b' } },
      { kind: 'positional', value: { type: 'Vararg' } },
    ],
  });
});

test.each([
  ['function f() end', 'f'],
  ['function t.f() end', 't.f'],
  ['function t.u:m() end', 't.u:m'],
  ['local function f() end', 'local f'],
  ['local a, f = 1, function() end', 'local f'],
  ['t.f = function() end', 't.f'],
  ['t[1] = function() end', undefined],
  ['t = { f = function() end }', 'f'],
  ['t = { [f] = function() end }', undefined],
  ['f(function() end)', undefined],
])('%s defines %s', (text, name) => {
  const names: (string | undefined)[] = [];
  JSON.stringify(parseText(text), (key, value: unknown) => {
    if (key === 'parent' || key === 'owner') return undefined;
    const isInner = typeof value === 'object' && value !== null && 'isMain' in value && !value.isMain;
    if (isInner && 'name' in value) names.push(value.name as string | undefined);
    return value;
  });
  expect(names).toEqual([name]);
});
