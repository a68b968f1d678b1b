import { Momentum } from '../../src';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

test.each([`'text'`, '7', 'true', 'false'])('%s is there after a reload', async (value) => {
  expect(await mta.eval(`msys.shareSet('key', ${value})`)).toEqual([true]);
  await mta.reload();
  expect(await mta.eval(`msys.shareGet('key') == ${value}`)).toEqual([true]);
});

test('the example of the page', async () => {
  const increment = `
    msys.lock('counter-example')
    local c = msys.shareGet('my-counter')
    if c == nil then c = 0 end
    msys.shareSet('my-counter', c + 1)
    msys.unlock('counter-example')`;
  for (let i = 0; i < 3; i++) await mta.eval(increment);
  expect(await mta.eval(`msys.shareGet('my-counter')`)).toEqual([3]);
});

test.each([`msys.shareUnset('key')`, `msys.shareSet('key', nil)`])('%s takes the value away', async (lua) => {
  await mta.eval(`msys.shareSet('key', 1) ${lua}`);
  expect(await mta.eval(`msys.shareGet('key')`)).toEqual([undefined]);
});

test('a key that is none is refused, a value that cannot be shared raises', async () => {
  expect(await mta.eval(`msys.shareSet('', 1)`)).toEqual([false]);
  await expect(mta.eval(`msys.shareSet('key', {})`)).rejects.toThrow("bad argument #2 to 'shareSet'");
});
