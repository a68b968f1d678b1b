import { Momentum } from '../../src';
import { run } from './support/generation';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
  await mta.eval(`
    msys.audit_series.define('ips', 'cidr', 300, 6)
    msys.audit_series.define('sixes', 'cidr_ipv6', 300, 6)
    msys.audit_series.define('names', 'string', 60, 2, { persist = true, serialize = false, replicate = 'none' })`);
});
afterEach(() => mta.stop());

test.each([
  ['a key', `add('names', 'a') add('names', 'a')`, `count('names', 'a')`, 2],
  [
    'options',
    `add('names', { key = 'a', count = 5 }) add('names', { key = 'a', count = -2 })`,
    `count('names', { key = 'a' })`,
    3,
  ],
  ['another key', `add('names', 'a')`, `count('names', 'b')`, 0],
  ['an address', `add('ips', '10.0.0.1') add('ips', '10.0.0.2')`, `count('ips', '10.0.0.1')`, 1],
  ['a block', `add('ips', '10.0.0.1') add('ips', '10.0.0.2')`, `count('ips', '10.0.0.0/24')`, 2],
  ['IPv6', `add('sixes', '2001:db8::1')`, `count('sixes', '[2001:db8::1]')`, 1],
  ['removed', `add('names', 'a') msys.audit_series.remove_item('names', 'a')`, `count('names', 'a')`, 0],
])('%s', async (_name, lua, counted, expected) => {
  const script = `${lua} return ${counted}`.replace(/(?<![\w.])(add|count)\(/g, 'msys.audit_series.$1(');
  expect(await mta.eval(script)).toEqual([expected]);
});

test('startv and endv', async () => {
  await mta.eval(`msys.audit_series.add('names', 'a')`);
  await mta.clock.advance('1m');
  await mta.eval(`msys.audit_series.add('names', { key = 'a', count = 2 })`);
  const count = async (range: string) =>
    (await mta.eval(`msys.audit_series.count('names', { key = 'a'${range} })`))[0];
  expect([await count(''), await count(', endv = 1'), await count(', startv = 1, endv = 1')]).toEqual([
    2, 3, 1,
  ]);
  await expect(count(', startv = 1')).rejects.toThrow('no windows from 1 to 0');
});

test('the connected peer is the default of a series of addresses', async () => {
  const [results] = await run(
    `msys.audit_series.define('ips', 'cidr', 300, 6)
     msys.audit_series.add('ips') msys.audit_series.add('ips', { count = 2 }) msys.audit_series.add('ips', '192.0.2.9')
     return { msys.audit_series.count('ips'), msys.audit_series.count('ips', '/24'), msys.audit_series.count('ips', '192.0.2.9') }`,
    { phase: 'hook', peer: '192.0.2.1' },
  );
  expect(results).toEqual([3, 4, 1]);
});

test.each([
  [`add('ips')`, 'there is no connected peer here'],
  [`add('names')`, 'a series of strings needs a key'],
  [`count('names')`, 'a series of strings needs a key'],
  [`remove_item('names')`, 'a series of strings needs a key'],
  [`add('none', 'x')`, "there is no audit series 'none'"],
  [`add('ips', 'x')`, "'x' is no IPv4 address"],
  [`add('ips', '::1')`, "'::1' is no IPv4 address"],
  [`add('sixes', '10.0.0.1')`, "'10.0.0.1' is no IPv6 address"],
  [`add(nil, 'x')`, "bad argument #1 to 'add'"],
  [`define('x', 'other', 1, 1)`, 'one of cidr, cidr_ipv6, string expected'],
  [`define('x', 'string', 0, 1)`, 'a whole number of seconds'],
])('msys.audit_series.%s raises', async (lua, message) => {
  await expect(mta.eval(`msys.audit_series.${lua}`)).rejects.toThrow(message);
  expect(mta.takeFailures().length).toBeLessThanOrEqual(1);
});

test('replicated to a cluster that there is not: refused, or defined and never counting', async () => {
  const lua = `msys.audit_series.define('x', 'string', 60, 2, { replicate = 'cluster' })`;
  await expect(mta.eval(lua)).rejects.toThrow('never counts anything');
  expect(mta.diagnostics.has('SERIES_NEVER_COUNTS')).toBe(true);
  await using lenient = await Momentum.start({ strict: false });
  await lenient.eval(`${lua} msys.audit_series.add('x', 'a')`);
  expect(await lenient.eval(`msys.audit_series.count('x', 'a')`)).toEqual([0]);
});
