import { Momentum } from '../../../src/momentum';
import { builtinConsole, disabled, type TestConsole } from './support';

let mta: TestConsole;
beforeEach(() => {
  mta = builtinConsole();
  const { inboundAudit, auditSeries } = mta.server.facilities;
  inboundAudit.configure(['300,3', '1800,2']);
  auditSeries.define('spam', { type: 'cidr', interval: 300, windows: 6 });
  auditSeries.define('spam6', { type: 'cidr_ipv6', interval: 300, windows: 6 });
  auditSeries.define('words', { type: 'string', interval: 300, windows: 6 });
});

const output = async (line: string) => (await mta.run(line)).output;

async function audited() {
  const { inboundAudit } = mta.server.facilities;
  inboundAudit.record('connections', '10.1.2.3');
  inboundAudit.record('receptions', '10.1.2.3');
  await mta.server.clock.advance('300s');
  inboundAudit.record('connections', '10.1.2.3');
  inboundAudit.record('connections', '10.9.0.1');
  inboundAudit.record('rejections', '2001:db8::1');
}

test('inbound_audit show ip: a block, an address, another family', async () => {
  await audited();
  const result = await mta.run('inbound_audit show ip 10.0.0.0/8');
  expect(result.output).toMatchInlineSnapshot(`
   "Connections 300/0: 2
   Connections 300/1: 1
   Connections 300/2: 0
   Connections 1800/0: 3
   Connections 1800/1: 0
   Receptions 300/0: 0
   Receptions 300/1: 1
   Receptions 300/2: 0
   Receptions 1800/0: 1
   Receptions 1800/1: 0
   Rejections 300/0: 0
   Rejections 300/1: 0
   Rejections 300/2: 0
   Rejections 1800/0: 0
   Rejections 1800/1: 0
   "
  `);
  expect(result.data).toMatchObject({ cidr: '10.0.0.0/8', counts: { 'Connections 300/0': 2 } });
  expect(await output('inbound_audit show ip 10.9.0.1')).toContain('Connections 1800/0: 1\n');
  expect(await output('inbound_audit show ip 2001:db8::/32')).toContain('Rejections 300/0: 1\n');
});

test('inbound_audit show all: a line for each sender, as CSV', async () => {
  await audited();
  const result = await mta.run('inbound_audit show all');
  expect(result.output).toMatchInlineSnapshot(`
   "IP,Connections 300/0,Connections 300/1,Connections 300/2,Connections 1800/0,Connections 1800/1,Receptions 300/0,Receptions 300/1,Receptions 300/2,Receptions 1800/0,Receptions 1800/1,Rejections 300/0,Rejections 300/1,Rejections 300/2,Rejections 1800/0,Rejections 1800/1
   10.1.2.3,1,1,0,2,0,0,1,0,1,0,0,0,0,0,0
   10.9.0.1,1,0,0,1,0,0,0,0,0,0,0,0,0,0,0
   2001:db8::1,0,0,0,0,0,0,0,0,0,0,1,0,0,1,0
   "
  `);
  expect(result.data).toMatchObject({
    senders: [{ ip: '10.1.2.3' }, { ip: '10.9.0.1' }, { ip: '2001:db8::1' }],
  });
  await mta.server.clock.advance('1d');
  expect((await mta.run('inbound_audit show all')).lines).toHaveLength(1);
});

test('inbound_audit add, subtract, count_cidr, delete_ip', async () => {
  expect(await output('inbound_audit add spam 300,6 10.1.2.3 5')).toBe('');
  expect(await output('inbound_audit subtract spam 300,6 10.1.2.3 2')).toBe('');
  expect(await output('inbound_audit add spam 300,6 10.1.2.4 1')).toBe('');
  expect(await output('inbound_audit count_cidr 10.1.2.0/24 spam 300,6 0 0')).toBe('4\n');
  await mta.server.clock.advance('300s');
  expect(await output('inbound_audit count_cidr 10.1.2.0/24 spam 300,6 0 0')).toBe('0\n');
  expect(await output('inbound_audit count_cidr 10.1.2.0/24 spam 300,6 0 5')).toBe('4\n');
  expect(await output('inbound_audit delete_ip 10.1.2.3 spam 300,6')).toBe('');
  const result = await mta.run('inbound_audit count_cidr 10.1.2.0/24 spam 300,6 1 1');
  expect(result.data).toEqual({ series: 'spam', cidr: '10.1.2.0/24', count: 1 });
  await mta.run('inbound_audit add spam6 300,6 2001:db8::1 7');
  expect(await output('inbound_audit count_cidr 2001:db8::/64 spam6 300,6 0 0')).toBe('7\n');
});

test('inbound_audit help', async () => {
  expect(await output('inbound_audit help')).toMatchInlineSnapshot(`
   "show ip <ip[/mask]>
       Display verbose statistics for the specified ip or cidr block
   delete_ip <ip> <series> <parameters>
       Delete an IP from a defined named series
   count_cidr <ip[/mask]> <series> <parameters> <period_start> <period_end>
       Count a CIDR in a named series
   add <series> <parameters> <ip> <increment>
       Add a value to a CIDR in a named series
   subtract <series> <parameters> <ip> <decrement>
       Subtract a value from a CIDR in a named series
   show all
       Display verbose statistics for all domains as a CSV list
   load <series> <filename>
       Load a series from a file.  The filename can be omitted if
       the file has the same name as the series
   "
  `);
});

test.each([
  ['show ip', 'Number of arguments expected: 1'],
  ['show ip 10.0.0.0/99', "'10.0.0.0/99' is no IPv4 address"],
  ['show ip host', "'host' is no IPv4 address"],
  ['show all x', 'Number of arguments expected: 0'],
  ['add spam 300,6 10.1.2.3', 'Number of arguments expected: 4'],
  ['add spam 300,6 10.1.2.3 x', "'x' is no whole number"],
  ['add spam 300,6 10.1.2.0/24 1', "'10.1.2.0/24' is no IPv4 address"],
  ['add spam 300,6 2001:db8::1 1', "'2001:db8::1' is no IPv4 address"],
  ['add spam 300,7 10.1.2.3 1', "The parameters of the audit series 'spam' are 300,6."],
  ['subtract né 300,6 10.1.2.3 1', "There is no audit series 'né'."],
  ['add words 300,6 10.1.2.3 1', "The audit series 'words' has strings, not addresses."],
  ['count_cidr 10.1.2.3 spam 300,6 2 1', 'no windows from 2 to 1'],
  ['delete_ip é spam 300,6', "'é' is no IPv4 address"],
  ['load', 'A series and a file name expected'],
  ['load spam é', "'inbound_audit load spam é' is not simulated"],
])('inbound_audit %s fails', async (args, message) => {
  const result = await mta.run(`inbound_audit ${args}`);
  expect(result.status).toBe('FAILED');
  expect(result.output).toContain(message);
});

test('without monitors there is nothing to show', async () => {
  const result = await builtinConsole().run('inbound_audit show ip 10.1.2.3');
  expect(result.status).toBe('FAILED');
  expect(result.output).toContain('The configuration has no monitors');
});

test('a configuration that disables the module has no such commands', async () => {
  const result = await builtinConsole({ modules: [disabled('inbound_audit')] }).run('inbound_audit help');
  expect(result.output).toContain('Unknown command: inbound_audit help');
});

test('the series of msys.audit_series.define', async () => {
  const source = `
    require('msys.audit_series')
    local mod = {}
    function mod:init()
      msys.audit_series.define('series', 'cidr', 300, 6)
      return true
    end
    msys.registerModule('test', mod)`;
  await using server = await Momentum.start({ modules: [{ name: 'test', source }] });
  expect((await server.console('inbound_audit add series 300,6 192.0.2.1 4')).status).toBe('COMPLETED');
  expect(await server.eval("msys.audit_series.count('series', '192.0.2.0/24')")).toEqual([4]);
});
