import { Momentum } from '../../src';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
  await mta.eval(`msys.gauge_cache.define('c', 3, 60)`);
});
afterEach(() => mta.stop());
const get = async (key: string) => (await mta.eval(`msys.gauge_cache.get('c', '${key}')`))[0];
const run = (lua: string) => mta.eval(lua.replace(/(inc|dec|remove_item)\(/g, "msys.gauge_cache.$1('c', "));

test('inc, dec and remove_item', async () => {
  await run(`inc('a') inc('a') dec('b')`);
  expect([await get('a'), await get('b'), await get('unknown')]).toEqual([2, -1, 0]);
  await run(`remove_item('a')`);
  expect(await get('a')).toBe(0);
});

test('an entry lives for its time after the last change', async () => {
  await run(`inc('a') inc('b')`);
  await mta.clock.advance('59s');
  await run(`inc('a')`);
  await mta.clock.advance('1s');
  expect([await get('a'), await get('b')]).toEqual([2, 0]);
  await mta.clock.advance('59s');
  expect(await get('a')).toBe(0);
});

test('a full cache drops the oldest entry', async () => {
  await run(`inc('a') inc('b') inc('c') inc('a') inc('d')`);
  expect([await get('a'), await get('b'), await get('c'), await get('d')]).toEqual([2, 0, 1, 1]);
});

test('defined again, as after a reload, it keeps its contents within the new limits', async () => {
  await run(`inc('a') inc('b')`);
  await mta.reload();
  await mta.eval(`msys.gauge_cache.define('c', 1, 10, true)`);
  expect([await get('a'), await get('b')]).toEqual([0, 1]);
});

test.each([
  [`msys.gauge_cache.inc('none', 'a')`, "there is no gauge cache 'none'"],
  [`msys.gauge_cache.get('none', 'a')`, "there is no gauge cache 'none'"],
  [`msys.gauge_cache.define('x', 0, 1)`, "bad argument #2 to 'define'"],
  [`msys.gauge_cache.define('x', 1, -1)`, "bad argument #3 to 'define'"],
])('%s raises', async (lua, message) => {
  await expect(mta.eval(lua)).rejects.toThrow(message);
});
