import { Momentum } from '../../src';

const LIST = '10.79.0.0/16:127.0.0.3:listed, see http://example.com/?ip=$\n';
let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({ files: { '/etc/list': LIST } });
});
afterEach(() => mta.stop());

const defined = (options: string) =>
  mta.eval(`msys.cidr.define('mycidr', { type = 'rbldnsd', source = '/etc/list', ${options} })`);
const query = async (address: string) => (await mta.eval(`msys.cidr.query('mycidr', '${address}')`))[0];

test.each([
  ['', '10.79.1.1', '127.0.0.3'],
  ['', '10.80.1.1', undefined],
  [`default_value = '127.0.0.1'`, '10.80.1.1', '127.0.0.1'],
  ['default_value = false', '10.80.1.1', false],
  [`value = 'txt'`, '10.79.1.1', 'listed, see http://example.com/?ip=$'],
  [`value = 'txt', interpolate = true`, '10.79.1.1', 'listed, see http://example.com/?ip=10.79.1.1'],
  [`optimize = true, source = 'file:///etc/list'`, '10.79.1.1', '127.0.0.3'],
])('rbldnsd with %s: %s', async (options, address, value) => {
  await defined(options);
  expect(await query(address)).toBe(value);
});

test('the file is read again every half hour, or when asked to', async () => {
  await defined('');
  mta.files.set('/etc/list', '10.0.0.1:4');
  expect(await query('10.0.0.1')).toBeUndefined();
  await mta.clock.advance('30m');
  expect(await query('10.0.0.1')).toBe('127.0.0.4');
  mta.files.set('/etc/list', '10.0.0.2:4');
  await mta.eval(`msys.cidr.reload('mycidr')`);
  expect(await query('10.0.0.2')).toBe('127.0.0.4');
});

test('refresh: other intervals, and never', async () => {
  await defined('refresh = 0');
  mta.files.set('/etc/list', '10.0.0.1:4');
  await mta.clock.advance('1d');
  expect(await query('10.0.0.1')).toBeUndefined();
  await defined('refresh = 60');
  mta.files.set('/etc/list', '10.0.0.2:4');
  await mta.clock.advance('1m');
  expect(await query('10.0.0.2')).toBe('127.0.0.4');
});

test('a file that can no longer be read: the paniclog says so, the contents stay', async () => {
  await defined('');
  mta.files.delete('/etc/list');
  await mta.eval(`msys.cidr.reload('mycidr')`);
  expect(await query('10.79.1.1')).toBe('127.0.0.3');
  expect(mta.paniclog).toMatchObject([
    { subsystem: 'cidrdb', message: "msys.cidr.define('mycidr'): /etc/list: No such file or directory" },
  ]);
});

test('empty, as a table and as a text', async () => {
  await mta.eval(`msys.cidr.define('mycidr', 'empty')`);
  expect(await query('10.79.1.1')).toBeUndefined();
  await mta.eval(
    `msys.cidr.define('mycidr', { type = 'empty', default_value = 'none' }) msys.cidr.reload('mycidr')`,
  );
  expect(await query('10.79.1.1')).toBe('none');
});

test.each([
  [`define('c', 'rbldnsd')`, 'the option source is missing'],
  [`define('c', 'datasource')`, 'the option cachename is missing'],
  [`define('c', {})`, 'the option type is missing'],
  [`define('c', 'other')`, "'other' is none of the types empty, rbldnsd, datasource"],
  [`define('c', { type = 'rbldnsd', source = '/none' })`, '/none: No such file or directory'],
  [`define('c', { type = 'rbldnsd', source = '/etc/list', value = 'x' })`, "neither 'a' nor 'txt'"],
  [
    `define('c', { type = 'rbldnsd', source = '/etc/list', refresh = -1 })`,
    'refresh is no number of seconds',
  ],
  [`query('none', '10.0.0.1')`, "there is no CIDR object 'none'"],
  [`reload('none')`, "there is no CIDR object 'none'"],
])('msys.cidr.%s raises', async (lua, message) => {
  await expect(mta.eval(`msys.cidr.${lua}`)).rejects.toThrow(message);
});

test('an address has to be one, and without a peer one is needed', async () => {
  await defined('');
  await expect(query('example.com')).rejects.toThrow('an IP address expected');
  await expect(mta.eval(`msys.cidr.query('mycidr')`)).rejects.toThrow('there is no connected peer here');
});

test.each([
  `{ type = 'datasource', cachename = 'c', query = 'SELECT 1' }`,
  `{ type = 'rbldnsd', source = 'http://example.com/list' }`,
])('%s is not simulated, and says so', async (options) => {
  await expect(mta.eval(`msys.cidr.define('c', ${options})`)).rejects.toThrow('not simulated');
  expect(mta.diagnostics.has('NOT_SIMULATED')).toBe(true);
});
