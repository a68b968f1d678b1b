import type { ConnectionFacts } from '../../../src/server/console/builtin/host';
import { builtinConsole } from './support';

const inbound = (id: number, peer: string, service = 'SMTP'): ConnectionFacts => ({
  id,
  service,
  handler: 'esmtp_message_factory',
  peer,
  port: 47741,
  state: 'async body response',
  forMillis: 264,
});
const PEERS = ['217.117.146.233', '217.117.146.233', '217.117.9.1', '216.200.145.35', '2001:db8::1'];
const start = () => builtinConsole({ host: { connections: PEERS.map((peer, i) => inbound(i + 1, peer)) } });

test('show inbound', async () => {
  expect((await start().run('show inbound')).lines[3]).toBe(
    '4: [inbound/esmtp_message_factory] IPv4 216.200.145.35:47741 async body response (for 0.264s)',
  );
});

test('show outbound has the connections of deliveries', async () => {
  const { run, server } = builtinConsole({ domains: { 'pe.net': { active: 1 } } });
  server.delivery.remotes.of('pe.net').address('64.38.64.3').delay('1m');
  await server.clock.advance('1s');
  expect((await run('show outbound')).output).toBe(
    '1: [outbound/connection_handleconnect] pe.net IPv4 64.38.64.3\n',
  );
  expect((await run('count outbound/default 64.0.0.0/8')).output).toBe('1 sessions\n');
});

describe('count', () => {
  test.each([
    ['217.117.146.233', 2],
    ['217.117.0.0/16', 3],
    ['2001:db8::/32', 1],
    ['10.0.0.0/8', 0],
  ])('SMTP %s', async (cidr, count) => {
    expect(await start().run(`count SMTP ${cidr}`)).toMatchObject({
      output: `${count} sessions\n`,
      data: { type: 'SMTP', cidr, count },
    });
  });

  test('a mask', async () => {
    expect((await start().run('count SMTP 16')).lines).toEqual([
      "Displaying 'SMTP' from /16 to /16",
      '      1                 216.200.0.0/16',
      '      3                 217.117.0.0/16',
      '      1                 2001::/16',
    ]);
  });

  test('masks: what divides a network, and the longest', async () => {
    expect((await start().run('count SMTP 8-32')).lines).toEqual([
      "Displaying 'SMTP' from /8 to /32",
      '      1         216.0.0.0/8',
      '      1                                 216.200.145.35/32',
      '      3         217.0.0.0/8',
      '      1                  217.117.0.0/17',
      '      1                                 217.117.9.1/32',
      '      2                  217.117.128.0/17',
      '      2                                 217.117.146.233/32',
      '      1         2000::/8',
      '      1                                 2001:db8::/32',
    ]);
  });

  test.each([
    ['count SMTP', 'A connection type and networks are needed\n'],
    ['count SMTP 32-16', "'32-16' is no mask from 0 to 128, and no range of masks\n"],
    ['count SMTP 0-129', "'0-129' is no mask"],
    ['count SMTP 10.0.0.0/33', "'10.0.0.0/33' is no network"],
    ['count outbound/nowhere 32', 'Unknown binding: nowhere\n'],
  ])('%s', async (line, text) => {
    const { output, status } = await start().run(line);
    expect([output.startsWith(text), status]).toEqual([true, 'FAILED']);
  });
});
