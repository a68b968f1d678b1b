import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LuaFunction, LuaVM, Source } from '../../src/lua';
import accepted from './golden/accepted.json';

/** Deviations with their reasons. */
const ACCEPTED_EXPRESSIONS: Readonly<Record<string, string>> = accepted.expressions;
const ACCEPTED_SCRIPTS: Readonly<Record<string, { reason: string; rightLines: number }>> = accepted.scripts;

const GOLDEN = path.join(__dirname, 'golden');
const SCRIPTS = path.join(GOLDEN, 'scripts');

const SHOW = `
local expression = ...
local function show(...)
  local out = {}
  for i = 1, select('#', ...) do
    local v = (select(i, ...))
    local t = type(v)
    if t == 'table' or t == 'function' or t == 'thread' or t == 'userdata' then out[i] = t else out[i] = tostring(v) end
  end
  return (table.concat(out, ' | '):gsub('\\n', '\\\\n'):gsub('\\t', '\\\\t'))
end
local f, msg = loadstring('return ' .. expression, '=(case)')
return f and show(pcall(f)) or 'SYNTAX ' .. show(msg)`;

interface Case {
  readonly category: string;
  readonly expression: string;
  readonly expected: string;
}

const cases: Case[] = readFileSync(path.join(GOLDEN, 'expressions.tsv'), 'latin1')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [category, expression, expected] = line.split('\t') as [string, string, string];
    return { category, expression, expected };
  });

function differencesIn(category: string): { expression: string; expected: string; got: unknown }[] {
  const vm = new LuaVM();
  const show = vm.load(new Source('=show', SHOW));
  return cases
    .filter((golden) => golden.category === category)
    .map(({ expression, expected }) => ({ expression, expected, got: vm.callSync(show, [expression])[0] }))
    .filter(({ expected, got }) => got !== expected);
}

const categories = [...new Set(cases.map(({ category }) => category))].map((category) => {
  const own = cases.filter((golden) => golden.category === category);
  const accepted = own.filter(({ expression }) => Object.hasOwn(ACCEPTED_EXPRESSIONS, expression));
  return { category, agreeing: own.length - accepted.length, all: own.length };
});

test.each(categories)('expressions: $category ($agreeing of $all agree)', ({ category }) => {
  const differences = differencesIn(category);
  const accepted = (expression: string) => Object.hasOwn(ACCEPTED_EXPRESSIONS, expression);
  expect(differences.filter(({ expression }) => !accepted(expression))).toEqual([]);
  const expected = cases.filter((golden) => golden.category === category && accepted(golden.expression));
  expect(differences.map(({ expression }) => expression)).toEqual(
    expected.map(({ expression }) => expression),
  );
});

test('every accepted deviation names a case', () => {
  const expressions = new Set(cases.map(({ expression }) => expression));
  expect(cases.length).toBe(1904);
  expect(Object.keys(ACCEPTED_EXPRESSIONS).filter((expression) => !expressions.has(expression))).toEqual([]);
  expect(Object.keys(ACCEPTED_SCRIPTS).filter((name) => !scripts.includes(name))).toEqual([]);
});

const scripts = readdirSync(SCRIPTS)
  .filter((file) => file.endsWith('.lua'))
  .map((file) => path.basename(file, '.lua'));

/** Runs a script as the stand-alone interpreter does: called by C code, with the global `arg`. */
function outputOf(name: string): string {
  let output = '';
  const vm = new LuaVM({
    print: (text) => (output += `${text}\n`),
    write: (text) => (output += text),
  });
  const arg = vm.newTable();
  arg.set(0, `${name}.lua`);
  vm.globals.set('arg', arg);
  const main = vm.load(new Source(`@${name}.lua`, readFileSync(path.join(SCRIPTS, `${name}.lua`), 'latin1')));
  const [succeeded, error] = vm.callSync(vm.globals.get('pcall') as LuaFunction, [main]);
  return succeeded === true ? output : `${output}${String(error)}\n`;
}

const expectedOf = (name: string) => readFileSync(path.join(SCRIPTS, `${name}.out`), 'latin1');

test('there are 55 scripts', () => expect(scripts.length).toBe(55));

test.each(scripts.filter((name) => !Object.hasOwn(ACCEPTED_SCRIPTS, name)))('script: %s', (name) => {
  expect(outputOf(name)).toBe(expectedOf(name));
});

test.each(Object.entries(ACCEPTED_SCRIPTS))(
  'script with an accepted deviation: %s',
  (name, { rightLines }) => {
    const got = outputOf(name).split('\n');
    const expected = expectedOf(name).split('\n');
    expect(got.findIndex((line, i) => line !== expected[i])).toBe(rightLines);
  },
);
