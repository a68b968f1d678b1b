import { Momentum } from '../../src';

const script = (source: string) =>
  Momentum.start({ modules: [{ name: 'timers', source }], strict: { SILENT_SCRIPT: 'off' } });
const prints = (mta: Momentum) => mta.paniclog.map(({ message }) => message);
const codes = (mta: Momentum) => [...mta.diagnostics].map(({ code }) => code);

test('after: once, with its label; the virtual clock decides', async () => {
  await using mta = await script(`
    require 'msys.timer'
    t = msys.timer.after(10, function (...) print('fired', select('#', ...)) end, 't')`);
  expect(await mta.eval('t:name()')).toEqual(['t']);
  expect(await mta.clock.advance('9s')).toEqual([]);
  expect(await mta.clock.advance('1s')).toMatchObject([{ label: 'timer t' }]);
  expect(await mta.clock.advance('1h')).toEqual([]);
  expect(prints(mta)).toEqual(['fired\t0']);
});

test('at: at an instant, one that is past is due at once', async () => {
  await using mta = await Momentum.start({ now: '2026-01-01T00:00:00Z' });
  await mta.eval(`
    later = msys.timer.at(os.time() + 60, function () print('later', os.time()) end)
    past = msys.timer.at(0, function () print('past') end)`);
  await mta.clock.advance(0);
  expect(prints(mta)).toEqual(['past']);
  await mta.clock.advance('1m');
  expect(prints(mta)).toEqual(['past', 'later\t1767225660']);
  expect(await mta.eval('later:name()')).toEqual([undefined]);
});

test('every: again and again; stop cancels, start schedules anew', async () => {
  await using mta = await script(`rep = msys.timer.every(2, function () print('rep') end, 'repeater')`);
  await mta.clock.advance('5s');
  expect(prints(mta)).toHaveLength(2);
  await mta.eval('rep:stop()');
  await mta.clock.advance('1m');
  expect(prints(mta)).toHaveLength(2);
  await mta.eval('rep:start() rep:start()');
  await mta.clock.advance('2s');
  expect(prints(mta)).toHaveLength(3);
});

test('start of a timer that has fired, and of one that waits', async () => {
  await using mta = await script(`t = msys.timer.after(10, function () print('fired') end)`);
  await mta.clock.advance('6s');
  await mta.eval('t:start()');
  await mta.clock.advance('6s');
  expect(prints(mta)).toEqual([]);
  await mta.clock.advance('4s');
  await mta.eval('t:start()');
  await mta.clock.advance('10s');
  expect(prints(mta)).toEqual(['fired', 'fired']);
});

test('a callback that fails: traceback in the paniclog, the failure of the test, and the timer goes on', async () => {
  await using mta = await script(`t = msys.timer.every(1, function () error('broken') end)`);
  await mta.clock.advance('2s');
  expect(mta.takeFailures()).toHaveLength(2);
  expect(prints(mta)[0]).toMatch(/^timers.lua:1: broken\nstack traceback:/);
});

test('a callback is an entry of its own: phase timer, and what it waits for holds nobody up', async () => {
  await using mta = await Momentum.start();
  mta.fake('msys.readfile', () => new Promise<never>(() => undefined));
  await mta.eval(`t = msys.timer.after(1, function () msys.counter.inc('/x') msys.readfile('/never') end)`);
  await mta.clock.advance('1m');
  expect(mta.journal.calls('msys.counter.inc')).toMatchObject([{ phase: 'timer' }]);
});

test('a crash in a callback takes the server down', async () => {
  await using mta = await Momentum.start();
  await mta.eval(`
    local object = msys.counter.open('/x')
    t = msys.timer.after(1, function () msys.cast(object, 'msys.core:_ec_message') end)`);
  await mta.clock.advance('1s');
  expect(mta.takeFailures()).toMatchObject([{ code: 'WRONG_CAST' }]);
  expect(mta.crashed).toMatchObject({ code: 'WRONG_CAST' });
  await expect(mta.eval('1')).rejects.toMatchObject({ code: 'WRONG_CAST' });
});

test.each([
  ['after', '1/0'],
  ['at', '0/0'],
  ['every', '0'],
  ['every', '-1'],
])('msys.timer.%s(%s) is no time', async (name, time) => {
  await using mta = await Momentum.start();
  await expect(mta.eval(`msys.timer.${name}(${time}, function () end)`)).rejects.toThrow(
    `bad argument #1 to '${name}'`,
  );
});

describe('a timer that nothing refers to', () => {
  const DROPPED = [
    ['its result discarded', `msys.timer.after(10, work)`],
    ['a local variable of the chunk', `local timer = msys.timer.after(10, work)`],
    ['a variable of its own function only', `local t t = msys.timer.after(10, function () work(t) end)`],
    ['a weak table', `weak = setmetatable({}, { __mode = 'v' }) weak[1] = msys.timer.after(10, work)`],
    ['an entry that is over', `local function f() return { msys.timer.every(10, work) } end f()`],
  ] as const;

  test.each(DROPPED)('%s: stopped at the end of the call that made it', async (_name, source) => {
    await using mta = await script(`function work() print('fired') end\n${source}`);
    expect(codes(mta)).toEqual(['DROPPED_TIMER']);
    expect(mta.diagnostics.at(0)!.frames[0]).toMatchObject({ file: 'timers.lua', line: 2 });
    await mta.clock.advance('1m');
    expect(prints(mta)).toEqual([]);
  });

  const HELD = [
    ['a global variable', `t = msys.timer.after(10, work)`],
    [
      'the table of a registered module',
      `local mod = { init = function (self) self.t = msys.timer.after(10, work) return true end } msys.registerModule('m', mod)`,
    ],
    [
      'a registered command',
      `local t = msys.timer.after(10, work) msys.registerControl('stop', function () t:stop() end)`,
    ],
    [
      'an endpoint',
      `local t = msys.timer.after(10, work) msys.httpsrv.register('GET', '/', function () t:stop() end)`,
    ],
    [
      'the function of a timer that is held',
      `local inner = msys.timer.after(10, work) outer = msys.timer.every(60, function () inner:stop() end)`,
    ],
    ['thread-local storage of the system', `_OSTLS.t = msys.timer.after(10, work)`],
    [
      'work in a pool',
      `local t = msys.timer.after(10, work) msys.runInPool('CPU', function () msys.sleep(20) t:stop() end, true)`,
    ],
  ] as const;

  test.each(HELD)('not so when it is in %s', async (_name, source) => {
    await using mta = await script(`function work() print('fired') end\n${source}`);
    await mta.clock.advance('10s');
    expect(codes(mta)).toEqual([]);
    expect(prints(mta)).toEqual(['fired']);
  });

  it('is found when it fires, too', async () => {
    await using mta = await script(`t = msys.timer.every(10, function () print('fired') end)`);
    await mta.clock.advance('10s');
    await mta.eval('t = nil');
    await mta.clock.advance('10s');
    expect(codes(mta)).toEqual(['DROPPED_TIMER']);
    await mta.clock.advance('1m');
    expect(prints(mta)).toEqual(['fired']);
  });

  test.each([
    ['warn', ['DROPPED_TIMER']],
    ['off', []],
  ] as const)('with the rule at %s it goes on', async (level, expected) => {
    await using mta = await Momentum.start({ strict: { DROPPED_TIMER: level } });
    await mta.eval(`msys.timer.every(1, function () print('fired') end) return 1`);
    await mta.clock.advance('3s');
    expect(prints(mta)).toHaveLength(3);
    expect(codes(mta)).toEqual(expected);
  });
});

test('a reload ends the timers of the scripts before it, deinit still finds them', async () => {
  await using mta = await script(`
    local mod = {}
    function mod:init() self.t = msys.timer.every(10, function () print('fired') end) return true end
    function mod:deinit() print('deinit', self.t:name()) return true end
    msys.registerModule('m', mod)`);
  await mta.reload();
  expect(prints(mta)).toEqual(['deinit\tnil']);
  await mta.clock.advance('10s');
  expect(prints(mta)).toEqual(['deinit\tnil', 'fired']);
});

test('a configuration that fails leaves none of its timers behind', async () => {
  await using mta = await script(`
    msys.counter.inc('/loads')
    local load = msys.counter.read('/loads')
    t = msys.timer.every(10, function () print('load', load) end)
    if load == 2 then error('no') end`);
  expect(await mta.reload()).toMatchObject({ ok: false });
  const before = mta.paniclog.length;
  await mta.clock.advance('20s');
  expect(prints(mta).slice(before)).toEqual(['load\t1', 'load\t1']);
});

test('a periodic timer for a day', async () => {
  await using mta = await script(`n = 0 t = msys.timer.every(60, function () n = n + 1 end)`);
  await mta.clock.advance('1d');
  expect(await mta.eval('n')).toEqual([1440]);
});
