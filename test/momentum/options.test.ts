import { Momentum, UsageError, type MomentumOptions } from '../../src';
import '../../src/jest';

test.each<[string, unknown, string]>([
  ['no object', 'fixtures/example.lua', 'an object of options expected'],
  ['a list', [], 'an object of options expected'],
  ['null', null, 'an object of options expected'],
  ['an unknown option', { module: [] }, "unknown option 'module'; did you mean 'modules'?"],
  ['an option that is far from all', { colour: 1 }, "unknown option 'colour'"],
  ['an option of later versions', { momentum: '4.2' }, 'option momentum is not supported by this version'],
  ['modules: a path alone', { modules: 'a.lua' }, 'option modules: an array expected, not "a.lua"'],
  [
    'modules: a number',
    { modules: ['a.lua', 1] },
    'option modules[1]: a path, { name, path } or { name, source }',
  ],
  ['modules: an empty path', { modules: [''] }, 'option modules[0]: an empty path'],
  ['modules: source without a name', { modules: [{ source: '' }] }, 'option modules[0]'],
  ['modules: source and path', { modules: [{ name: 'a', path: 'a', source: '' }] }, 'option modules[0]'],
  ['lib: a path alone', { lib: 'lib' }, 'option lib: an array of directories expected'],
  ['lib: no path', { lib: [1] }, 'option lib: an array of directories expected'],
  ['strict: a word', { strict: 'yes' }, 'option strict: true, false or'],
  [
    'strict: a level that is none',
    { strict: { UNKNOWN_API: 'warning' } },
    "option strict, rule UNKNOWN_API: 'error'",
  ],
  ['now: no date', { now: 'yesterday' }, 'option now: a date expected, not "yesterday"'],
  ['seed: a fraction', { seed: 0.5 }, 'option seed: an integer expected, not 0.5'],
  ['seed: text', { seed: '1' }, 'option seed: an integer expected, not 1'],
  ['domains: a name alone', { domains: 'example.com' }, 'option domains: a list of names or'],
  ['domains: a number', { domains: [1] }, 'option domains'],
  ['domains: the same twice', { domains: ['a.example', 'A.example'] }, 'given twice'],
  ['domains: an unknown member', { domains: { 'a.example': { queued: 1 } } }, 'unknown member queued'],
  [
    'domains: a negative count',
    { domains: { 'a.example': { active: -1 } } },
    'option domains, a.example.active',
  ],
  ['limits: an unknown one', { limits: { seconds: 1 } }, "unknown limit 'seconds'"],
  ['limits: zero', { limits: { callMs: 0 } }, 'limits.callMs: a positive number expected'],
])('%s', async (_case, options, message) => {
  const error: unknown = await Momentum.start(options as MomentumOptions).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toContain(message);
});

test('no option is needed', async () => {
  const mta = await Momentum.start();
  expect(mta.endpoints).toEqual([]);
  expect(mta.commands).toEqual([]);
  expect([...mta.domains]).toEqual([]);
  expect(mta.clock.now()).toEqual(new Date('2026-01-01T00:00:00Z'));
});

test.each([[new Date(86_400_000)], ['1970-01-02T00:00:00Z'], [86_400_000]])('now: %p', async (now) => {
  const mta = await Momentum.start({ now });
  expect(await mta.eval('os.time()')).toEqual([86_400]);
});

test('each way to name a module', async () => {
  const mta = await Momentum.start({
    modules: [
      'fixtures/numbers.lua',
      { path: 'fixtures/query.lua' },
      { name: 'third', path: 'fixtures/echo.lua' },
      { name: 'fourth', source: 'msys.registerControl("fourth", print)' },
    ],
  });
  expect(mta.endpoints.map(({ path }) => path)).toEqual(['/numbers', '/query', '/echo/size', '/echo']);
  expect(mta).toHaveCommand('fourth');
});

test('lib: further roots of require', async () => {
  const module = { name: 'uses', source: 'uses = require("letters.format")' };
  await expect(Momentum.start({ modules: [module] })).rejects.toThrow("module 'letters.format' not found");
  const mta = await Momentum.start({ modules: [module], lib: ['fixtures/multi'] });
  expect(await mta.eval('uses.line("a", 1)')).toEqual(['a 1\n']);
});

test('limits: a script that never ends is ended', async () => {
  const source = 'msys.registerControl("spin", function() pcall(function() while true do end end) end)';
  const mta = await Momentum.start({ modules: [{ name: 'spin', source }], limits: { instructions: 10_000 } });
  expect(await mta.console('spin')).toMatchObject({ status: 'FAILED' });
  expect(mta).toHaveLogged('paniclog', 'limit');
});
