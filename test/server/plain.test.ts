import { toPlain } from '../../src/server/plain';

class Point {
  constructor(
    readonly x: number,
    readonly y?: number,
  ) {}
}

const shared = { a: 1 };

test.each([
  ['nothing', undefined, null],
  ['a date', new Date('2026-01-01T00:00:00Z'), '2026-01-01T00:00:00.000Z'],
  ['bytes', Buffer.from('aé'), 'aé'],
  ['a number that JSON lacks', [NaN, -Infinity], ['NaN', '-Infinity']],
  ['a big integer', 2n ** 64n, '18446744073709551616'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a function', { f: function named() {} }, { f: '[Function: named]' }],
  ['an error', new RangeError('far'), { name: 'RangeError', message: 'far' }],
  ['a map', new Map([[1, 'one']]), { '1': 'one' }],
  ['an instance, undefined members left out', new Point(1), { x: 1 }],
  ['an object with toJSON', { toJSON: () => new Date(0) }, '1970-01-01T00:00:00.000Z'],
  ['the same object twice', [shared, shared], [{ a: 1 }, { a: 1 }]],
])('%s', (_, value, expected) => {
  expect(toPlain(value)).toStrictEqual(expected);
});

test('a cycle is cut', () => {
  const parent: Record<string, unknown> = { name: 'p' };
  parent.child = { parent };
  expect(toPlain(parent)).toEqual({ name: 'p', child: { parent: '[Circular]' } });
});
