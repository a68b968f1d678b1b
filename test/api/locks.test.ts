import { Momentum } from '../../src';

const codes = (mta: Momentum) => [...mta.diagnostics].map(({ code }) => code);
const prints = (mta: Momentum) => mta.paniclog.map(({ message }) => message);

test('a lock that is taken and released', async () => {
  await using mta = await Momentum.start();
  expect(
    await mta.eval(
      `msys.lock('a') msys.lock('b') msys.unlock('a') msys.unlock('b') msys.lock('a') msys.unlock('a')`,
    ),
  ).toEqual([]);
  expect(codes(mta)).toEqual([]);
});

it('excludes another thread, over suspensions', async () => {
  await using mta = await Momentum.start();
  const holder = mta.eval(`msys.lock('a') msys.sleep(10) print('releases') msys.unlock('a')`);
  const waiter = mta.eval(
    `msys.runInPool('CPU', function () msys.lock('a') print('has it') msys.unlock('a') return 1 end)`,
  );
  await mta.clock.advance('9s');
  expect(prints(mta)).toEqual([]);
  await mta.clock.advance('1s');
  await holder;
  expect(await waiter).toEqual([true, 1]);
  expect(prints(mta)).toEqual(['releases', 'has it']);
  expect(codes(mta)).toEqual([]);
});

it('goes to those who wait in their order', async () => {
  await using mta = await Momentum.start();
  const worker = (name: string) =>
    mta.eval(
      `msys.runInPool('CPU', function () msys.lock('a') print('${name}') msys.sleep(1) msys.unlock('a') end)`,
    );
  const all = Promise.all(['first', 'second', 'third'].map(worker));
  await mta.clock.advance('3s');
  await all;
  expect(prints(mta)).toEqual(['first', 'second', 'third']);
});

it('that two sessions of one thread want is told of: production would block the thread', async () => {
  await using mta = await Momentum.start();
  const holder = mta.eval(`msys.lock('a') msys.sleep(1) msys.unlock('a')`);
  const waiter = mta.eval(`msys.lock('a') msys.unlock('a') return 'had it'`);
  await mta.clock.advance('1s');
  await holder;
  expect(await waiter).toEqual(['had it']);
  expect(codes(mta)).toEqual(['LOCK_HELD']);
  expect(mta.diagnostics.at(0)!.message).toContain('on the same thread');
});

describe('a lock that is never released', () => {
  it('is told of at the end of the entry that left it locked, with the place', async () => {
    await using mta = await Momentum.start({
      modules: [
        { name: 'leave', source: `msys.registerControl('leave', function ()\n  msys.lock('left')\nend)` },
      ],
    });
    await mta.console('leave');
    expect([...mta.diagnostics]).toMatchObject([
      { code: 'LOCK_HELD', severity: 'violation', message: expect.stringContaining("msys.lock('left')") },
    ]);
    expect(mta.diagnostics.at(0)!.frames[0]).toMatchObject({ file: 'leave.lua', line: 2 });
  });

  it('is an error for who wants it next', async () => {
    await using mta = await Momentum.start();
    await mta.eval(`msys.lock('a')`);
    await expect(mta.eval(`msys.lock('a')`)).rejects.toThrow('the entry that took it has ended');
    expect(codes(mta)).toEqual(['LOCK_HELD', 'LOCK_HELD']);
  });

  it('is an error for who waits already', async () => {
    await using mta = await Momentum.start();
    const holder = mta.eval(`msys.lock('a') msys.sleep(1)`);
    const waiter = mta.eval(`msys.runInPool('CPU', function () msys.lock('a') end)`);
    await mta.clock.advance('1s');
    await holder;
    expect(await waiter).toEqual([false, expect.stringContaining('is never released')]);
    expect(codes(mta)).toEqual(['LOCK_HELD']);
  });

  it('can still be released on the same thread', async () => {
    await using mta = await Momentum.start();
    await mta.eval(`msys.lock('a')`);
    await mta.eval(`msys.unlock('a') msys.lock('a') msys.unlock('a')`);
    expect(codes(mta)).toEqual(['LOCK_HELD']);
  });
});

describe('a deadlock is an error', () => {
  test.each([
    ['of one call', `msys.lock('a') msys.lock('a')`],
    [
      'with the closure that is waited for',
      `msys.lock('a') assert(msys.runInPool('CPU', function () msys.lock('a') end))`,
    ],
  ])('%s', async (_name, lua) => {
    await using mta = await Momentum.start();
    await expect(mta.eval(lua)).rejects.toThrow('its holder waits for this very call');
    expect(codes(mta)).toContain('LOCK_HELD');
  });

  test('of two threads with two locks', async () => {
    await using mta = await Momentum.start();
    const worker = (first: string, second: string) =>
      mta.eval(
        `msys.runInPool('CPU', function () msys.lock('${first}') msys.sleep(1) msys.lock('${second}') msys.unlock('${second}') msys.unlock('${first}') end)`,
      );
    const both = Promise.all([worker('a', 'b'), worker('b', 'a')]);
    await mta.clock.advance('2s');
    expect(await both).toEqual([
      [false, expect.stringContaining('is never released')],
      [false, expect.stringContaining('its holder waits for this very call')],
    ]);
    expect(codes(mta)).toContain('LOCK_HELD');
  });
});

describe('msys.unlock', () => {
  it('of what is not locked', async () => {
    await using mta = await Momentum.start();
    await expect(mta.eval(`msys.unlock('a')`)).rejects.toThrow("msys.unlock('a'): it is not locked");
  });

  it('on another thread', async () => {
    await using mta = await Momentum.start();
    const [status, error] = await mta.eval(
      `msys.lock('a') local ok, why = msys.runInPool('CPU', function () msys.unlock('a') end) msys.unlock('a') return ok, why`,
    );
    expect([status, error]).toEqual([false, expect.stringContaining('another thread')]);
    expect(codes(mta)).toEqual(['WRONG_THREAD']);
  });
});

describe('mutexes belong to threads of the operating system, too', () => {
  it('is waited for by another thread', async () => {
    await using mta = await Momentum.start();
    const holder = mta.eval(`m = thread.mutex() m:lock() msys.sleep(10) print('releases') m:unlock()`);
    const waiter = mta.eval(
      `msys.runInPool('CPU', function () print(m:trylock()) print(m:lock(), 'has it') m:unlock() end)`,
    );
    await mta.clock.advance('10s');
    await Promise.all([holder, waiter]);
    expect(prints(mta)).toEqual(['16', 'releases', 'true\thas it']);
  });

  it('is not waited for on the same thread', async () => {
    await using mta = await Momentum.start();
    const holder = mta.eval(`m = thread.mutex() m:lock() msys.sleep(1) m:unlock()`);
    await expect(mta.eval('m:lock()')).rejects.toThrow('failed to lock mutex: 35 Resource deadlock avoided');
    await mta.clock.advance('1s');
    await holder;
  });

  it('is not unlocked on another thread', async () => {
    await using mta = await Momentum.start();
    expect(
      await mta.eval(`m = thread.mutex() m:lock() return msys.runInPool('CPU', function () m:unlock() end)`),
    ).toEqual([false, expect.stringContaining('failed to unlock mutex: 1 Operation not permitted')]);
  });

  const FOREVER = [false, expect.stringContaining('would wait forever')];

  test('one whose holder has ended is waited for by nobody', async () => {
    await using mta = await Momentum.start();
    await mta.eval(`m = thread.mutex() m:lock()`);
    expect(await mta.eval(`msys.runInPool('CPU', function () m:lock() end)`)).toEqual(FOREVER);
  });

  test('nor one whose holder waits for the call', async () => {
    await using mta = await Momentum.start();
    expect(
      await mta.eval(`m = thread.mutex() m:lock() return msys.runInPool('CPU', function () m:lock() end)`),
    ).toEqual(FOREVER);
  });

  test('nor below a metamethod, where nothing can wait', async () => {
    await using mta = await Momentum.start();
    const holder = mta.eval(`m = thread.mutex() m:lock() msys.sleep(1) m:unlock()`);
    const proxy = `setmetatable({}, { __index = function () return m:lock() end })`;
    expect(await mta.eval(`msys.runInPool('CPU', function () return ${proxy}.x end)`)).toEqual(FOREVER);
    await mta.clock.advance('1s');
    await holder;
    expect(await mta.eval(`m:trylock()`)).toEqual([true]);
  });

  it('whose holder ends while somebody waits', async () => {
    await using mta = await Momentum.start();
    const holder = mta.eval(`m = thread.mutex() m:lock() msys.sleep(1)`);
    const waiter = mta.eval(`msys.runInPool('CPU', function () m:lock() end)`);
    await mta.clock.advance('1s');
    await holder;
    expect(await waiter).toEqual([false, expect.stringContaining('would wait forever')]);
  });
});
