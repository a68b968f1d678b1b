import { Momentum } from '../../src';
import type { ServerState } from '../../src/server/server';
import { run } from './support/generation';

async function trapOf(lua: string): Promise<unknown> {
  let server: ServerState | undefined;
  await run(`msys.snmpTrap(${lua})`, { phase: 'hook' }, (state) => (server = state));
  return server!.facilities.snmpTraps[0];
}

test('the defaults', async () => {
  expect(await trapOf(`{ type = 'string', payload = 'disk full' }`)).toEqual({
    type: 'string',
    payload: 'disk full',
    address: undefined,
    port: 162,
    community: 'public',
    mib: undefined,
    variable: '1.3.6.1.4.1.19552.1.4.1.0',
    at: new Date(0),
  });
});

test('every key of the page', async () => {
  expect(
    await trapOf(
      `{ type = 'IP', payload = '192.0.2.1', address = '192.0.2.9', port = 1162, community = 'c', mib = '1.3.6.1', ['trapvar.mib'] = '1.3.6.2' }`,
    ),
  ).toMatchObject({
    type: 'ip',
    payload: '192.0.2.1',
    address: '192.0.2.9',
    port: 1162,
    community: 'c',
    mib: '1.3.6.1',
    variable: '1.3.6.2',
  });
});

test.each([
  [`{ type = 'counter', payload = 7 }`, 7],
  [`{ type = 'gauge', payload = 1.5 }`, 1.5],
])('%s', async (lua, payload) => {
  expect(await trapOf(lua)).toMatchObject({ payload });
});

test.each([
  ['{}', 'type is none of string, counter, gauge, ip'],
  [`{ type = 'string', payload = 1 }`, 'payload does not fit the type string'],
  [`{ type = 'gauge', payload = 'x' }`, 'payload does not fit the type gauge'],
  [`{ type = 'ip', payload = '::1' }`, 'payload does not fit the type ip'],
  [`{ type = 'string', payload = 'x', address = 'host' }`, "address 'host' is no IPv4 address"],
  [`{ type = 'string', payload = 'x', port = 0 }`, 'port 0 is no port'],
  [`{ type = 'string', payload = 'x', comunity = 'c' }`, "there is no key 'comunity'"],
])('%s raises', async (lua, message) => {
  await using mta = await Momentum.start();
  await expect(mta.eval(`msys.snmpTrap(${lua})`)).rejects.toThrow(message);
  expect(mta.diagnostics.has('BAD_ARGUMENT')).toBe(true);
});

test('it is in the journal', async () => {
  await using mta = await Momentum.start();
  await mta.eval(`msys.snmpTrap({ type = 'counter', payload = 1 })`);
  expect(mta.journal.calls('msys.snmpTrap')).toMatchObject([{ args: [{ type: 'counter', payload: 1 }] }]);
});
