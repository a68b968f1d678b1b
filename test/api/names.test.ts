import { LuaError, Momentum, NotSimulated, UnknownApi, UsageError, type MomentumOptions } from '../../src';
import '../../src/jest';

const COMMANDS = `
  local core = msys.core
  local api = msys
  msys.registerControl("unknown", function() local name = "dns_get_domian" print(core[name]) end)
  msys.registerControl("field", function() print(core.dns_get_domain("example.com").doman) end)
  msys.registerControl("hidden", function() print(pcall(function() return core["dns_get_domian"] end)) end)
  msys.registerControl("unsimulated", function(cc) print(api.expurgate.scan("example.com", "mx")) end)
  msys.registerControl("invented", function() print(core.invented(2)) end)`;

const start = (options: MomentumOptions = {}) =>
  Momentum.start({ modules: [{ name: 'names', source: COMMANDS }], domains: ['example.com'], ...options });

/** The cause of the Lua error that a call rejects with. */
async function causeOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LuaError);
  return (error as LuaError).cause;
}

describe('a name that the product does not have', () => {
  test.each([
    ['unknown', 'msys.core.dns_get_domian', 'did you mean msys.core.dns_get_domain?'],
    ['field', "'doman'", "did you mean 'domain'?"],
  ])('%s: an error, and the nearest name', async (command, name, nearest) => {
    const mta = await start();
    const result = await mta.console(command);
    expect(result.status).toBe('FAILED');
    expect(mta).toHaveDiagnostic('UNKNOWN_API');
    expect(mta.diagnostics.at(0)).toMatchObject({ severity: 'violation' });
    expect(mta.diagnostics.at(0)!.message).toContain(name);
    expect(mta.diagnostics.at(0)!.message).toContain(nearest);
  });

  test('a pcall does not hide it', async () => {
    const mta = await start();
    await mta.console('hidden');
    expect(mta).toHaveDiagnostic('UNKNOWN_API');
  });

  test('strict: false warns, and it is nil', async () => {
    const mta = await start({ strict: false });
    expect(String(await mta.console('unknown'))).toBe('nil\n');
    expect(mta.diagnostics.at(0)).toMatchObject({ code: 'UNKNOWN_API', severity: 'warning' });
  });

  test('with the rule off it is nil without a word', async () => {
    const mta = await start({ strict: { UNKNOWN_API: 'off' } });
    expect(String(await mta.console('unknown'))).toBe('nil\n');
    expect(String(await mta.console('field'))).toBe('nil\n');
    expect(mta.diagnostics).toHaveLength(0);
  });

  test('the cause of the Lua error is of a class of its own', async () => {
    const mta = await start();
    expect(await causeOf(mta.eval('msys.core["dns_get_domian"]'))).toMatchObject({
      code: 'UNKNOWN_API',
      api: 'msys.core.dns_get_domian',
      nearest: 'msys.core.dns_get_domain',
    });
    expect(await causeOf(mta.eval('msys.coer'))).toBeInstanceOf(UnknownApi);
    expect(mta.diagnostics).toHaveLength(2);
  });
});

describe('a name that is not simulated', () => {
  test('says how to fake it', async () => {
    const mta = await start();
    expect(await causeOf(mta.eval('msys.expurgate.scan("example.com", "mx")'))).toBeInstanceOf(NotSimulated);
    await expect(mta.eval('msys.expurgate.scan("example.com", "mx")')).rejects.toThrow(
      "mta.fake('msys.expurgate.scan', (...args) => result)",
    );
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });

  test('fake and restore', async () => {
    const mta = await start();
    const fake = mta.fake('msys.expurgate.scan', (name, type) => [`${String(type)}.${String(name)}`]);
    expect(await mta.eval('msys.expurgate.scan("example.com", "mx")[1]')).toEqual(['mx.example.com']);
    expect(fake.calls).toEqual([['example.com', 'mx']]);
    expect(mta.journal.calls('msys.expurgate.scan')).toMatchObject([
      { args: ['example.com', 'mx'], result: ['mx.example.com'] },
    ]);
    fake.restore();
    expect(await causeOf(mta.eval('msys.expurgate.scan("example.com", "mx")'))).toBeInstanceOf(NotSimulated);
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });

  test('a fake that answers a promise makes the script wait', async () => {
    const mta = await start();
    mta.fake('msys.expurgate.scan', () => Promise.resolve('later'));
    expect(String(await mta.console('unsimulated'))).toBe('later\n');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no server');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no server'))],
  ])('a fake that %s raises in Lua', async (_case, f) => {
    const mta = await start();
    mta.fake('msys.expurgate.scan', f);
    const [ok, message] = await mta.eval('pcall(msys.expurgate.scan, "example.com", "mx")');
    expect(ok).toBe(false);
    expect(message).toContain('no server');
    expect(mta).toHaveDiagnostic('HOST_ERROR');
  });
});

test('a fake within a fake: restore gives back the outer one', async () => {
  const mta = await start();
  const outer = mta.fake('msys.core.dns_get_domain', () => 'outer');
  const inner = mta.fake('msys.core.dns_get_domain', () => 'inner');
  expect(await mta.eval('msys.core.dns_get_domain("x")')).toEqual(['inner']);
  inner.restore();
  expect(await mta.eval('msys.core.dns_get_domain("x")')).toEqual(['outer']);
  outer.restore();
  expect(await mta.eval('msys.core.dns_get_domain("x")')).toEqual([undefined]);
});

test('a fake adds a name that the product does not have', async () => {
  const mta = await start();
  const fake = mta.fake('msys.core.invented', (n) => Number(n) * 21);
  expect(String(await mta.console('invented'))).toBe('42\n');
  expect(fake.calls).toEqual([[2]]);
});

test('a fake is a function', async () => {
  const mta = await start();
  expect(() => mta.fake('msys.expurgate.scan', 'mx' as never)).toThrow(UsageError);
});

test.each([
  ['msys.core.dns_get_domain()', '#1', 'string expected, got no value'],
  ['msys.core.dns_get_domain(nil)', '#1', 'string expected, got nil'],
  ['msys.core.dns_get_domain({})', '#1', 'string expected, got table'],
  ['msys.core.mail_queue_delay_domain("example.com", "451")', '#1', 'got string'],
  ['msys.core.mail_queue_delay_domain(msys.core.dns_get_domain("example.com"))', '#2', 'got no value'],
  ['msys.httpsrv.register("GET", nil, print)', '#2', 'string expected, got nil'],
  ['msys.registerControl("x", "print")', '#2', 'function expected, got string'],
  ['msys.registerModule("x")', '#2', 'table expected, got no value'],
])('%s', async (lua, position, problem) => {
  const mta = await start();
  const error: unknown = await mta.eval(lua).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LuaError);
  expect((error as Error).message).toContain(`bad argument ${position}`);
  expect((error as Error).message).toContain(problem);
  expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
});
