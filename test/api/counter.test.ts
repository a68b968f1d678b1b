import { Momentum } from '../../src';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

test.each([
  [
    'by handle',
    `local c = msys.counter.open('/site/a') msys.counter.inc(c) msys.counter.add(c, 4) return msys.counter.read(c)`,
    5,
  ],
  [
    'by path',
    `msys.counter.inc('/site/a') msys.counter.add('/site/a', 1024) return msys.counter.read('/site/a')`,
    1025,
  ],
  ['negative amounts', `msys.counter.add('/site/a', -3) return msys.counter.read('/site/a')`, -3],
  ['the fraction goes', `msys.counter.add('/site/a', 2.9) return msys.counter.read('/site/a')`, 2],
  [
    'reset',
    `msys.counter.add('/site/a', 7) msys.counter.reset('/site/a') return msys.counter.read('/site/a')`,
    0,
  ],
  [
    'handles of one path share the value',
    `local a, b = msys.counter.open('/x'), msys.counter.open('/x', msys.counter.RELAXED) msys.counter.inc(a) msys.counter.inc(b) return msys.counter.read('/x')`,
    2,
  ],
  ['a path that nothing was counted in', `return msys.counter.read('/nothing')`, 0],
])('%s', async (_name, lua, value) => {
  expect(await mta.eval(lua)).toEqual([value]);
});

test('functions that change a counter give nothing', async () => {
  expect(
    await mta.eval(
      `msys.counter.inc('/x'), msys.counter.add('/x', 1), msys.counter.reset('/x'), msys.counter.unlink('/x')`,
    ),
  ).toEqual([undefined, undefined, undefined, undefined]);
});

it('survives a reload', async () => {
  await mta.eval(`msys.counter.inc('/x')`);
  await mta.reload();
  expect(await mta.eval(`msys.counter.read('/x')`)).toEqual([1]);
});

describe('unlink', () => {
  it('leaves handles alone; Lua finds the counter in its cache for five minutes', async () => {
    await mta.eval(
      `c = msys.counter.open('/x') msys.counter.inc(c) msys.counter.unlink('/x') msys.counter.inc(c)`,
    );
    expect(await mta.eval(`msys.counter.read(c), msys.counter.read('/x')`)).toEqual([2, 2]);
    await mta.clock.advance('5m');
    expect(await mta.eval(`msys.counter.read(c), msys.counter.read('/x')`)).toEqual([2, 0]);
  });
});

test.each([
  [`msys.counter.open('')`, "bad argument #1 to 'open' (the path of a counter expected)"],
  [`msys.counter.open('/x', 99)`, 'msys.counter.STRICT or msys.counter.RELAXED expected'],
  [`msys.counter.inc('')`, "bad argument #1 to 'inc'"],
  [`msys.counter.add('/x')`, "bad argument #2 to 'add'"],
  [`msys.counter.inc({})`, "bad argument #1 to 'inc'"],
])('%s raises', async (lua, message) => {
  await expect(mta.eval(lua)).rejects.toThrow(message);
  expect(mta.takeFailures().length).toBeLessThanOrEqual(1);
});
