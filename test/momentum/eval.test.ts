import { LuaError, LuaSyntaxError, Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeAll(async () => {
  mta = await Momentum.start({ domains: ['example.com'] });
});

test.each<[string, unknown[]]>([
  ['', []],
  ['1 + 1', [2]],
  ['1, nil, 3', [1, undefined, 3]],
  ['local x = 2 return x * 21', [42]],
  ['0 / 0', [NaN]],
  ['"é", "a\\0b"', ['é', 'a\0b']],
  ['"\\255\\0"', [Buffer.of(255, 0)]],
  ['true, not true', [true, false]],
  ['{}', [{}]],
  ['{ 1, 2, { 3 } }', [[1, 2, [3]]]],
  ['{ a = 1, b = { c = "x" } }', [{ a: 1, b: { c: 'x' } }]],
  [
    '{ 1, nil, 3 }',
    [
      new Map([
        [1, 1],
        [3, 3],
      ]),
    ],
  ],
  [
    '{ 1, n = 1 }',
    [
      new Map<unknown, unknown>([
        [1, 1],
        ['n', 1],
      ]),
    ],
  ],
  ['{ [true] = 1 }', [new Map([[true, 1]])]],
  ['coroutine.create(function() end)', ['[thread]']],
  ['msys.core.dns_get_domain("example.com")', ['[msys.core:_domain_record]']],
])('%s', async (lua, results) => {
  expect(await mta.eval(lua)).toEqual(results);
});

test('a key named __proto__ is a key', async () => {
  const [object] = (await mta.eval('{ __proto__ = { polluted = true } }')) as [object];
  expect(Object.keys(object)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  expect('polluted' in object).toBe(false);
});

test('a table that contains itself', async () => {
  const [table] = (await mta.eval('local t = { name = "t" } t.self = t return t')) as [{ self: unknown }];
  expect(table.self).toBe(table);
});

test('functions can be called, with values of the test', async () => {
  const [f] = (await mta.eval(
    'return function(t, f, bytes) return t.list[2], f(20), #bytes, t.none end',
  )) as [(...args: unknown[]) => Promise<unknown[]>];
  const twice = (n: unknown) => Number(n) * 2 + 2;
  expect(await f({ list: ['a', 'b'], none: null }, twice, Buffer.of(255, 0))).toEqual([
    'b',
    42,
    2,
    undefined,
  ]);
});

test('state stays from one call to the next', async () => {
  await mta.eval('counter = (counter or 0) + 1');
  await mta.eval('counter = (counter or 0) + 1');
  expect(await mta.eval('counter')).toEqual([2]);
});

test('errors have their place', async () => {
  await expect(mta.eval('error("on purpose")')).rejects.toThrow(LuaError);
  await expect(mta.eval('local x\nlocal y = x.z')).rejects.toMatchObject({
    line: 2,
    luaMessage: expect.stringContaining('eval:2: attempt to index local') as string,
  });
  await expect(mta.eval('local = 1')).rejects.toThrow(LuaSyntaxError);
});

test('a table nested beyond all measure is shown as far as it goes', async () => {
  const mta = await Momentum.start();
  const [value] = await mta.eval('local t = {} for _ = 1, 100000 do t = { t } end return t');
  expect(JSON.stringify(value)).toContain('[nested too deep]');
});
