import { Momentum } from '../../src';

const codes = (mta: Momentum) => [...mta.diagnostics].map(({ code }) => code);

test('a session sleeps in virtual time, and others go on', async () => {
  await using mta = await Momentum.start();
  const order: string[] = [];
  const sleeper = mta
    .eval(`local before = os.time() msys.sleep(0.2) msys.sleep(1.8) return os.time() - before`)
    .then(([slept]) => order.push(`slept ${String(slept)}`));
  await mta.eval('1');
  order.push('other');
  expect(await mta.clock.advance('2s')).toMatchObject([{ label: 'msys.sleep' }, { label: 'msys.sleep' }]);
  await sleeper;
  expect(order).toEqual(['other', 'slept 2']);
});

test.each(['0', '-1'])('msys.sleep(%s) returns at once', async (duration) => {
  await using mta = await Momentum.start();
  expect(await mta.eval(`msys.sleep(${duration}) return 'done'`)).toEqual(['done']);
});

test.each(['1/0', '0/0'])('msys.sleep(%s) is an error', async (duration) => {
  await using mta = await Momentum.start();
  await expect(mta.eval(`msys.sleep(${duration})`)).rejects.toThrow("bad argument #1 to 'sleep'");
});

describe('where nothing can be suspended, the thread is blocked: the clock jumps, and timers are late', () => {
  test('while scripts are loaded', async () => {
    await using mta = await Momentum.start({
      now: '2026-01-01T00:00:00Z',
      modules: [
        {
          name: 'slow',
          source: `
            t = msys.timer.after(1, function () print('late', os.time()) end)
            msys.sleep(30)
            slept = os.time()`,
        },
      ],
    });
    expect(await mta.eval('slept')).toEqual([1767225630]);
    expect(mta.clock.now()).toEqual(new Date('2026-01-01T00:00:30Z'));
    await mta.clock.advance(0);
    expect(mta.paniclog.map(({ message }) => message)).toEqual(['late\t1767225630']);
    expect(codes(mta)).toContain('SCHEDULER_BLOCKED');
  });

  test('in a timer', async () => {
    await using mta = await Momentum.start();
    await mta.eval(`t = msys.timer.after(1, function () msys.sleep(10) print('awake') end)`);
    await mta.clock.advance('1s');
    expect(mta.paniclog).toMatchObject([{ message: 'awake' }]);
    expect(codes(mta)).toEqual(['SCHEDULER_BLOCKED']);
  });

  test('below a metamethod', async () => {
    await using mta = await Momentum.start();
    const [slept] = await mta.eval(
      `local before = os.time() local t = setmetatable({}, { __index = function () msys.sleep(3) return 1 end }) return t.x and os.time() - before`,
    );
    expect(slept).toBe(3);
    expect(codes(mta)).toEqual(['SCHEDULER_BLOCKED']);
  });
});

test('asyncOk: in sessions of the scheduler, where the call can be suspended', async () => {
  await using mta = await Momentum.start({
    modules: [
      {
        name: 'ask',
        source: `
          local mod = {}
          chunk = msys.asyncOk()
          function mod:init() init = msys.asyncOk() return true end
          function mod:rsrc_setup()
            msys.httpsrv.register('GET', '/ok', function (session) http = msys.asyncOk() session:response_status_ok('text/plain') end)
            return true
          end
          msys.registerModule('m', mod)
          msys.registerControl('ok', function () print(msys.asyncOk()) end)
          t = msys.timer.after(1, function () timer = msys.asyncOk() end)`,
      },
    ],
  });
  await mta.request({ url: '/ok' });
  await mta.clock.advance('1s');
  expect(await mta.eval('chunk, init, http, timer')).toEqual([false, false, true, false]);
  expect(String(await mta.console('ok'))).toBe('true\n');
  expect(await mta.eval('msys.asyncOk()')).toEqual([true]);
  expect(await mta.eval(`msys.runInPool('CPU', function () return msys.asyncOk() end)`)).toEqual([
    true,
    false,
  ]);
  expect(
    await mta.eval('setmetatable({}, { __index = function () return tostring(msys.asyncOk()) end }).x'),
  ).toEqual(['false']);
});

test('get_now_ts: whole seconds of the virtual clock', async () => {
  await using mta = await Momentum.start({ now: '2026-01-01T00:00:00.900Z' });
  expect(await mta.eval('msys.core.get_now_ts()')).toEqual([1767225600]);
  await mta.clock.advance('100ms');
  expect(await mta.eval('msys.core.get_now_ts()')).toEqual([1767225601]);
});
