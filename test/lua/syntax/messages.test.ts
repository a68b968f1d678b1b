import { chunkId } from '../../../src/lua/syntax/source';
import { bytesOf, errorOf } from './helpers';

test.each([
  ['x = }', "s:1: unexpected symbol near '}'"],
  ['x =', "s:1: unexpected symbol near '<eof>'"],
  ['local 1', "s:1: '<string>' expected near '1'"],
  ['while x do', "s:1: 'end' expected near '<eof>'"],
  ['while x do\n', "s:2: 'end' expected (to close 'while' at line 1) near '<eof>'"],
  ['x = 1 << << 2', "s:1: unexpected symbol near '>>'"],
  ['x = 1 >> >> 2', "s:1: unexpected symbol near '<<'"],
  ['!= 1', "s:1: unexpected symbol near '~='"],
  ['"a\\nb" = 1', 's:1: unexpected symbol near \'"a\nb"\''],
  ['[==[\na]==] = 1', "s:2: unexpected symbol near '[==[a]==]'"],
  ['"a\\0b" = 1', "s:1: unexpected symbol near '\"a'"],
  ['x = \0', 's:1: unexpected symbol'],
  ['\x01', "s:1: unexpected symbol near 'char(1)'"],
  ['x = "a', "s:1: unfinished string near '<eof>'"],
  ['x = "a\\', "s:1: unfinished string near '<eof>'"],
  ['x = "a\\65\n', "s:1: unfinished string near '\"aA'"],
  ['x = "ab\\x4', "s:1: expected hex digit near '\"ab'"],
  ['x = [[', "s:1: unfinished long string near '<eof>'"],
  ['--[[', "s:1: unfinished long comment near '<eof>'"],
  ['--[[ [[ ]]', "s:1: nesting of [[...]] is deprecated near '['"],
  ['x = 0x1.8', "s:1: unexpected symbol near '.8'"],
])('%j', (text, message) => {
  expect(errorOf(text).luaMessage).toBe(message);
});

test('the message shows the place, the excerpt and the advice', () => {
  const { message, file, stack } = errorOf('local ok = true\nif ok && x then end');
  expect(message).toBe(
    [
      "s:2: unexpected symbol near '&'",
      '',
      '  1 | local ok = true',
      '> 2 | if ok && x then end',
      '    |        ^',
      '',
      'Lua has no &&; write and. Momentum runs a derivative of Lua 5.1, so the real server refuses it too.',
    ].join('\n'),
  );
  expect(file).toBe(chunkId('=s'));
  expect(stack).toContain('at syntax error (s:2:8)');
});

/** A mistake and the words that its advice has to contain. */
test.each<[string, RegExp]>([
  [bytesOf('\ufeffx = 1'), /byte order mark/],
  [bytesOf('print(“hi”)'), /typographic quote/],
  [bytesOf('x = ‘hi’'), /typographic quote/],
  ['print(\x93hi\x94)', /typographic quote/],
  [bytesOf('x = f(a, »\n b)'), /line continues/],
  [bytesOf('x =\u00a01'), /no-break space/],
  [bytesOf('x = été'), /ASCII only/],
  ['x = "abc\ndef"', /\[\[\.\.\.\]\]/],
  ['x = [[\nabc', /string that opens at line 1 /],
  ['\n--[[\nabc', /comment that opens at line 2 /],
  ['x = [[ a[b[[c]] ]]', /\[=\[/],
  ['x = 08', /octal/],
  ['x = 1..2', /spaces around \.\./],
  ['x = 1_000', /no _/],
  ['x = 0b11', /hexadecimal/],
  ['x = "\\xZZ"', /two hex digits/],
  ['if x === 1 then end', /no ===/],
  ['if x !== 1 then end', /no ===/],
  ['x += 1', /x = x \+ 1/],
  ['x ||= 1', /x = x \+ 1/],
  ['x ..= "a"', /x = x \+ 1/],
  ['return 1 += 2', /x = x \+ 1/],
  ['x++', /no \+\+/],
  ['return x++', /no \+\+/],
  ['if a || b then end', /write or/],
  ['if a && b then end', /write and/],
  ['// comment', /Comments start with --/],
  ['x = 7 // 2', /integer division is \\/],
  ['/* c */', /Comments start with --/],
  ['x = a ? b : c', /condition and a or b/],
  ['#!/bin/lua', /in a file only/],
  ['local x <const> = 1', /Attributes/],
  ['::top::', /Labels/],
  ['goto done', /goto came with Lua 5\.2/],
  ['while x do if y then continue end end', /no continue/],
  ['while x do continue; end', /no continue/],
  ['if a then x() elif b then y() end', /elseif, in one word/],
  ['var x = 1', /declared with local/],
  ['for (i = 1, 2) do end', /without parentheses/],
  ['function f() return ... end', /declare \.\.\. as its last parameter/],
  ['if x then\n  ...\nend', /left out/],
  ['t = { end = 1 }', /\["end"\] = 1/],
  ['if (x) {\n  return 1\n}', /opens a table/],
  ['function f() {\n}', /opens a table/],
  ['if (x) { y() }', /opens a table/],
  ['if x = 1 then end', /compare with ==/],
  ['while (x = 1) do end', /compare with ==/],
  ['f()\n(g or h)()', /end of the line before/],
  ['while x do break x = 1 end', /do break end/],
  ['return 1 x = 2', /do return end/],
  ['if a then\n b()\nelse if c then\n d()\nend', /else if at line 3 .* elseif/],
  ['function f()\n  if a then\n    b()\n  else if c then\n    d()\n  end\nend', /else if at line 4 /],
  ['x = function f() end', /has no name/],
  ['t = { a = 1\n b = 2 }', /separated by commas/],
  ['f(1 2)', /missing comma/],
  ['t.end = 1', /t\["end"\]/],
  ['local function (x) end', /A name has to stand here/],
  ['x = 1;;', /can only follow a statement/],
  [`local ${'a,'.repeat(200)}a`, /do \.\.\. end/],
  [`x = ${'a..'.repeat(300)}a`, /table\.concat/],
])('advice for %j', (text, advice) => {
  expect(errorOf(text).advice).toMatch(advice);
});

test('an else if with an end of its own is not blamed', () => {
  const nested = 'if a then\n b()\nelse if c then\n d()\n end\nend\n';
  expect(errorOf(`while x do\n${nested}`).advice).toBeUndefined();
});

test('a mistake that is not a known one has no advice', () => {
  expect(errorOf('x = * 2').advice).toBeUndefined();
});
