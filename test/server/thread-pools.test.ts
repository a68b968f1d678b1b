import { VirtualClock } from '../../src/server/clock';
import { ThreadPools, type PoolThread } from '../../src/server/thread-pools';

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('predefined pools: job classes of the documentation, default concurrency', () => {
  expect(
    [...new ThreadPools(new VirtualClock(0))].map(({ id, name, concurrency }) => [id, name, concurrency]),
  ).toEqual([
    [0, 'CPU', 4],
    [1, 'IO', 50],
    [2, 'SWAPOUT', 5],
    [3, 'SWAPIN', 5],
    [4, 'CLOSE', 0],
    [5, 'UNLINK', 6],
    [6, 'BATCH_UNLINK', 4],
    [7, 'SPOOLIN', 1],
  ]);
});

test('a stanza makes a pool, or changes what it says of one that exists', () => {
  const pools = new ThreadPools(new VirtualClock(0));
  expect(pools.define('mine', { concurrency: 2 })).toMatchObject({ id: 8, concurrency: 2, backlog: 0 });
  expect(pools.define('Unlink', { concurrency: 1 })).toMatchObject({ id: 5, concurrency: 1, backlog: 100 });
  expect(pools).toHaveLength(9);
});

test('threads are made as they are needed, and used again', async () => {
  const pool = new ThreadPools(new VirtualClock(0)).find('CPU')!;
  const seen: (PoolThread | undefined)[] = [];
  const job = (thread: PoolThread | undefined) => {
    seen.push(thread);
    return settled();
  };
  await pool.submit(job).done;
  await Promise.all([pool.submit(job).done, pool.submit(job).done]);
  expect(seen.map((thread) => thread?.number)).toEqual([1, 1, 2]);
  expect(seen.every((thread) => thread && pool.owns(thread))).toBe(true);
});

test('a job that fails frees its thread', async () => {
  const pool = new ThreadPools(new VirtualClock(0)).define('one', { concurrency: 1 });
  await expect(pool.submit(() => Promise.reject(new Error('no'))).done).rejects.toThrow('no');
  expect(await pool.submit(() => Promise.resolve('next')).done).toBe('next');
});

test('more threads, given while jobs wait, count from the next job on', async () => {
  const pool = new ThreadPools(new VirtualClock(0)).define('one', { concurrency: 1 });
  const started: number[] = [];
  for (let i = 1; i <= 3; i++)
    void pool.submit(() => {
      started.push(i);
      return new Promise(() => undefined);
    });
  await settled();
  expect(started).toEqual([1]);
  pool.concurrency = 3;
  void pool.submit(() => Promise.resolve());
  await settled();
  expect(started).toEqual([1, 2, 3]);
});

test('a limited queue: room for running and waiting jobs, then callers are blocked in turn', async () => {
  const pool = new ThreadPools(new VirtualClock(0)).define('one', { concurrency: 1, backlog: 2 });
  const ends: (() => void)[] = [];
  const submit = () => pool.submit(() => new Promise<void>((resolve) => ends.push(resolve))).admitted;
  expect([submit(), submit(), submit()]).toEqual([undefined, undefined, undefined]);
  let admitted = false;
  void submit()!.then(() => (admitted = true));
  await settled();
  expect(admitted).toBe(false);
  ends.shift()!();
  await settled();
  expect(admitted).toBe(true);
});
