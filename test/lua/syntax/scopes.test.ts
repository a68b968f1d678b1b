import type { FunctionBody, LocalVariable, Node } from '../../../src/lua/syntax/tree';
import { errorOf, nodesUnder, parseText } from './helpers';

/** Every name in order, with the line of its declaration or `global`. */
function names(text: string): string[] {
  return [...nodesUnder(parseText(text))]
    .map(({ node }) => node as Node & { type: string; name?: string; variable?: LocalVariable })
    .filter((node) => node.type === 'LocalName' || node.type === 'GlobalName')
    .map((node) =>
      node.type === 'GlobalName'
        ? `${node.name!} global`
        : `${node.variable!.name} ${node.variable!.declared.line}`,
    );
}

function functionsIn(main: FunctionBody): FunctionBody[] {
  return [...nodesUnder(main)]
    .filter(({ node }) => node.type === 'FunctionBody')
    .map(({ node }) => node as Node as FunctionBody);
}

test.each([
  ['local x = x', ['x global']],
  ['local x\nlocal x = x\nreturn x', ['x 1', 'x 2']],
  ['local function f()\nreturn f end', ['f 1']],
  ['local f = function()\nreturn f end', ['f global']],
  ['repeat\nlocal done\nuntil done', ['done 2']],
  ['repeat local a until a\nreturn a', ['a 1', 'a global']],
  ['do local a end\nreturn a', ['a global']],
  ['local a\ndo local a end\nreturn a', ['a 1']],
  ['local i\nfor i = i, i, i do\nreturn i end', ['i 1', 'i 1', 'i 1', 'i 2']],
  ['for k, v in k, v do\nreturn v end\nreturn k', ['k global', 'v global', 'v 1', 'k global']],
  ['while a do local a end\nreturn a', ['a global', 'a global']],
  ['if a then local a elseif a then local a else return a end', ['a global', 'a global', 'a global']],
  ['function t:m(a) return self, a, t end', ['t global', 'self 1', 'a 1', 't global']],
  ['local a, a\nlocal b\nreturn a, b', ['a 1', 'b 2']],
  ['function f(a,\na) return a end', ['f global', 'a 2']],
  ['local t\nfunction t.f()\nend', ['t 1']],
  ['return arg', ['arg global']],
  ['return function(...) return arg end', ['arg 1']],
  ['return function(...) return function() return arg end end', ['arg 1']],
])('%j refers to %j', (text, expected) => {
  expect(names(text)).toEqual(expected);
});

test('the last of two locals with one name in one statement wins', () => {
  const main = parseText('local a, a return a');
  const [local, ret] = main.body.statements;
  if (local?.type !== 'Local' || ret?.type !== 'Return') throw new Error('unexpected tree');
  expect(ret.values[0]).toMatchObject({ variable: { declared: local.variables[1]!.declared } });
});

test('variables that inner functions mention are captured, and only those', () => {
  const main = parseText(
    'local a, b, c return function() local d = a return function() return b, d end end, c',
  );
  const local = main.body.statements[0]!;
  if (local.type !== 'Local') throw new Error('unexpected tree');
  expect(local.variables.map((variable) => variable.captured)).toEqual([true, true, false]);
  expect(local.variables.every((variable) => variable.owner === main)).toBe(true);
});

test('parents and main', () => {
  const main = parseText('return function() return function() end end');
  const [outer, inner] = functionsIn(main);
  expect([main.isMain, main.isVararg, main.parent, main.argTable]).toEqual([
    true,
    true,
    undefined,
    undefined,
  ]);
  expect(outer!.parent).toBe(main);
  expect(inner!.parent).toBe(outer);
});

test.each([
  ['function f(a, ...) return a end', ['a'], true, false],
  ['function f(...) return ... end', [], true, true],
  ['function f(...) return function(...) return ... end end', [], true, false],
  ['function t:m(a) end', ['self', 'a'], false, false],
])('%s', (text, parameters, hasArgTable, usesVararg) => {
  const [body] = functionsIn(parseText(text));
  expect(body!.parameters.map((parameter) => parameter.name)).toEqual(parameters);
  expect(body!.argTable?.name).toBe(hasArgTable ? 'arg' : undefined);
  expect(body!.isVararg).toBe(hasArgTable);
  expect(body!.usesVararg).toBe(usesVararg);
});

const list = (count: number): string => Array.from({ length: count }, (_, i) => `a${i}`).join(',');

test.each([
  [`local ${list(201)}`, 's:1: main function has more than 200 local variables'],
  [`function f()\nlocal ${list(201)} end`, 's:2: function at line 1 has more than 200 local variables'],
  [`local ${list(197)} for i = 1, 2 do end`, 's:1: main function has more than 200 local variables'],
  [
    `local ${list(61)}\nfunction f() return ${list(61)} end`,
    's:2: function at line 2 has more than 60 upvalues',
  ],
  [`return ${'('.repeat(250)}`, 's:1: chunk has too many syntax levels'],
  [`${list(300)} = 1`, 's:1: main function has more than 197 variables in assignment'],
])('source %# is over a limit', (text, message) => {
  expect(errorOf(text).luaMessage).toBe(message);
});

test.each([
  `local ${list(200)}`,
  `local ${list(196)} for i = 1, 2 do end local b, c, d, e`,
  `do local ${list(150)} end\n`.repeat(3),
  `local ${list(60)} function f() return ${list(60)} end`,
  `return ${'('.repeat(190)}1${')'.repeat(190)}`,
  `if a then ${'elseif b then '.repeat(5000)} end`,
  `return 1${' + 1'.repeat(5000)}`,
  `return a${'.b'.repeat(5000)}${'()'.repeat(5000)}`,
  `a${'.b'.repeat(5000)} = function() end`,
])('source %# is within the limits', (text) => {
  expect(parseText(text).isMain).toBe(true);
});

test('pending calls of C functions take levels away', () => {
  const text = `return ${'('.repeat(100)}1${')'.repeat(100)}`;
  expect(parseText(text, { pendingCalls: 90 }).isMain).toBe(true);
  expect(errorOf(text, { pendingCalls: 100 }).luaMessage).toBe('s:1: chunk has too many syntax levels');
});
