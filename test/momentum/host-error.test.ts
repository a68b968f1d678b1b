import { LuaError, Momentum } from '../../src';

const handler = (body: string) => ({
  name: 'handler',
  source: `msys.registerControl("go", function() ${body} end)`,
});

test('an exception of a test double is kept, whatever the script does with it', async () => {
  const mta = await Momentum.start({
    modules: [handler('local ok, e = pcall(function() return msys.bounce.classify("a") end) print(ok, e)')],
  });
  const cause = new TypeError('out of paper');
  mta.fake('msys.bounce.classify', () => {
    throw cause;
  });
  expect((await mta.console('go')).output).toMatch(/^false\t.*:1: out of paper$/m);
  const found = mta.diagnostics.at(-1);
  expect(found).toMatchObject({ code: 'HOST_ERROR', severity: 'violation' });
  expect(found?.message).toMatch(/threw TypeError: out of paper\n\s+at .*host-error\.test/);
  expect(found?.frames[0]).toMatchObject({ line: 1 });
  await expect(mta.eval('msys.bounce.classify("a")')).rejects.toMatchObject({ cause });
  await expect(mta.eval('msys.bounce.classify("a")')).rejects.toBeInstanceOf(LuaError);
});

test('what strict mode throws itself is reported under its own name only', async () => {
  const mta = await Momentum.start();
  await mta.eval('pcall(function() return msys.core.no_such_thing end) pcall(msys.brightmail.scan, "a")');
  expect([...mta.diagnostics].map(({ code }) => code)).toEqual(['UNKNOWN_API', 'NOT_SIMULATED']);
});

test('a call that waits inside pcall is a warning', async () => {
  const mta = await Momentum.start({ modules: [handler('print(pcall(msys.bounce.classify, "a"))')] });
  mta.fake('msys.bounce.classify', () => Promise.resolve(true));
  expect((await mta.console('go')).output).toContain('true\ttrue');
  expect([...mta.diagnostics]).toMatchObject([{ code: 'SUSPENDED_IN_PCALL', severity: 'warning' }]);
});

test('a limit that a request reaches leaves the server usable', async () => {
  const mta = await Momentum.start({
    modules: [
      handler(
        'if not full then full = true pcall(function() local t = {} while true do t[#t + 1] = {} end end) end print("fine")',
      ),
    ],
    limits: { memory: 8 * 2 ** 20 },
  });
  expect(await mta.console('go')).toMatchObject({ status: 'FAILED' });
  expect(mta.paniclog.at(-1)?.text).toMatch(/not enough memory: .*limits\.memory/);
  expect((await mta.console('go')).output).toContain('fine');
});
