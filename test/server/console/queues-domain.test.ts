import { builtinConsole } from './support';

const dns = {
  'hotmail.test': {
    MX: [
      { preference: 5, exchange: 'mx1.hotmail.test' },
      { preference: 10, exchange: 'mx2.hotmail.test' },
    ],
  },
  'msn.test': { MX: [{ preference: 7, exchange: 'mx1.hotmail.test' }] },
  'mx1.hotmail.test': { A: ['192.0.2.1', '192.0.2.2'] },
  'mx2.hotmail.test': { A: '198.51.100.9' },
};

async function resolved() {
  const console = builtinConsole({
    dns,
    config: 'Domain "Hotmail.test" {\n  Max_Outbound_Connections = 20\n}\n',
    domains: { 'hotmail.test': { active: 2, delayed: 1, deliveries: 10715, failures: 612 } },
  });
  await console.run('refresh domain hotmail.test');
  await console.run('refresh domain msn.test');
  return console;
}

test('the documented layout', async () => {
  const { server, run } = await resolved();
  server.delivery.remotes.of('hotmail.test').delay('1m');
  await server.clock.advance('4500ms');
  const result = await run('domain HOTMAIL.test');
  expect(result.output).toMatchInlineSnapshot(`
   "Domain hotmail.test {
     Max_Outbound_Connections = 20
   }
   Domain 'hotmail.test' has 2 MXs and a TTL of 296 seconds
     [5 mx1.hotmail.test TTL:296]
    =>     [192.0.2.1] IPv4 (0.00ms con 0.00ms dlv)
           [192.0.2.2] IPv4 (0.00ms con 0.00ms dlv)
                   (also used by msn.test pref 7)
     [10 mx2.hotmail.test TTL:296]
           [198.51.100.9] IPv4 (0.00ms con 0.00ms dlv)
   Domain has had 0 consecutive connection failures
   Queue:
           Active:          0
           Delayed:         1
   Deliveries:     10715
   Failures:         612
   Active Connections: 2
   [ 1] FD:      1  IP:       192.0.2.1  State: reading confirmation (4500.00ms)
   [ 2] FD:      2  IP:       192.0.2.1  State: reading confirmation (4500.00ms)
   "
  `);
  expect(result.data).toMatchInlineSnapshot(`
   {
     "active": 0,
     "connectionFailures": 0,
     "connections": [
       {
         "binding": "default",
         "ip": "192.0.2.1",
         "millis": 4500,
         "number": 1,
         "state": "reading confirmation",
       },
       {
         "binding": "default",
         "ip": "192.0.2.1",
         "millis": 4500,
         "number": 2,
         "state": "reading confirmation",
       },
     ],
     "delayed": 1,
     "deliveries": 10715,
     "domain": "hotmail.test",
     "failures": 612,
     "hosts": [
       {
         "addresses": [
           {
             "deliveryMillis": 0,
             "ip": "192.0.2.1",
             "isNext": true,
           },
           {
             "deliveryMillis": 0,
             "ip": "192.0.2.2",
             "isNext": false,
           },
         ],
         "alsoUsedBy": [
           {
             "domain": "msn.test",
             "preference": 7,
           },
         ],
         "host": "mx1.hotmail.test",
         "preference": 5,
         "ttl": 296,
       },
       {
         "addresses": [
           {
             "deliveryMillis": 0,
             "ip": "198.51.100.9",
             "isNext": false,
           },
         ],
         "alsoUsedBy": [],
         "host": "mx2.hotmail.test",
         "preference": 10,
         "ttl": 296,
       },
     ],
     "ttl": 296,
   }
  `);
});

test('deliveries have taken their time, and the connections are idle', async () => {
  const { server, run } = await resolved();
  server.delivery.remotes.of('hotmail.test').delay('8s').accept();
  await server.clock.advance('10s');
  const { lines } = await run('domain hotmail.test');
  expect(lines).toContain(' =>     [192.0.2.1] IPv4 (0.00ms con 8000.00ms dlv)');
  expect(lines.slice(-3)).toEqual([
    'Active Connections: 2',
    '[ 1] FD:      1  IP:       192.0.2.1  State: while idle (2000.00ms)',
    '[ 2] FD:      2  IP:       192.0.2.1  State: while idle (2000.00ms)',
  ]);
});

test('newer deliveries count for an eighth', async () => {
  const { server, run } = await resolved();
  const remote = server.delivery.remotes.of('msn.test').delay('8s').accept();
  server.domains.enqueue('msn.test', {});
  await server.clock.advance('8s');
  remote.delay('16s');
  server.domains.enqueue('msn.test', {});
  await server.clock.advance('16s');
  expect((await run('domain msn.test')).lines[2]).toBe(' =>     [192.0.2.1] IPv4 (0.00ms con 9000.00ms dlv)');
});

test('an address that failed', async () => {
  const { server, run } = await resolved();
  server.delivery.remotes.of('hotmail.test').refuse();
  await server.clock.advance('54s');
  const { lines, data } = await run('domain hotmail.test');
  expect(lines).toContain(' *      [192.0.2.1] IPv4 (0.00ms con 0.00ms dlv) 54.00s since failure');
  expect(lines).toContain('Domain has had 2 consecutive connection failures');
  expect(data).toMatchObject({ connectionFailures: 2, connections: [] });
});

test('a connection that does not come about', async () => {
  const { server, run } = await resolved();
  server.delivery.remotes.of('hotmail.test').timeout();
  await server.clock.advance('1s');
  expect((await run('domain hotmail.test')).lines.at(-1)).toMatch(
    /State: while not connected \(1000\.00ms\)$/,
  );
});

test('without DNS there are no MXs', async () => {
  const { run } = builtinConsole({ domains: { 'a.test': { active: 1 } } });
  expect((await run('domain a.test')).lines.slice(0, 2)).toEqual([
    "Domain 'a.test' has 0 MXs and a TTL of 0 seconds",
    'Domain has had 0 consecutive connection failures',
  ]);
});

test('routes that are too old are not shown', async () => {
  const { server, run } = await resolved();
  await server.clock.advance('1d');
  expect((await run('domain msn.test')).lines[0]).toBe("Domain 'msn.test' has 0 MXs and a TTL of 0 seconds");
});

test('IPv6', async () => {
  const { run } = builtinConsole({ dns: { 'a.test': { MX: [{ preference: 0, exchange: '2001:db8::1' }] } } });
  await run('dig a.test');
  expect((await run('domain a.test')).output).toContain('[2001:db8::1] IPv6 (');
});

test.each([
  ['domain none.test', "Domain 'none.test' not found."],
  ['domain', 'Too few arguments'],
  ['domain a b', 'Unexpected argument: b'],
])('%s fails', async (line, text) => {
  const result = await builtinConsole().run(line);
  expect([result.status, result.lines[0]]).toEqual(['FAILED', text]);
});
