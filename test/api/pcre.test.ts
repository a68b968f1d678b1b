import { Momentum } from '../../src';
import '../../src/jest';

test('msys.pcre does what the package pcre does (4/lua/ref-msys-pcre-match)', async () => {
  await using mta = await Momentum.start();
  expect(
    await mta.eval(`
      require("msys.pcre")
      local m = msys.pcre.match("10.1.2.3", "^(?P<net>\\\\d+)\\\\.")
      return m[0], m[1], m.net, msys.pcre.replace("a-b", "-", "+"), #msys.pcre.split("a\\nb\\n", "\\n")`),
  ).toEqual(['10.', '10', '10', 'a+b', 2]);
  expect([...mta.journal].map(({ name }) => name)).toEqual([
    'msys.pcre.match',
    'msys.pcre.replace',
    'msys.pcre.split',
  ]);
});

test('without require, and a bad pattern is three values', async () => {
  await using mta = await Momentum.start();
  expect(await mta.eval('return msys.pcre.match("x", "(")')).toEqual([undefined, 'missing )', 1]);
});

test('the runtime’s package is there, too', async () => {
  await using mta = await Momentum.start();
  expect(await mta.eval('return require("pcre").match("ab", "b")[0]')).toEqual(['b']);
});

test('a match that production gives up is an error', async () => {
  await using mta = await Momentum.start();
  await expect(
    mta.eval('return msys.pcre.match(("a"):rep(50) .. "!", "(*LIMIT_MATCH=5000)^(a|aa)+$")'),
  ).rejects.toThrow('pcre: the match limit was reached');
});

test('strict acts on every script of the server', async () => {
  await using mta = await Momentum.start();
  expect(await mta.eval('return require("strict")')).toEqual([true]);
  await expect(mta.eval('return (function() return nope end)()')).rejects.toThrow(
    "variable 'nope' is not declared",
  );
});
