import { Bindings } from '../../src/server/bindings';
import { Random } from '../../src/server/random';
import { UsageError } from '../../src/support/errors';

const OPTION = ['gold', { name: 'silver', group: 'metals' }, { name: 'tin', group: 'metals' }];

test('default always exists; slots follow the definition', () => {
  expect([...new Bindings()]).toEqual([{ name: 'default', slot: 0, group: 'default' }]);
  const bindings = new Bindings(OPTION);
  expect([...bindings]).toEqual([
    { name: 'default', slot: 0, group: 'default' },
    { name: 'gold', slot: 1, group: 'default' },
    { name: 'silver', slot: 2, group: 'metals' },
    { name: 'tin', slot: 3, group: 'metals' },
  ]);
  expect(bindings.bySlot(2)).toBe(bindings.get('silver'));
  expect(bindings.get('Silver')).toBeUndefined();
  expect(bindings.groups).toEqual(['default', 'metals']);
  expect(bindings.members('metals').map(({ name }) => name)).toEqual(['silver', 'tin']);
});

test('a binding keeps its slot in another group', () => {
  const bindings = new Bindings(OPTION);
  bindings.define('silver', 'noble');
  expect(bindings.get('silver')).toEqual({ name: 'silver', slot: 2, group: 'noble' });
  expect(bindings).toHaveLength(4);
});

test('the choice in a group is random, by the seed, and avoids suspended bindings', () => {
  const bindings = new Bindings(OPTION);
  const choose = (suspended: readonly string[], seed = 1) => {
    const random = new Random(seed);
    const picked = Array.from({ length: 40 }, () =>
      bindings.choose('metals', random, ({ name }) => suspended.includes(name)),
    );
    return picked.map((binding) => binding?.name);
  };
  expect(new Set(choose([]))).toEqual(new Set(['silver', 'tin']));
  expect(choose([])).toEqual(choose([]));
  expect(new Set(choose(['tin']))).toEqual(new Set(['silver']));
  expect(new Set(choose(['tin', 'silver']))).toEqual(new Set(['silver', 'tin']));
  expect(bindings.choose('stones', new Random(1), () => false)).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['no list', 'gold', 'option bindings: a list of names'],
  ['null', null, 'option bindings: a list of names'],
  ['a number', [1], 'option bindings[0]: a name or { name, group } expected'],
  ['an empty name', [''], 'without white space and colons'],
  ['a colon', ['a:b'], 'without white space and colons'],
  [
    'a blank in a group',
    [{ name: 'a', group: 'b c' }],
    'option bindings[0].group: a name without white space',
  ],
  ['an unknown member', ['a', { name: 'b', ip: '' }], 'option bindings[1]: unknown member ip'],
  ['no name', [{ group: 'a' }], 'option bindings[0].name'],
  ['a name twice', ['a', { name: 'a' }], 'a is given twice'],
])('%s is refused', (_, option, message) => {
  expect(() => new Bindings(option)).toThrow(UsageError);
  expect(() => new Bindings(option)).toThrow(message);
});
