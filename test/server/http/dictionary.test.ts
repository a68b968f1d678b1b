import { Dictionary } from '../../../src/server/http/dictionary';

test('a key named like a property of objects is just a key', () => {
  const dictionary = new Dictionary([['__proto__', 'a']]);
  dictionary.set('constructor', 'b');
  expect(dictionary.has('toString')).toBe(false);
  expect(dictionary.get('__proto__')).toBe('a');
  expect(dictionary.entries()).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

test('the last value of a key wins, in the place of the first', () => {
  const dictionary = new Dictionary([
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ]);
  expect([...dictionary]).toEqual([
    ['a', '3'],
    ['b', '2'],
  ]);
  expect(dictionary.size).toBe(2);
});

test('delete says whether there was such a key', () => {
  const dictionary = new Dictionary([['a', '1']]);
  expect([dictionary.delete('a'), dictionary.delete('a'), dictionary.size]).toEqual([true, false, 0]);
});

test('an iterator survives changes: deleted pairs are skipped, added ones visited', () => {
  const dictionary = new Dictionary([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ]);
  const iterator = dictionary.iterator();
  expect(iterator.next()).toEqual(['a', '1']);
  dictionary.delete('a');
  dictionary.delete('b');
  dictionary.set('d', '4');
  expect(iterator.next()).toEqual(['c', '3']);
  expect(iterator.next()).toEqual(['d', '4']);
  expect(iterator.next()).toBeUndefined();
  dictionary.set('e', '5');
  expect(iterator.next()).toBeUndefined();
});

test('two iterators do not share a position', () => {
  const dictionary = new Dictionary([['a', '1']]);
  const [one, other] = [dictionary.iterator(), dictionary.iterator()];
  expect(one.next()).toEqual(['a', '1']);
  expect(one.next()).toBeUndefined();
  expect(other.next()).toEqual(['a', '1']);
});
