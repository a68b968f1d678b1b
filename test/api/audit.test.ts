import { Momentum } from '../../src';
import type { ServerState } from '../../src/server/server';
import { run } from './support/generation';

function prepare({ facilities: { inboundAudit, inboundSessions } }: ServerState): void {
  inboundAudit.configure(['60,2', '1800,4']);
  for (const peer of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '2001:db8::1']) {
    inboundAudit.record('connections', peer);
    inboundSessions.open('SMTP', peer);
  }
  inboundAudit.record('rejections', '192.0.2.1');
  inboundSessions.open('Control', '127.0.0.1');
}

const evaluate = async (lua: string) =>
  (await run(`return ${lua}`, { phase: 'hook', peer: '192.0.2.1' }, prepare))[0];

test.each([
  [`msys.audit.connections('60,2')`, 2],
  [`msys.audit.connections('1800,4', '192.0.2.0/24')`, 3],
  [`msys.audit.connections('60,2', '/24')`, 3],
  [`msys.audit.connections('60,2', { cidr = '2001:db8::/32', cluster = true })`, 1],
  [`msys.audit.connections('60,2', { startv = 1, endv = 1 })`, 0],
  [`msys.audit.rejections('60,2')`, 1],
  [`msys.audit.receptions('60,2')`, 0],
  [`msys.audit.inbound_session_count('/32', 'SMTP')`, 2],
  [`msys.audit.inbound_session_count('/24', 'SMTP')`, 3],
  [`msys.audit.inbound_session_count('2001:db8::1', 'SMTP')`, 1],
  [`msys.audit.inbound_session_count('127.0.0.1/8', 'Control')`, 1],
])('%s is %i', async (lua, expected) => {
  expect(await evaluate(lua)).toBe(expected);
});

test.each([
  [`msys.audit.connections('300,6')`, "inbound_audit has no monitor '300,6'"],
  [`msys.audit.connections('60,2', 'x')`, 'is no IPv4 address'],
  [`msys.audit.inbound_session_count('/24', 'smtp')`, 'one of SMTP, ECStream'],
  [`msys.audit.inbound_session_count('x', 'SMTP')`, 'an address or block expected'],
])('%s raises', async (lua, message) => {
  await expect(evaluate(lua)).rejects.toThrow(message);
});

test('without the module nothing is monitored', async () => {
  await using mta = await Momentum.start();
  await expect(mta.eval(`msys.audit.receptions('60,1', '192.0.2.1')`)).rejects.toThrow('has no monitor');
});
