import { Momentum, UsageError } from '../../src';
import '../../src/jest';

const start = (...bodies: string[]) =>
  Momentum.start({
    modules: bodies.map((body, i) => ({
      name: `mod${i + 1}`,
      source: `local mod = {} ${body} msys.registerModule("mod${i + 1}", mod)`,
    })),
  });

test('a hook gets self, then its arguments; its results come back', async () => {
  const mta = await start(`
    mod.answer = 42
    function mod:core_control_pre_command(cc, response) return self.answer, cc, response.text end`);
  expect(await mta.call('core_control_pre_command', 'a', { text: 'b' })).toEqual([42, 'a', 'b']);
});

test('self is a table of its own for each call, not the module shared by all', async () => {
  const mta = await start(`
    function mod:core_log_reopen()
      local seen = self.seen
      self.seen = true
      return seen, self == mod
    end`);
  expect(await mta.call('core_log_reopen')).toEqual([undefined, false]);
  expect(await mta.call('core_log_reopen')).toEqual([undefined, false]);
});

test('of several modules the first is called, or the one that is named', async () => {
  const mta = await start(
    'function mod:core_log_reopen() return "one" end',
    'function mod:core_log_reopen() return "two" end',
  );
  expect(await mta.call('core_log_reopen')).toEqual(['one']);
  expect(await mta.call('mod2:core_log_reopen')).toEqual(['two']);
});

test('a Lua error rejects', async () => {
  const mta = await start('function mod:core_log_reopen() error("no") end');
  await expect(mta.call('core_log_reopen')).rejects.toThrow('no');
});

test('a callout that no module has is a misuse', async () => {
  const mta = await start('function mod:core_log_reopen() end');
  await expect(mta.call('core_log_reopn')).rejects.toThrow(UsageError);
  await expect(mta.call('other:core_log_reopen')).rejects.toThrow(UsageError);
});
