import { Momentum } from '../../../src/momentum';
import { CidrTable } from '../../../src/server/cidr-table';
import { NamedCidr } from '../../../src/server/cidrs';
import { builtinConsole, disabled } from './support';

const read = jest.fn(() => new CidrTable());
const failed = jest.fn();
beforeEach(() => jest.clearAllMocks());

function start() {
  const mta = builtinConsole();
  const { facilities, clock } = mta.server;
  const define = (name: string, refresh?: number) => {
    const source = refresh === undefined ? undefined : { refresh, read };
    const cidr = new NamedCidr(name, source, clock, failed);
    facilities.cidrs.set(name, { cidr, defaultValue: undefined, interpolates: false });
  };
  define('blacklist', 1800);
  define('by hand', 0);
  define('caf\xc3\xa9');
  return mta;
}

test('cidrdb list', async () => {
  const { run, server } = start();
  expect((await run('cidrdb list')).output).toBe('blacklist [refresh in 1800 seconds]\nby hand\ncafé\n');
  await server.clock.advance('1000s');
  const result = await run('cidrdb list');
  expect(result.lines[0]).toBe('blacklist [refresh in 800 seconds]');
  expect(result.data).toEqual({
    databases: [
      { cidrName: 'blacklist', refreshInterval: 1800, nextRefresh: 800 },
      { cidrName: 'by hand', refreshInterval: 0 },
      { cidrName: 'café', refreshInterval: 0 },
    ],
  });
});

test('xml cidrdb list', async () => {
  expect((await start().run('xml cidrdb list')).output).toContain(
    '<Item><CidrName>blacklist</CidrName><RefreshInterval>1800</RefreshInterval><NextRefresh>1800</NextRefresh></Item>',
  );
});

test('none: nothing is listed', async () => {
  const result = await builtinConsole().run('cidrdb list');
  expect([result.output, result.status]).toEqual(['', 'COMPLETED']);
});

test('cidrdb reload reads at once, and the time until the next reading starts again', async () => {
  const { run, server } = start();
  await server.clock.advance('1000s');
  read.mockClear();
  expect((await run('cidrdb reload blacklist')).status).toBe('COMPLETED');
  expect(read).toHaveBeenCalledTimes(1);
  expect((await run('cidrdb list')).lines[0]).toBe('blacklist [refresh in 1800 seconds]');
  expect((await run('cidrdb reload café')).status).toBe('COMPLETED');
});

test('cidrdb reload of what cannot be read', async () => {
  const { run } = start();
  read.mockImplementationOnce(() => {
    throw new Error('gone');
  });
  const result = await run('cidrdb reload "by hand"');
  expect([result.status, result.output]).toEqual([
    'FAILED',
    'by hand cannot be read and stays as it was; the paniclog has the reason.\n',
  ]);
  expect(failed).toHaveBeenCalledWith(new Error('gone'));
});

test.each([
  ['cidrdb reload', 'One list name expected'],
  ['cidrdb reload a b', 'One list name expected'],
  ['cidrdb reload né', "No CIDR database is named 'né'."],
])('%s fails', async (line, message) => {
  const result = await start().run(line);
  expect(result.status).toBe('FAILED');
  expect(result.output).toContain(message);
});

test('a configuration that disables the module has no such commands', async () => {
  const result = await builtinConsole({ modules: [disabled('cidrdb')] }).run('cidrdb list');
  expect(result.output).toContain('Unknown command: cidrdb list');
});

test('the objects of msys.cidr.define', async () => {
  const source = `
    require('msys.cidr')
    local mod = {}
    function mod:init()
      msys.cidr.define('rbl', { type = 'rbldnsd', source = '/data/rbl', refresh = 60 })
      return true
    end
    msys.registerModule('test', mod)`;
  await using mta = await Momentum.start({
    modules: [{ name: 'test', source }],
    files: { '/data/rbl': '192.0.2.1:127.0.0.3:' },
  });
  expect(String(await mta.console('cidrdb list'))).toBe('rbl [refresh in 60 seconds]\n');
  mta.files.set('/data/rbl', '192.0.2.1:127.0.0.4:');
  await mta.console('cidrdb reload rbl');
  expect(await mta.eval("msys.cidr.query('rbl', '192.0.2.1')")).toEqual(['127.0.0.4']);
});
