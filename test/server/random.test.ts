import { Random } from '../../src/server/random';
import { SpoolIds } from '../../src/server/spool-ids';
import { UsageError } from '../../src/support/errors';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32());

test('equal seeds give equal sequences, different seeds different ones', () => {
  expect(draw(new Random(1), 5)).toEqual(draw(new Random(1), 5));
  const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 40 + 1];
  expect(new Set(seeds.map((seed) => draw(new Random(seed), 3).join()))).toHaveProperty('size', seeds.length);
});

test('numbers are 32-bit and spread evenly', () => {
  const values = draw(new Random(7), 20_000);
  expect(values.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true);
  for (let bit = 0; bit < 32; bit++) {
    const ones = values.filter((value) => (value >>> bit) & 1).length;
    expect(Math.abs(ones - 10_000)).toBeLessThan(500);
  }
});

test('float is in [0, 1) and integer includes both bounds', () => {
  const random = new Random(3);
  const floats = Array.from({ length: 1000 }, () => random.float());
  expect(Math.min(...floats)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...floats)).toBeLessThan(1);
  const dice = Array.from({ length: 1000 }, () => random.integer(1, 6));
  expect([...new Set(dice)].sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a fork's sequence depends on seed and purpose, not on what was drawn before", () => {
  const drawn = new Random(1);
  drawn.uint32();
  expect(draw(drawn.fork('ids'), 3)).toEqual(draw(new Random(1).fork('ids'), 3));
  expect(draw(drawn.fork('ids'), 3)).not.toEqual(draw(drawn.fork('bindings'), 3));
});

test.each([NaN, 1.5, Infinity])('%d is no seed', (seed) => {
  expect(() => new Random(seed)).toThrow(UsageError);
});

test("spool ids have the product's form, never repeat, and depend on the seed", () => {
  const clock = { seconds: () => 0x3fcaa174 };
  const ids = new SpoolIds(new Random(1), clock);
  const first = Array.from({ length: 70_000 }, () => ids.next());
  expect(new Set(first).size).toBe(first.length);
  // The sample of 4/console-commands/showqueue: created at 1070244212.
  expect(first[0]).toMatch(/-471AACF3$/);
  for (const id of first.slice(0, 100)) expect(id).toMatch(/^[0-9A-F]{2}\/[0-9A-F]{2}-00001-[0-9A-F]{8}$/);
  expect(new SpoolIds(new Random(1), clock).next()).toBe(first[0]);
  expect(new SpoolIds(new Random(2), clock).next()).not.toBe(first[0]);
});
