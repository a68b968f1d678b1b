import { Momentum, MomentumCrash } from '../../src';
import '../../src/jest';

const MODULES = ['fixtures/broken/argv-past-end.lua'];

describe('strict', () => {
  let mta: Momentum;
  beforeEach(async () => {
    mta = await Momentum.start({ modules: MODULES });
  });

  test('arguments that are there do no harm', async () => {
    expect(String(await mta.console('second one two'))).toBe('two\n');
    expect(mta).not.toHaveCrashed();
  });

  test.each(['second one', 'guarded'])('%s: rejects, and pcall catches nothing', async (line) => {
    const crash: unknown = await mta.console(line).catch((error: unknown) => error);
    expect(crash).toBeInstanceOf(MomentumCrash);
    expect(mta.crashed).toBe(crash);
    expect(mta).toHaveCrashed();
    expect(mta).toHaveDiagnostic('ARGV_RANGE');
    expect(mta).not.toHaveLogged('paniclog', 'survived');
  });

  test('says where and why', async () => {
    await expect(mta.console('second one')).rejects.toMatchInlineSnapshot(`
     MomentumCrash [ARGV_RANGE] at fixtures/broken/argv-past-end.lua:7:16
     cc.argv[2] is outside of the command's arguments (0 to 1). In production this reads past the end of a C array and takes the server down: compare with cc.argc first.
    `);
    expect(mta.crashed!.stack).toMatch(/\n {4}at .*\(\/.*argv-past-end\.lua:7:\d+\)\n/);
  });

  test('later calls reject with the same crash', async () => {
    const crash: unknown = await mta.console('second one').catch((error: unknown) => error);
    await expect(mta.console('second one two')).rejects.toBe(crash);
    await expect(mta.request({ url: '/' })).rejects.toBe(crash);
    await expect(mta.eval('1')).rejects.toBe(crash);
    await expect(mta.reload()).rejects.toBe(crash);
    expect(() => mta.endpoints).toThrow(MomentumCrash);
    await mta.stop();
  });
});

test('strict: false warns, and the script sees nil', async () => {
  const mta = await Momentum.start({ modules: MODULES, strict: false });
  expect(String(await mta.console('second one'))).toBe('nil\n');
  expect(String(await mta.console('guarded'))).toBe('survived: true\n');
  expect(mta.diagnostics.at(0)).toMatchObject({ code: 'ARGV_RANGE', severity: 'warning' });
  expect(mta).not.toHaveCrashed();
});
