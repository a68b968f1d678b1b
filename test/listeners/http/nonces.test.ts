import { Nonces, NONCE_LIFETIME } from '../../../src/listeners/http/nonces';
import { Random } from '../../../src/server/random';

function start(seed = 1) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const random = new Random(seed);
  return { clock, nonces: new Nonces(() => random.uint32(), clock) };
}

test('equal seeds give equal nonces, others do not', () => {
  const issue = (seed: number) => start(seed).nonces.issue();
  expect(issue(1)).toBe(issue(1));
  expect(issue(1)).not.toBe(issue(2));
});

test('each nonce is new, also while the clock stands', () => {
  const { nonces } = start();
  expect(new Set(Array.from({ length: 100 }, () => nonces.issue())).size).toBe(100);
});

test('a counter is good once, and only upwards', () => {
  const { nonces } = start();
  const nonce = nonces.issue();
  expect([1, 1, 2, 5, 4, 5, 6].map((count) => nonces.use(nonce, count))).toEqual([
    true,
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
  expect(nonces.use(nonces.issue(), 0)).toBe(false);
});

test('a nonce lives for some virtual time', () => {
  const { nonces, clock } = start();
  const nonce = nonces.issue();
  clock.time += NONCE_LIFETIME;
  expect(nonces.use(nonce, 1)).toBe(true);
  clock.time += 1;
  expect(nonces.use(nonce, 2)).toBe(false);
  clock.time = 0;
  expect(nonces.use(nonce, 3)).toBe(false);
});

test.each(['', '.', 'a.b.c', 'a.b'])('%j is stale, as one of another server is', (nonce) => {
  const { nonces } = start();
  expect(nonces.use(nonce, 1)).toBe(false);
  expect(nonces.use(start(2).nonces.issue(), 1)).toBe(false);
  expect(nonces.use(`${nonces.issue()}0`, 1)).toBe(false);
});

test('what is remembered is bounded: the first of very many nonces becomes stale, the last does not', () => {
  const { nonces } = start();
  const issued = Array.from({ length: 10_001 }, () => nonces.issue());
  expect(issued.every((nonce) => nonces.use(nonce, 1))).toBe(true);
  expect(nonces.use(issued[0]!, 2)).toBe(false);
  expect(nonces.use(issued[1]!, 2)).toBe(true);
  expect(nonces.use(issued.at(-1)!, 2)).toBe(true);
});
