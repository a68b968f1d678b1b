/** Powers with whole exponents agree with C's to the last bit, but for the few that C itself does not round exactly. */
import { LuaVM, Source } from '../../src/lua';
import { counterpart } from '../helpers/counterparts';
import { execFileSync } from 'node:child_process';

const PROGRAM = String.raw`
local seed = 42
local function random()
  seed = seed * 16807 % 2147483647
  return seed / 2147483647
end
local out = {}
for i = 1, 5000 do
  local base = (random() * 2 - 0.5) * 1000
  local exponent = math.floor(random() * 25) - 12
  out[i] = string.format('%.17g ^ %d = %.17g', base, exponent, base ^ exponent)
end
return table.concat(out, '\n')`;

counterpart('lua5.1')('powers agree with lua5.1', () => {
  const vm = new LuaVM();
  const here = (vm.callSync(vm.load(new Source('=power', PROGRAM)))[0] as string).split('\n');
  const there = execFileSync('lua5.1', ['-e', `io.write((function() ${PROGRAM} end)())`], {
    encoding: 'latin1',
  });
  const different = there.split('\n').filter((line, i) => line !== here[i]);
  expect(here).toHaveLength(5000);
  expect(different.length).toBeLessThan(15);
});

test.each([
  ['1 ^ (0/0)', 1],
  ['(-1) ^ (1/0)', 1],
  ['2 ^ 1023', 2 ** 1023],
  ['2 ^ -1074', 2 ** -1074],
  ['0 ^ -1', Infinity],
  ['(-2) ^ 3', -8],
  ['10 ^ 22', 1e22],
  ['10 ^ -5', 1e-5],
  ['4 ^ 0.5', 2],
  ['(-8) ^ (1/3)', NaN],
])('%s', (expression, expected) => {
  const vm = new LuaVM();
  expect(vm.callSync(vm.load(new Source('=power', `return ${expression}`)))).toEqual([expected]);
});
