import { Momentum } from '../../src';
import '../../src/jest';
import { acceptConstruct } from '../../src/api/accept-construct';
import { bindObject } from '../../src/api/objects';
import { assemble } from '../../src/scriptlet/load';
import { AcceptConstruct } from '../../src/server/accept-construct';
import { ServerState } from '../../src/server/server';
import { SocketAddress } from '../../src/server/socket-address';

/** Runs a function of the accept constructs `a`, of 192.0.2.1:25, and `b`, of another address. */
async function run(body: string, other = SocketAddress.ip('2001:db8::1', 4000)): Promise<unknown[]> {
  const server = new ServerState({ now: new Date(0), seed: 1 });
  const script = { name: 'test', path: undefined, text: `f = function(a, b) ${body} end`, isNamed: false };
  const options = {
    roots: [],
    fakes: new Map(),
    system: {},
    memory: () => undefined,
    onError: (error: unknown) => {
      throw error;
    },
  };
  const { runtime } = await assemble(server, [script], options);
  const [a, b] = [SocketAddress.ip('192.0.2.1', 25), other].map((address) =>
    bindObject(runtime, acceptConstruct, new AcceptConstruct('http', address, '*:2081', 'id')),
  );
  return runtime.vm.call(runtime.vm.globals.index('f') as never, [a, b], { phase: 'eval' });
}

test.each([
  [SocketAddress.ip('2001:db8::1', 4000), '[2001:db8::1]:4000', 10],
  [SocketAddress.ip('192.0.2.1', 25), '192.0.2.1:25', 2],
  [SocketAddress.unix('/tmp/2025'), '/tmp/2025', 1],
])('tostring and family of %s', async (address, text, family) => {
  const body = 'return tostring(b.remote_addr), msys.core.ec_sockaddr_family(b.remote_addr)';
  expect(await run(body, address)).toEqual([text, family]);
});

test('equality of addresses', async () => {
  const equal = `
    local x, y = a.remote_addr.sa, b.remote_addr.sa
    return msys.core.sock_address_equal(x, y, 0), msys.core.sock_address_equal(x, x, 0)`;
  expect(await run(equal)).toEqual([0, 1]);
  expect(await run(equal, SocketAddress.ip('::ffff:192.0.2.1', 25))).toEqual([1, 1]);
  expect(await run(equal, SocketAddress.ip('192.0.2.1', 26))).toEqual([0, 1]);
});

// An ec_sockaddr is no sockaddr; its member `sa` is.
test('functions on a plain address refuse the one around it', async () => {
  await expect(run('return msys.core.sock_address_equal(a.remote_addr, b.remote_addr, 0)')).rejects.toThrow(
    "bad argument #1 to 'sock_address_equal'",
  );
});

test('members of the accept construct, and what it has not', async () => {
  expect(await run('return tostring(a.conn_id), a.inst.address')).toEqual(['id', '*:2081']);
  await expect(run('return a.death')).rejects.toThrow('is not simulated');
  await expect(run('return a.inst.fd')).rejects.toThrow('is not simulated');
  await expect(run('return a.address')).rejects.toThrow("has no method or field 'address'");
  await expect(run('return a.remote_addr.sin')).rejects.toThrow('is not simulated');
});

test('what writes into memory of the caller’s says that it is not simulated', async () => {
  await using mta = await Momentum.start();
  await expect(mta.eval('return msys.core.sockaddr_to_string2(nil, "", 0)')).rejects.toThrow(
    'msys.core.sockaddr_to_string2 is part of Momentum',
  );
  expect(mta).toHaveDiagnostic('NOT_SIMULATED');
});
