import { toHeaderList, toHeaderObject } from '../../../src/listeners/http/headers';

test('names in lower case, repetitions joined, cookies as a list', () => {
  expect(
    toHeaderObject([
      ['X-A', '1'],
      ['Set-Cookie', 'a=1'],
      ['x-a', '2'],
      ['__proto__', 'p'],
    ]),
  ).toEqual(Object.fromEntries([['x-a', '1, 2'], ['set-cookie', ['a=1']], ['__proto__', 'p']])); // prettier-ignore
});

test('a flat list becomes pairs', () => {
  expect(toHeaderList(['A', '1', 'a', '2'])).toEqual([
    ['A', '1'],
    ['a', '2'],
  ]);
});
