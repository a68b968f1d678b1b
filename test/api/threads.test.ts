import { Momentum } from '../../src';

const prints = (mta: Momentum) => mta.paniclog.map(({ message }) => message);
const codes = (mta: Momentum) => [...mta.diagnostics].map(({ code }) => code);

describe('msys.runInPool, the caller waits', () => {
  test.each([
    [
      'the results of the closure',
      `msys.runInPool('IO', function () return 'a', nil, 3 end)`,
      [true, 'a', undefined, 3],
    ],
    ['by job class', `msys.runInPool(0, function () return 'cpu' end)`, [true, 'cpu']],
    ['false as third argument', `msys.runInPool('cpu', function () return 1 end, false)`, [true, 1]],
    ['an error, as pcall', `msys.runInPool('IO', function () error('broken', 0) end)`, [false, 'broken']],
    ['an error object', `msys.runInPool('IO', function () error({ code = 7 }) end)`, [false, { code: 7 }]],
    [
      'on the thread that asks, of a pool without any',
      `msys.runInPool('CLOSE', function () return _OSTLS.x end)`,
      [true, 'mine'],
    ],
  ])('%s', async (_name, lua, expected) => {
    await using mta = await Momentum.start();
    await mta.eval(`_OSTLS.x = 'mine'`);
    expect(await mta.eval(lua)).toEqual(expected);
  });

  it('blocks the thread of the pool, not the scheduler', async () => {
    await using mta = await Momentum.start();
    const waiting = mta.eval(`msys.runInPool('CPU', function () msys.sleep(5) return 'slept' end)`);
    await mta.clock.advance(0);
    expect(await mta.eval(`msys.threadpool.stat('CPU').num_active_threads`)).toEqual([1]);
    await mta.clock.advance('5s');
    expect(await waiting).toEqual([true, 'slept']);
  });

  test('prints go where those of the caller go', async () => {
    const source = `msys.registerControl('go', function () msys.runInPool('IO', function () print('in') end) print('out') end)`;
    await using mta = await Momentum.start({ modules: [{ name: 'go', source }] });
    expect(String(await mta.console('go'))).toBe('in\nout\n');
  });

  it.each(["'NONE'", '99', '-1'])('refuses a pool that does not exist: %s', async (pool) => {
    await using mta = await Momentum.start();
    await expect(mta.eval(`msys.runInPool(${pool}, function () end)`)).rejects.toThrow(
      `bad argument #1 to 'runInPool' (no thread pool`,
    );
  });

  it('lets nothing wait for itself', async () => {
    await using mta = await Momentum.start();
    const [status, error] = await mta.eval(
      `function nest() local ok, why = msys.runInPool('SPOOLIN', nest) if not ok then error(why, 0) end end return msys.runInPool('SPOOLIN', nest)`,
    );
    expect([status, error]).toEqual([false, expect.stringContaining('would wait forever')]);
  });

  it('does not hide a crash', async () => {
    await using mta = await Momentum.start();
    await expect(
      mta.eval(
        `msys.runInPool('IO', function () msys.cast(msys.counter.open('/x'), 'msys.core:_ec_message') end)`,
      ),
    ).rejects.toMatchObject({ code: 'WRONG_CAST' });
    expect(mta.crashed).toBeDefined();
  });
});

describe('msys.runInPool, asynchronously', () => {
  const source = `
    msys.registerControl('go', function ()
      print(select('#', msys.runInPool('CPU', function () print('in') end, true)))
      print('out')
    end)`;

  it('begins when the caller has returned to the scheduler, gives nothing, and prints into the paniclog', async () => {
    await using mta = await Momentum.start({ modules: [{ name: 'go', source }] });
    expect(String(await mta.console('go'))).toBe('0\nout\n');
    expect(prints(mta)).toEqual(['in']);
  });

  it('begins when the caller is suspended, too', async () => {
    await using mta = await Momentum.start();
    const caller = mta.eval(
      `msys.runInPool('CPU', function () print('in') end, true) print('on') msys.sleep(1) print('awake')`,
    );
    await mta.clock.advance('1s');
    await caller;
    expect(prints(mta)).toEqual(['on', 'in', 'awake']);
  });

  test.each([
    ['on the same thread', '', [42]],
    ['other modes are ignored', ', msys.core.ECTP_COMPLETE_CALLBACK', [42]],
    ['on the scheduler', ', msys.core.ECTP_COMPLETE_CALLBACK_SCHED', [7]],
  ])('completion: %s', async (_name, mode, expected) => {
    await using mta = await Momentum.start();
    await mta.eval(`
      _OSTLS.marker = 7
      msys.runInPool('CPU',
        function () _OSTLS.marker = 42 end,
        function (...) print(_OSTLS.marker, select('#', ...)) end${mode})`);
    await mta.clock.advance(0);
    expect(prints(mta)).toEqual(expected.map((marker) => `${marker}\t0`));
  });

  it('an error: traceback in the paniclog, the failure of the test, no completion', async () => {
    await using mta = await Momentum.start();
    await mta.eval(
      `msys.runInPool('CPU', function () error('broken') end, function () print('complete') end)`,
    );
    await mta.clock.advance(0);
    expect(mta.takeFailures()).toMatchObject([{ message: expect.stringContaining('broken') }]);
    expect(prints(mta)).toEqual([expect.stringMatching(/broken\nstack traceback:/)]);
  });

  it('runs at most as many at a time as the pool has threads, first in, first out', async () => {
    await using mta = await Momentum.start();
    await mta.eval(
      `for i = 1, 6 do msys.runInPool('CPU', function () print(i) msys.sleep(10) end, true) end return 1`,
    );
    expect(prints(mta)).toEqual(['1', '2', '3', '4']);
    expect(await mta.eval(`msys.threadpool.stat('CPU').job_num_queued`)).toEqual([2]);
    await mta.clock.advance('10s');
    expect(prints(mta)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('a full queue blocks the caller', async () => {
    await using mta = await Momentum.start();
    const caller = mta.eval(
      `for i = 1, 107 do msys.runInPool('UNLINK', function () msys.sleep(1) end, true) end print('all in')`,
    );
    await mta.eval('1');
    expect(prints(mta)).toEqual([]);
    await mta.clock.advance('1s');
    await caller;
    expect(prints(mta)).toEqual(['all in']);
  });
});

test('_OSTLS is the thread’s, _TLS the session’s', async () => {
  await using mta = await Momentum.start();
  expect(
    await mta.eval(`
      _OSTLS.marker = 42 _TLS.own = 1
      return select(2, msys.runInPool('CPU', function () return tostring(_OSTLS.marker), tostring(_TLS.own) end))`),
  ).toEqual(['nil', 'nil']);
  // The next job gets the same thread, and another session.
  await mta.eval(`msys.runInPool('CPU', function () _OSTLS.seen = true end)`);
  expect(await mta.eval(`msys.runInPool('CPU', function () return _OSTLS.seen end)`)).toEqual([true, true]);
  expect(await mta.eval('_OSTLS.marker, _TLS.own')).toEqual([42, undefined]);
});

describe('msys.threadpool', () => {
  test.each([
    ['msys.threadpool.count()', [8]],
    [`msys.threadpool.find('SWAPIN')`, [3]],
    [`msys.threadpool.find('SwapIn')`, [3]],
    ['msys.threadpool.find(1)', ['IO']],
    [`msys.threadpool.find('NONE')`, [undefined]],
    ['msys.threadpool.find(99)', [undefined]],
    [`msys.threadpool.stat('NONE')`, [undefined]],
    [`msys.threadpool.stat(0).name`, ['CPU']],
  ])('%s', async (lua, expected) => {
    await using mta = await Momentum.start();
    expect(await mta.eval(lua)).toEqual(expected);
  });

  test('stat: every field of the page, and a pretty printer', async () => {
    await using mta = await Momentum.start();
    const caller = mta.eval(`msys.runInPool('IO', function () msys.sleep(0.5) end)`);
    await mta.clock.advance('1s');
    await caller;
    const [stat] = await mta.eval(`msys.threadpool.stat('IO')`);
    expect(stat).toEqual({
      name: 'IO',
      invocations: 1,
      avg_concurrency: 1,
      saturation: 0,
      avg_wallclock_time_per_op: 500,
      queue_sz: 0,
      num_threads: 1,
      num_active_threads: 0,
      num_inactive_threads: 1,
      job_num_queued: 0,
      job_num_running: 0,
    });
    expect((await mta.eval(`tostring(msys.threadpool.stat('IO'))`))[0]).toMatch(
      /^IO thread pool: concurrency 50\n {15}Total invocations: 1\n/,
    );
  });

  test.each([
    ['msys.threadpool.stat', `msys.threadpool.stat('IO')`],
    ['timer:stop', 't:stop()'],
  ])('%s is for the scheduler only', async (name, lua) => {
    await using mta = await Momentum.start();
    await mta.eval(`t = msys.timer.after(1, function () end)`);
    const [status] = await mta.eval(`msys.runInPool('CPU', function () ${lua} end)`);
    expect(status).toBe(false);
    expect(mta.diagnostics.at(0)).toMatchObject({
      code: 'WRONG_THREAD',
      message: expect.stringContaining(name),
    });
  });
});

describe('msys.runInInst', () => {
  it('gives what pcall gives', async () => {
    await using mta = await Momentum.start();
    const [ok, failed] = await mta.eval(`
      local inst = msys.core.scheduler_for_domain('domain.example')
      return { msys.runInInst(inst, function () return 'done' end) }, { msys.runInInst(inst, function () error('no', 0) end) }`);
    expect([ok, failed]).toEqual([
      [true, 'done'],
      [false, 'no'],
    ]);
    expect(codes(mta)).toEqual(['SCHEDULER_BLOCKED', 'SCHEDULER_BLOCKED']);
  });

  it('is meant for pools, and runs on the scheduler', async () => {
    await using mta = await Momentum.start();
    expect(
      await mta.eval(`
        _OSTLS.marker = 42
        local inst = msys.core.scheduler_for_domain('domain.example')
        return msys.runInPool('IO', function ()
          return select(2, msys.runInInst(inst, function () return _OSTLS.marker end)), tostring(_OSTLS.marker)
        end)`),
    ).toEqual([true, 42, 'nil']);
    expect(codes(mta)).toEqual([]);
  });
});
