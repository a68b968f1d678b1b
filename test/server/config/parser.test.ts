import { ConfigSyntaxError } from '../../../src/server/config/syntax-error';
import { plainScope } from '../../../src/server/config/print';
import { configuration } from './support';

/** The scope `t` of a text, as plain data. */
const scope = (body: string) => plainScope(configuration(`t {${body}}`).find(['t'])!);
const options = (body: string) => scope(body).options;

test.each([
  ['a word', 'x = 86400', '86400'],
  ['a path without quotes', 'x = digest:///etc/passwd', 'digest:///etc/passwd'],
  ['double quotes', 'x = "a b"', 'a b'],
  ['single quotes', "x = 'a b'", 'a b'],
  ['other quotes within', `x = 'say "hi"'`, 'say "hi"'],
  ['escaped quotes', String.raw`x = "say \"hi\""`, 'say "hi"'],
  ['escaped backslashes', String.raw`x = "a\\b"`, String.raw`a\b`],
  ['other backslashes are ordinary', String.raw`x = "/sink-[ab]\.test/"`, String.raw`/sink-[ab]\.test/`],
  ['an empty text', 'x = ""', ''],
  ['several lines', 'x = "a\nb"', 'a\nb'],
  ['not a comment within quotes', 'x = "a # b /* c */"', 'a # b /* c */'],
  ['a list', 'x = ( "a b" c )', ['a b', 'c']],
  ['an empty list', 'x = ()', []],
  ['a list without =', 'x ( a b )', ['a', 'b']],
  ['a dictionary', 'x = [ uri = "a:b" bits = 8 ]', { uri: 'a:b', bits: '8' }],
  ['a dictionary without =', 'x [ a = b ]', { a: 'b' }],
  ['a list in a dictionary', 'x = [ a = ( b c ) ]', { a: ['b', 'c'] }],
])('value: %s', (_, body, value) => {
  expect(options(body)).toEqual({ x: value });
});

test.each([
  ['to the end of the line', '# x = 1\ny = 2'],
  ['at the end', 'y = 2 # x = 1\n'],
  ['in C style', '/* x = 1\n */ y = 2'],
  ['behind a word', 'y = 2/* x */'],
  ['not nested', '/* /* */ y = 2'],
  ['with a carriage return', '# x\r\ny = 2\r\n'],
])('comment: %s', (_, body) => {
  expect(options(body)).toEqual({ y: '2' });
});

test('names count in any case, the later value wins', () => {
  expect(options('Some_Name = 1\nsome_name = 2')).toEqual({ some_name: '2' });
});

test.each([
  ['quoted', 'Listen ":25" {}', ':25'],
  ['bare', 'Listen /tmp/2025 {}', '/tmp/2025'],
  ['in single quotes', "Listen ':25' {}", ':25'],
  ['anonymous', 'Listen {}', undefined],
  ['with a stray =', 'Listen = {}', undefined],
  ['with a stray = after the instance', 'Listen ":25" = {}', ':25'],
])('stanza: %s', (_, body, instance) => {
  expect(scope(body).scopes).toMatchObject([{ type: 'Listen', instance }]);
});

test('stanzas with the same name are one; domains in any case, bindings not', () => {
  const { root } = configuration(`
    binding_group "g" { binding "a" { x = 1 } }
    Binding_Group g { binding "a" { y = 2 } binding "A" {} }
    domain "Example.COM" { x = 1 } domain example.com { y = 2 }
    ESMTP_Listener { Listen ":25" { x = 1 } } esmtp_listener { listen "*:25" { y = 2 } }
  `);
  const names = (type: string) => root.childrenOf(type).map((child) => child.instance);
  expect(names('binding_group')).toEqual(['g']);
  expect(
    root
      .childrenOf('binding_group')[0]!
      .childrenOf('binding')
      .map((b) => b.options.length),
  ).toEqual([2, 0]);
  expect(names('domain')).toEqual(['Example.COM']);
  expect(root.find(['esmtp_listener', ['listen', ':25']])!.options).toHaveLength(2);
});

test.each([
  ['a = ', 1, 5, 'a value expected, but the text ends'],
  ['a', 1, 2, "'=' or '{' after 'a' expected, but the text ends"],
  ['a = "b', 1, 5, 'this quote is never closed: " is missing'],
  ['\n  a {\n b {', 3, 2, "this is never closed: '}' is missing"],
  ['a = 1 }', 1, 7, "this '}' closes nothing"],
  ['a = ( b', 1, 5, "this is never closed: ')' is missing"],
  ['a = [ b ]', 1, 9, "'=' after the key 'b' expected, but ']' stands here"],
  ['a b = 1', 1, 7, "'{' after the stanza a b expected, but '1' stands here"],
  ['/* a', 1, 1, "this comment is never closed: '*/' is missing"],
  ['10.0.0.1 = 2', 1, 1, "'10.0.0.1' cannot be the name of an option or of a stanza"],
  ['"a" = 1', 1, 1, 'the name of an option or of a stanza expected, but "a" stands here'],
  ['a '.repeat(1) + '= ' + '('.repeat(200), 1, 105, 'values are nested too deep'],
  ['a{'.repeat(200), 1, 201, 'stanzas are nested too deep'],
])('error of %j', (text, line, column, reason) => {
  const error = errorOf(text);
  expect(error).toMatchObject({ code: 'CONFIG_SYNTAX', file: 'ecelerity.conf', line, column });
  expect(error.message.split('\n')[0]).toBe(`ecelerity.conf:${line}:${column}: ${reason}`);
});

test('the error shows the text with a caret', () => {
  const { message, stack } = errorOf('one = 1\n\ttwo = }\nthree = 3\n');
  expect(message).toBe(`ecelerity.conf:2:8: a value expected, but '}' stands here

  1 | one = 1
> 2 | 	two = }
    | 	      ^
  3 | three = 3`);
  expect(stack).toContain('at configuration (ecelerity.conf:2:8)');
});

function errorOf(text: string): ConfigSyntaxError {
  try {
    configuration(text);
  } catch (error) {
    if (error instanceof ConfigSyntaxError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}
