import { Cache } from '../../src/server/cache';
import { VirtualClock } from '../../src/server/clock';

const clock = new VirtualClock(0);
const make = (capacity = 2, life = 100) => new Cache<string>('test', { capacity, life }, clock);
beforeEach(() => clock.set(0));

test('hits and misses', () => {
  const cache = make();
  expect(cache.find('a')).toBeUndefined();
  cache.store('a', '1');
  expect(cache.find('a')).toBe('1');
  expect(cache.statistics).toMatchObject({
    entries: 1,
    loads: 2,
    hits: 1,
    misses: 1,
    stores: 1,
    queryRate: 2,
  });
});

test('the query rate is that of the current second', () => {
  const cache = make();
  cache.find('a');
  clock.set(999);
  expect(cache.statistics.queryRate).toBe(1);
  clock.set(1000);
  expect(cache.statistics.queryRate).toBe(0);
  cache.find('a');
  expect(cache.statistics.queryRate).toBe(1);
});

test('what was used longest ago goes when it is full', () => {
  const cache = make();
  cache.store('a', '1');
  cache.store('b', '2');
  cache.find('a');
  cache.store('c', '3');
  expect(['a', 'b', 'c'].map((key) => cache.find(key))).toEqual(['1', undefined, '3']);
  expect(cache.statistics).toMatchObject({ entries: 2, lru: 1, replaced: 0 });
});

test('a store under the same key replaces, and starts a new life', () => {
  const cache = make();
  cache.store('a', '1');
  clock.set(99_000);
  cache.store('a', '2');
  clock.set(101_000);
  expect(cache.find('a')).toBe('2');
  expect(cache.statistics).toMatchObject({ entries: 1, stores: 2, replaced: 1, expired: 0 });
});

test('entries expire, whether they are used or not', () => {
  const cache = make();
  cache.store('a', '1');
  clock.set(99_999);
  expect(cache.find('a')).toBe('1');
  clock.set(100_000);
  expect(cache.statistics).toMatchObject({ entries: 0, expired: 1 });
  expect(cache.find('a')).toBeUndefined();
});

test('new limits count for what is there', () => {
  const cache = make();
  cache.store('a', '1');
  cache.store('b', '2');
  clock.set(50_000);
  cache.limits = { capacity: 1, life: 100 };
  expect(cache.statistics).toMatchObject({ capacity: 1, entries: 1, lru: 1 });
  cache.limits = { capacity: 1, life: 50 };
  expect(cache.statistics).toMatchObject({ entries: 0, expired: 1 });
});

test('without room nothing stays', () => {
  const cache = make(0);
  cache.store('a', '1');
  expect(cache.find('a')).toBeUndefined();
});

test('purge', () => {
  const cache = make();
  cache.store('a', '1');
  cache.store('b', '2');
  expect(cache.purge()).toBe(2);
  expect(cache.purge()).toBe(0);
  expect(cache.statistics).toMatchObject({ entries: 0, forced: 2 });
});

test('resolve fetches once for all that ask meanwhile', async () => {
  const cache = make();
  const fetch = jest.fn(() => Promise.resolve('1'));
  const both = [cache.resolve('a', fetch), cache.resolve('a', fetch)];
  expect(await Promise.all(both.map((one) => Promise.resolve(one)))).toEqual(['1', '1']);
  expect(await cache.resolve('a', fetch)).toBe('1');
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(cache.statistics).toMatchObject({ loads: 3, hits: 1, misses: 1, pending: 1, stores: 1 });
});

test('resolve stores no failure', async () => {
  const cache = make();
  await expect(cache.resolve('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await cache.resolve('a', () => Promise.resolve('1'))).toBe('1');
  expect(cache.statistics).toMatchObject({ misses: 2, stores: 1 });
});
