import { CommandPrefixError, CommandRegistry } from '../../../src/server/console/commands';

function registryOf(...prefixes: string[]) {
  const registry = new CommandRegistry<string>();
  for (const prefix of prefixes) registry.register(prefix, `fn of ${prefix}`);
  return registry;
}

test.each([
  ['one', ['one']],
  ['one', ['one', 'argument']],
  ['one two', ['one', 'two']],
  ['one two', ['one', 'two', 'three']],
  ['one', ['one', 'twofold']],
  ['scope:instance reset', ['scope:instance', 'reset', 'x']],
  [undefined, ['onerous']],
  [undefined, ['One']],
  [undefined, ['one two']],
  [undefined, ['scope:instance']],
  [undefined, []],
])('%j handles the words %j', (prefix, words) => {
  const registry = registryOf('one', 'one two', 'scope:instance reset');
  expect(registry.find(words)?.prefix).toBe(prefix);
});

test('a later registration of a prefix replaces the earlier one', () => {
  const registry = registryOf('a', 'b');
  const where = { file: 'm.lua', line: 7 };
  expect(registry.register('a', 'second', where)).toEqual({ prefix: 'a', fn: 'fn of a', where: undefined });
  expect(registry.find(['a'])).toEqual({ prefix: 'a', fn: 'second', where });
  expect(registry.prefixes).toEqual(['a', 'b']);
  expect([...registry].map(({ fn }) => fn)).toEqual(['second', 'fn of b']);
});

test.each([
  [''],
  [' '],
  [' a'],
  ['a '],
  ['a  b'],
  ['a\tb'],
  ['a "b"'],
  ["it's"],
  ['a\\b'],
  ['xml a'],
  ['xml'],
])('%j is no prefix', (prefix) => {
  const registry = new CommandRegistry<string>();
  expect(() => registry.register(prefix, 'fn')).toThrow(CommandPrefixError);
  expect(registry.prefixes).toEqual([]);
});

test('a prefix may have any byte beyond ASCII', () => {
  expect(registryOf('voil\xc3\xa0').find(['voil\xc3\xa0'])?.prefix).toBe('voil\xc3\xa0');
});
