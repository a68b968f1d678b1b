import { Momentum } from '../../src';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({ domains: ['example.com'] });
});
afterEach(() => mta.stop());

test.each([
  ['nil', 'nil'],
  ['1', 'number'],
  [`'x'`, 'string'],
  ['true', 'boolean'],
  ['{}', 'table'],
  ['print', 'function'],
  ['coroutine.create(function () end)', 'thread'],
  ['io.stdout', 'userdata'],
  [`msys.core.dns_get_domain('example.com')`, 'msys.core:_domain_record'],
  [`msys.counter.open('/x')`, 'msys.counter:counter'],
])('msys.type(%s) is %s', async (value, name) => {
  expect(await mta.eval(`msys.type(${value})`)).toEqual([name]);
});

describe('msys.cast', () => {
  test.each(['msys.core:_domain_record', '_domain_record'])('to its own class, %s', async (name) => {
    expect(
      await mta.eval(
        `local dr = msys.core.dns_get_domain('example.com') return msys.cast(dr, '${name}') == dr, msys.cast(dr, '${name}').domain`,
      ),
    ).toEqual([true, 'example.com']);
  });

  it('to another takes the server down', async () => {
    await expect(
      mta.eval(`pcall(msys.cast, msys.core.dns_get_domain('example.com'), 'msys.core:_ec_message')`),
    ).rejects.toMatchObject({ code: 'WRONG_CAST' });
    expect(mta.crashed).toMatchObject({
      message: expect.stringContaining('msys.cast of a msys.core:_domain_record to msys.core:_ec_message'),
    });
  });

  it('is nil where the rule only warns', async () => {
    await using lenient = await Momentum.start({ strict: false });
    expect(await lenient.eval(`msys.cast(msys.counter.open('/x'), 'msys.core:_ec_message')`)).toEqual([
      undefined,
    ]);
    expect(lenient.diagnostics.has('WRONG_CAST')).toBe(true);
  });
});

describe('msys.getClassMetaTable', () => {
  const GET = `local dr = msys.core.dns_get_domain('example.com') local mt = msys.getClassMetaTable('msys.core:_domain_record')`;

  it('is the metatable of the objects', async () => {
    expect(await mta.eval(`${GET} return mt == getmetatable(dr), type(mt.__index)`)).toEqual([
      true,
      'function',
    ]);
  });

  it.each([
    [
      'before',
      `local mt = msys.getClassMetaTable('msys.core:_domain_record') function mt:hello(who) return who .. ' ' .. self.domain end local dr = msys.core.dns_get_domain('example.com')`,
    ],
    ['after', `${GET} function mt:hello(who) return who .. ' ' .. self.domain end`],
  ])('takes methods, %s the first object', async (_when, lua) => {
    expect(await mta.eval(`${lua} return dr:hello('hello'), tostring(dr), getmetatable(dr) == mt`)).toEqual([
      'hello example.com',
      'userdata: msys.core:_domain_record',
      true,
    ]);
  });

  it('lets scripts replace metamethods', async () => {
    expect(
      await mta.eval(
        `${GET} mt.__tostring = function (dr) return 'dr ' .. dr.domain end return tostring(dr)`,
      ),
    ).toEqual(['dr example.com']);
  });

  it('of a class that Momentum does not have', async () => {
    await expect(mta.eval(`msys.getClassMetaTable('msys.core:_ec_mesage')`)).rejects.toThrow(
      'did you mean msys.core:_ec_message?',
    );
    expect(mta.diagnostics.has('UNKNOWN_API')).toBe(true);
  });
});
