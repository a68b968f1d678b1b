import { Momentum } from '../../src';

const config = {
  text: `
    alerting {}
    httpsrv {}
    HTTP_Listener { Listen ":2081" { } }
    scriptlet "scriptlet" { script "http_api_stats" { source = "msys.gc_stats" } }
  `,
};
const domains = {
  'gmail.com': {
    active: [{ binding: 'ip_1.2.3.4' }, { binding: 'ip_1.2.3.4' }],
    delayed: [{ binding: 'default' }],
  },
  'yahoo.com': { active: [{ headers: 'Subject: x' }] },
};

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({ config, domains, bindings: [{ name: 'ip_1.2.3.4', group: 'bg' }] });
});
afterEach(() => mta.stop());

const get = async (path: string, server = mta) => {
  const response = await server.request({ url: path });
  return { ...response, json: JSON.parse(response.text) as Record<string, unknown> };
};

test('the endpoints', () => {
  expect(mta.endpoints).toEqual([
    { method: 'GET', path: '/stats/summary' },
    { method: 'DELETE', path: '/stats/summary' },
    { method: 'GET', path: '/stats/queues/mailq' },
  ]);
});

test('GET /stats/summary', async () => {
  mta.remote('gmail.com').accept();
  await mta.clock.advance('3s');
  const { status, headers, json } = await get('/stats/summary');
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  expect(json).toMatchInlineSnapshot(`
   {
     "ActiveDomains": 2,
     "ActiveQueueSize": 1,
     "DNSAAAAQueries": 0,
     "DNSAAAATimeouts": 0,
     "DNSAQueries": 0,
     "DNSATimeouts": 0,
     "DNSMXQueries": 0,
     "DNSMXTimeouts": 0,
     "DNSQueryRate": 0,
     "DNSRateLimiterEnabled": false,
     "DNSResolver": "ares",
     "DNSResponseTimeAverage": 0,
     "DNSResponseTimePeak": 0,
     "DNSTXTQueries": 0,
     "DNSTXTTimeouts": 0,
     "DelayedQueueSize": 1,
     "DeliveredMessages": 2,
     "DeliveryRate": 0.67,
     "DiskQueueProgress": "     0/     0",
     "FailedMessages": 0,
     "InboundConcurrency": 0,
     "OutboundConcurrency": 1,
     "ReceivedMessages": 0,
     "ReceptionRate": 0,
     "RejectedMessages": 0,
     "RejectionPercentage": 0,
     "RejectionRate": 0,
     "ResidentMessages": 1,
     "StatisticsLastReset": 3,
     "TotalQueueSize": 2,
     "TransientFailures": 0,
     "Uptime": 3,
   }
  `);
});

test('the members of the documented sample, in its order', async () => {
  expect(Object.keys((await get('/stats/summary')).json).join(' ')).toBe(
    [
      'OutboundConcurrency InboundConcurrency ActiveDomains ActiveQueueSize DelayedQueueSize TotalQueueSize',
      'DNSResolver DNSAQueries DNSATimeouts DNSAAAAQueries DNSAAAATimeouts DNSMXQueries DNSMXTimeouts',
      'DNSTXTQueries DNSTXTTimeouts DNSQueryRate DNSResponseTimePeak DNSResponseTimeAverage',
      'DNSRateLimiterEnabled ResidentMessages DiskQueueProgress DeliveredMessages FailedMessages',
      'TransientFailures RejectedMessages ReceivedMessages DeliveryRate ReceptionRate RejectionRate',
      'RejectionPercentage StatisticsLastReset Uptime',
    ].join(' '),
  );
});

test('the console and the HTTP API agree', async () => {
  const { json } = await get('/stats/summary');
  expect(json).toMatchObject({ ActiveQueueSize: 3, DelayedQueueSize: 1, TotalQueueSize: 4 });
  const { DiskQueueProgress: _, ...common } = json;
  expect((await mta.console('summary')).data).toMatchObject(common);
});

test('DELETE /stats/summary', async () => {
  mta.remote('gmail.com').accept();
  await mta.clock.advance('3s');
  const response = await mta.request({ method: 'DELETE', url: '/stats/summary' });
  expect(response.text).toBe('{"message":"statistics cleared"}');
  expect((await get('/stats/summary')).json).toMatchObject({
    DeliveredMessages: 0,
    StatisticsLastReset: 0,
    Uptime: 3,
  });
});

test('GET /stats/queues/mailq', async () => {
  mta.remote('gmail.com').reply(451);
  await mta.clock.advance(0);
  const { status, json } = await get('/stats/queues/mailq');
  expect(status).toBe(200);
  expect(json).toMatchInlineSnapshot(`
   {
     "QueueSummary": [
       {
         "aq": 1,
         "binding": "default",
         "deliveries": 0,
         "domain": "yahoo.com",
         "dq": 0,
         "group": "default",
         "permfails": 0,
         "receptions": 0,
         "transfails": 0,
       },
       {
         "aq": 0,
         "binding": "default",
         "deliveries": 0,
         "domain": "gmail.com",
         "dq": 1,
         "group": "default",
         "permfails": 0,
         "receptions": 0,
         "transfails": 0,
       },
       {
         "aq": 0,
         "binding": "ip_1.2.3.4",
         "deliveries": 0,
         "domain": "gmail.com",
         "dq": 2,
         "group": "bg",
         "permfails": 0,
         "receptions": 0,
         "transfails": 2,
       },
     ],
   }
  `);
});

test.each<[string, string[]]>([
  ['?domain=GMAIL.com', ['default gmail.com', 'ip_1.2.3.4 gmail.com']],
  ['?binding=ip_1.2.3.4', ['ip_1.2.3.4 gmail.com']],
  ['?ip=1.2.3.4', ['ip_1.2.3.4 gmail.com']],
  ['?ip=1.2.3.4&binding=default', ['default yahoo.com', 'default gmail.com']],
  ['?binding=none', []],
  ['?domain=yahoo.com&binding=default&limit=100', ['default yahoo.com']],
  ['?limit=1', ['ip_1.2.3.4 gmail.com']],
  ['?limit=0', ['default yahoo.com', 'default gmail.com', 'ip_1.2.3.4 gmail.com']],
  ['?limit=-1', ['default yahoo.com', 'default gmail.com', 'ip_1.2.3.4 gmail.com']],
  ['?limit=many', ['default yahoo.com', 'default gmail.com', 'ip_1.2.3.4 gmail.com']],
])('mailq%s', async (query, rows) => {
  const { json } = await get(`/stats/queues/mailq${query}`);
  const summary = json.QueueSummary as { binding: string; domain: string }[];
  expect(summary.map(({ binding, domain }) => `${binding} ${domain}`)).toEqual(rows);
});

test('a rate limiter that is configured', async () => {
  const text = `${config.text}\ndns_rate_limit_enabled = true\ndns_rate_limit_mx_queries = 500\n`;
  await using server = await Momentum.start({ config: { text } });
  expect((await get('/stats/summary', server)).json).toMatchObject({
    DNSRateLimiterEnabled: true,
    DNSRateLimitMXQueries: 500,
    DNSRateLimitPeriod: 1,
    DNSRateLimiterQueueSize: 0,
    DNSRateLimiterQueueMax: 100_000,
    DNSRateLimiterImmediate: 0,
    DNSRateLimiterQueued: 0,
    DNSRateLimiterDrained: 0,
    DNSRateLimiterOverflow: 0,
  });
});

test('the endpoints are there again after a change of options and after a reload', async () => {
  await mta.console('config set Message_Expiration 1000');
  expect(mta.endpoints).toHaveLength(3);
  expect((await mta.reload()).ok).toBe(true);
  expect(mta.endpoints).toHaveLength(3);
  expect([...mta.diagnostics]).toEqual([]);
});

test('require does the same, once', async () => {
  await using server = await Momentum.start({
    modules: [
      {
        name: 'one',
        source: `require('msys.gc_stats')\nmsys.registerModule('one', { init = function() return true end })`,
      },
      {
        name: 'two',
        source: `require('msys.gc_stats')\nmsys.registerModule('two', { init = function() return true end })`,
      },
    ],
  });
  expect(server.endpoints).toHaveLength(3);
});

test('too late, outside of a configuration transaction', async () => {
  await using server = await Momentum.start();
  await expect(server.eval(`require('msys.gc_stats')`)).rejects.toThrow('msys.gc_stats is loaded outside');
  expect([...server.diagnostics].map(({ code }) => code)).toEqual(['LATE_REGISTRATION']);
  expect(server.endpoints).toEqual([]);
});
