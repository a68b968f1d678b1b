import { spawnSync } from 'node:child_process';
import { counterpart } from '../../helpers/counterparts';
import { randomNumbers, syntaxErrorOf } from './helpers';
import { STOCK_SAMPLES } from './samples';

/** Reads sources as hexadecimal lines; answers each with `ok` or the message, in hexadecimal too. */
const DRIVER = `
for line in io.lines() do
  local text = line:gsub('..', function(pair) return string.char(tonumber(pair, 16)) end)
  local f, message = loadstring(text, '=s')
  local hex = (f and 'ok' or message):gsub('.', function(c) return string.format('%02x', c:byte()) end)
  print(hex)
end`;

function stockResults(sources: readonly string[]): string[] {
  const input = sources.map((text) => Buffer.from(text, 'latin1').toString('hex')).join('\n');
  const { stdout, status } = spawnSync('lua5.1', ['-e', DRIVER], { input: `${input}\n`, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`lua5.1 ended with ${status}`);
  const lines = stdout.toString('latin1').split('\n').slice(0, -1);
  return lines.map((line) => Buffer.from(line, 'hex').toString('latin1'));
}

/** Our result, with the names of tokens that only Momentum's runtime prints turned into 5.1's. */
function ourResult(text: string): string {
  const message = syntaxErrorOf(text)?.luaMessage ?? 'ok';
  return message.replace("'<string>' expected", "'<name>' expected");
}

/** Where the dialect differs, or where C's treatment of zero bytes does. */
const DIALECT_ONLY = /[!&|\\\0]|~(?!=)|\^\s*\^|<<|>>|(?<![\w.])0[\w.]/;

const TOKENS = /\s+|\w+|\.+|[=~<>]=|\[=*\[|\]=*\]|--|./gs;
const SNIPPETS = [
  ...['\n', ' ', '"', "'"],
  ...'( ) { } [ ] ; : , . = + - * / % ^ # < > .. ... == ~= -- --[[ [[ ]] [=[ 1 3x x "s"'.split(' '),
  ...'and break do else elseif end false for function if in local nil not or repeat return'.split(' '),
  ...'then true until while'.split(' '),
];

function mutants(count: number, seed: number): string[] {
  const random = randomNumbers(seed);
  const results: string[] = [];
  while (results.length < count) {
    const tokens = STOCK_SAMPLES[random(STOCK_SAMPLES.length)]!.match(TOKENS)!;
    for (let edits = 1 + random(3); edits > 0; edits--) {
      const at = random(tokens.length);
      const snippet = SNIPPETS[random(SNIPPETS.length)]!;
      const replacement = [[], [snippet], [tokens[at]!, snippet], [snippet, ' ', tokens[at]!]][random(4)]!;
      tokens.splice(at, 1, ...replacement);
    }
    const text = tokens.slice(0, random(8) === 0 ? random(tokens.length) : undefined).join('');
    if (!DIALECT_ONLY.test(text)) results.push(text);
  }
  return results;
}

const LIMITS = [
  ...[195, 196, 197, 198, 199, 200].flatMap((n) => [
    `return ${'('.repeat(n)}1${')'.repeat(n)}`,
    'do '.repeat(n) + 'end '.repeat(n),
    `return ${'a..'.repeat(n)}a`,
    `return ${'not '.repeat(n)}a`,
    `return ${'{'.repeat(n)}${'}'.repeat(n)}`,
    `return ${'2^'.repeat(n)}2`,
    `${'a,'.repeat(n)}a = 1`,
    `do ${'a,'.repeat(n)}a = 1 end`,
    `local ${'a,'.repeat(n)}a`,
    `local ${'a,'.repeat(n)}a\nfor i = 1, 2 do end`,
    `local ${'a,'.repeat(n)}a for i, j in\n x do end`,
    `local function f(${'a,'.repeat(n)}a,\n...) end`,
    `\nfunction f:m(${'a,'.repeat(n)}a) end`,
    `x = \nfunction(${'a,'.repeat(n)}a) for i = 1, 2 do local b\nlocal c end end`,
  ]),
  ...[98, 99, 100].flatMap((n) => [
    `x = ${'function() return '.repeat(n)}1${' end'.repeat(n)}`,
    `${'while x do '.repeat(n)}${'if y then '.repeat(n)}${'end '.repeat(2 * n)}`,
  ]),
  `if a then ${'elseif b then '.repeat(1000)}end`,
  `x = 1${' + 1'.repeat(100)}`,
];

const upvalueSources = (count: number): string[] => {
  const names = Array.from({ length: count }, (_, i) => `a${i}`);
  const declare = `local ${names.join(',')}`;
  const use = names.join('+');
  return [
    `${declare} function f()\nreturn ${use} end`,
    `${declare} function f() ${use.replaceAll('+', '()')}() return function() return ${use} end end`,
    `${declare} function f() return function()\nreturn ${use} end end`,
  ];
};

const SPECIAL = [
  '',
  'x = {a\n(1)}',
  'x = {a\n1}',
  'x = {a, b\n\n= 1}',
  'x = {a = 1, b\n',
  'x = [[\n\n]] [[\n\n]] = 1',
  'f\n(1)',
  'f\n"x" (2)',
  'f [[\n]]\n(2)',
  '"a\\\nb" = 1',
  "x = 'a\\",
  "x = 'a\\\n",
  'x = "abc\\\ndef\nghi"',
  'x = [==[\n ]=] ]]',
  '--[[ x\n\n',
  '--[==[ x\n]]',
  'x = 1 --',
  '\xef\xbb\xbfx = 1',
  'print(\x93hi\x94)',
  'x = \x7f',
  'x = $',
  'break',
  'do break end',
  'while 1 do function f() break end end',
  'repeat break until (function() break end)()',
  'return 1,',
  'return 1 2',
  'for',
  'for i, do',
  'for i',
  'local function',
  'function f(a, a, ...) local a end',
  'x = function(...) return function() return ... end end',
  'a.b:c().d, e = 1',
  'a.b:c() = 1',
  '(a) = 1',
  '(a)',
  '(f())',
  'f(), x = 1',
  'x, (y) = 1',
  'a.1 = 2',
  'a["x"',
  "x = 'it''s",
  'goto x',
  '::x::',
  'x = 7 // 2',
  'return return',
  'return;;',
  ';',
];

describe('compared with lua5.1', () => {
  const comparison = counterpart('lua5.1');
  const compare = (sources: readonly string[]): void => {
    const stock = stockResults(sources);
    expect(stock.length).toBe(sources.length);
    const differing = sources.flatMap((text, i) => {
      const ours = ourResult(text);
      return ours === stock[i] ? [] : [{ text, ours, stock: stock[i] }];
    });
    expect(differing.slice(0, 5)).toEqual([]);
  };

  comparison('accepts the sample programs', () => {
    expect(stockResults(STOCK_SAMPLES).every((result) => result === 'ok')).toBe(true);
    compare(STOCK_SAMPLES);
  });

  comparison('reports the same for special cases', () => compare(SPECIAL));

  comparison('has the same limits', () => compare([...LIMITS, ...upvalueSources(60), ...upvalueSources(61)]));

  comparison('reports the same for programs cut off anywhere', () => {
    compare(
      STOCK_SAMPLES.flatMap((text) => Array.from(text, (_, i) => text.slice(0, i))).filter(
        (text) => !DIALECT_ONLY.test(text),
      ),
    );
  });

  comparison('reports the same for 2000 mutated programs', () => compare(mutants(2000, 1)));
});
