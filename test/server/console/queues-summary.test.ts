import { builtinConsole } from './support';

async function busyServer() {
  const console = builtinConsole({
    bindings: ['example', { name: 'one', group: 'group1' }, { name: 'two', group: 'group1' }],
    domains: {
      'a.test': { active: [{ binding: 'one' }, { binding: 'one' }, { binding: 'two' }] },
      'b.test': { active: [{ from: '' }], delayed: [{ headers: 'Subject: x' }] },
      'slow.test': { active: [{ binding: 'example' }] },
    },
    dns: { 'a.test': { A: '192.0.2.7' }, 'b.test': { A: '192.0.2.8' }, 'slow.test': { A: '192.0.2.9' } },
  });
  const { remotes } = console.server.delivery;
  remotes.of('a.test');
  remotes.of('b.test').reply(550, '5.1.1 no');
  remotes.of('slow.test').delay('1h');
  await console.server.clock.advance('8s');
  return console;
}

test('summary', async () => {
  const { run } = await busyServer();
  const result = await run('summary');
  expect(result.output).toMatchInlineSnapshot(`
   "Summary Statistics
   	Outbound Concurrency:       1
   	Inbound Concurrency:       0
   	Active Domains:       3
   	Active Queue Size:      0
   	Delayed Queue Size:      1
   	Total Queue Size:      2
   	DNS Resolver: ares
   	DNS A Queries: 3
   	DNS A Timeouts: 0
   	DNS AAAA Queries: 0
   	DNS AAAA Timeouts: 0
   	DNS MX Queries: 3
   	DNS MX Timeouts: 0
   	DNS TXT Queries: 0
   	DNS TXT Timeouts: 0
   	Pending DNS Queries: 0
   	Query Rate:   0.75 queries/second
   	DNS Response Time Peak:    0 ms
   	DNS Response Time Average:  0.000 ms
   	DNS Rate Limiter: disabled
   	Successfully Delivered Messages:      3
   	Failed Messages:      1
   	Rejected Messages:      0
   	Received Messages:      0
   	Delivery Rate:   0.50 messages/second
   	Reception Rate:   0.00 messages/second
   	Statistics Last Reset:      8 seconds
   	Uptime:      8 seconds
   "
  `);
  expect(result.data).toMatchInlineSnapshot(`
   {
     "ActiveDomains": 3,
     "ActiveQueueSize": 0,
     "DNSAAAAQueries": 0,
     "DNSAAAATimeouts": 0,
     "DNSAQueries": 3,
     "DNSATimeouts": 0,
     "DNSMXQueries": 3,
     "DNSMXTimeouts": 0,
     "DNSQueryRate": 0.75,
     "DNSRateLimiterEnabled": false,
     "DNSResolver": "ares",
     "DNSResponseTimeAverage": 0,
     "DNSResponseTimePeak": 0,
     "DNSTXTQueries": 0,
     "DNSTXTTimeouts": 0,
     "DelayedQueueSize": 1,
     "DeliveredMessages": 3,
     "DeliveryRate": 0.5,
     "FailedMessages": 1,
     "InboundConcurrency": 0,
     "OutboundConcurrency": 1,
     "PendingDNSQueries": 0,
     "ReceivedMessages": 0,
     "ReceptionRate": 0,
     "RejectedMessages": 0,
     "RejectionPercentage": 0,
     "RejectionRate": 0,
     "ResidentMessages": 1,
     "StatisticsLastReset": 8,
     "TotalQueueSize": 2,
     "TransientFailures": 0,
     "Uptime": 8,
   }
  `);
});

test('summary with-mobile says what is not simulated', async () => {
  const { run } = builtinConsole();
  const plain = (await run('summary')).output;
  const { output, status } = await run('summary with-mobile');
  expect(status).toBe('COMPLETED');
  expect(output).toBe(`${plain}\tSMPP Queues: not simulated\n\tMM7 Queues: not simulated\n`);
});

test('summary reset begins the statistics anew, and leaves the queues', async () => {
  const { server, run } = await busyServer();
  expect((await run('summary reset')).output).toBe('statistics cleared.\n');
  await server.clock.advance('2s');
  const { data } = await run('summary');
  expect(data).toMatchObject({
    ...{ DeliveredMessages: 0, FailedMessages: 0, DNSAQueries: 0, DNSMXQueries: 0, DeliveryRate: 0 },
    ...{ DelayedQueueSize: 1, StatisticsLastReset: 2, Uptime: 10 },
  });
  expect((await run('binding summary one')).data).toMatchObject({ bindings: [{ delivered: 0 }] });
});

test('the rate limiter is what the configuration says', async () => {
  const { server, run } = builtinConsole();
  jest.spyOn(server.delivery.policy.settings, 'boolean').mockReturnValue(true);
  expect((await run('summary')).lines).toContain('\tDNS Rate Limiter: enabled');
});

test('inbound sessions', async () => {
  const { server, run } = builtinConsole();
  const close = server.facilities.inboundSessions.open('SMTP', '192.0.2.1');
  expect((await run('summary')).lines[2]).toBe('\tInbound Concurrency:       1');
  close();
  expect((await run('summary')).lines[2]).toBe('\tInbound Concurrency:       0');
});

test('over XML: the names of the HTTP API', async () => {
  const { run } = builtinConsole({ domains: ['a.test'] });
  expect((await run('xml summary')).output).toContain(
    '<ActiveDomains>1</ActiveDomains><ActiveQueueSize>0</ActiveQueueSize>',
  );
});

test('binding summary of one binding', async () => {
  const { run } = await busyServer();
  const result = await run('binding summary one');
  expect(result.output).toMatchInlineSnapshot(`
   "Summary Statistics For Binding one
   	Open Connections:       0
   	Active Queue Size:      0
   	Total Queue Size:      0
   	Successfully Delivered Messages:      2
   	Failed Messages:      0
   	Received Messages:      0
   	Resident Messages:      0
   	Delivery Rate:   0.25 messages/second
   	Reception Rate:   0.00 messages/second
   	Uptime:      8 seconds
   "
  `);
  expect(result.data).toMatchInlineSnapshot(`
   {
     "bindings": [
       {
         "active": 0,
         "binding": "one",
         "connections": 0,
         "delivered": 2,
         "failed": 0,
         "group": "group1",
         "received": 0,
         "resident": 0,
         "total": 0,
       },
     ],
   }
  `);
});

test('binding summary of a group ends with its sum', async () => {
  const { run } = await busyServer();
  const { lines, data } = await run('binding summary group:group1');
  expect(lines.filter((line) => !line.startsWith('\t'))).toEqual([
    'Summary Statistics For Binding one in Binding Group group1',
    'Summary Statistics For Binding two in Binding Group group1',
    '',
    '********************************************',
    'Summary Statistics For Binding Group group1',
  ]);
  expect(lines.slice(-10)).toEqual([
    '\tOpen Connections:       0',
    '\tActive Queue Size:      0',
    '\tTotal Queue Size:      0',
    '\tSuccessfully Delivered Messages:      3',
    '\tFailed Messages:      0',
    '\tReceived Messages:      0',
    '\tIncore Messages:      0',
    '\tDelivery Rate:   0.38 messages/second',
    '\tReception Rate:   0.00 messages/second',
    '\tUptime:      8 seconds',
  ]);
  expect(data).toMatchObject({ total: { delivered: 3 }, bindings: [{ binding: 'one' }, { binding: 'two' }] });
});

test.each([
  ['binding summary', ['default', 'example', 'one', 'two']],
  ['binding summary 2', ['one']],
  ['binding summary example', ['example']],
])('%s', async (line, names) => {
  const { run } = await busyServer();
  expect((await run(line)).lines.filter((text) => !text.startsWith('\t'))).toEqual(
    names.map((name) => `Summary Statistics For Binding ${name}`),
  );
});

test('what is being delivered counts for the whole of the queues only', async () => {
  const { run } = await busyServer();
  expect((await run('binding summary example')).data).toMatchObject({
    bindings: [{ active: 0, total: 1, connections: 1 }],
  });
});

test('bounces are received messages of their binding', async () => {
  const { server, run } = builtinConsole({ domains: { 'b.test': { active: [{ headers: 'Subject: x' }] } } });
  server.delivery.remotes.of('b.test').reply(550);
  await server.clock.advance(0);
  expect((await run('binding summary default')).data).toMatchObject({
    bindings: [{ failed: 1, received: 1, resident: 1, total: 1 }],
  });
});

test.each([
  ['summary all', 'Unexpected argument: all'],
  ['summary with-mobile x', 'Unexpected argument: with-mobile x'],
  ['binding summary none', 'Unknown binding: none'],
  ['binding summary 9', 'Unknown binding: 9'],
  ['binding summary group:none', 'Unknown binding group: none'],
])('%s is refused', async (line, text) => {
  const result = await builtinConsole().run(line);
  expect([result.status, result.lines[0]]).toEqual(['FAILED', text]);
});
