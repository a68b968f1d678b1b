import { once } from 'node:events';
import { connect } from 'node:net';
import { Momentum } from '../../src';
import { ControlConnection } from '../../src/listeners/control/client';

test('show inbound and count see the clients of HTTP and of the console', async () => {
  const mta = await Momentum.start();
  const { http, control } = await mta.listen({ http: 0, control: 0 });
  const client = connect(http!.port, '127.0.0.1');
  await once(client, 'connect');
  const console = await ControlConnection.open(control!);
  const { output } = await console.request('show inbound');
  expect(output).toMatch(/^\d: \[inbound\/http_listener\] IPv4 127\.0\.0\.1:\d+ connected \(for 0\.000s\)$/m);
  expect(output).toMatch(/^\d: \[inbound\/control_listener\] IPv4 127\.0\.0\.1:\d+ connected/m);
  expect((await console.request('count HTTP 127.0.0.0/8')).output).toBe('1 sessions\n');
  client.destroy();
  console.close();
  await mta.stop();
  expect(mta.crashed).toBeUndefined();
});
