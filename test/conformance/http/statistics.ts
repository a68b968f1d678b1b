/** §10: the endpoints of msys.gc_stats. */
import { Momentum, type MomentumOptions } from '../../../src';
import { conf, LISTEN, type Declare } from './server';

/** A server with the endpoints, whose configuration holds `more`. */
async function statistics(options: MomentumOptions = {}, more = ''): Promise<Momentum> {
  const { text } = conf(LISTEN, more);
  const script = 'scriptlet "scriptlet" { script "http_api_stats" { source = "msys.gc_stats" } }';
  return Momentum.start({
    config: { text: text.replace('scriptlet "scriptlet" { }', script) },
    ...options,
  });
}

async function json(mta: Momentum, url: string, method = 'GET'): Promise<unknown> {
  const { status, text, headers } = await mta.request({ method, url });
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  return JSON.parse(text) as unknown;
}

/** Every member that the page shows. */
const MEMBERS = [
  ...['OutboundConcurrency', 'InboundConcurrency', 'ActiveDomains', 'ActiveQueueSize', 'DelayedQueueSize'],
  ...['TotalQueueSize', 'DNSResolver', 'DNSAQueries', 'DNSATimeouts', 'DNSAAAAQueries', 'DNSAAAATimeouts'],
  ...['DNSMXQueries', 'DNSMXTimeouts', 'DNSTXTQueries', 'DNSTXTTimeouts', 'DNSQueryRate'],
  ...['DNSResponseTimePeak', 'DNSResponseTimeAverage', 'DNSRateLimiterEnabled', 'ResidentMessages'],
  ...['DiskQueueProgress', 'DeliveredMessages', 'FailedMessages', 'TransientFailures', 'RejectedMessages'],
  ...['ReceivedMessages', 'DeliveryRate', 'ReceptionRate', 'RejectionRate', 'RejectionPercentage'],
  ...['StatisticsLastReset', 'Uptime'],
];

interface Summary {
  readonly QueueSummary: readonly { readonly domain: string; readonly binding: string }[];
}

/** The domains that mailq lists, with their bindings. */
async function queues(mta: Momentum, query = ''): Promise<string[]> {
  const { QueueSummary } = (await json(mta, `/stats/queues/mailq${query}`)) as Summary;
  return QueueSummary.map(({ domain, binding }) => `${domain} ${binding}`).sort();
}

/** Messages of two domains by three bindings. */
const BOUND: MomentumOptions = {
  bindings: ['ip_192.0.2.1', { name: 'gold', group: 'metals' }],
  domains: {
    'one.test': {
      active: [{ binding: 'ip_192.0.2.1' }, { binding: 'gold' }],
      delayed: [{ binding: 'gold' }],
    },
    'two.test': { active: [{ binding: 'gold' }, {}] },
  },
};
const MANY = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`domain${i}.test`, { active: i + 1 }]));

export function statisticsApi(row: Declare): void {
  row('http-10-1a', async () => {
    await using mta = await statistics({ domains: { 'one.test': { active: 2, delayed: 3 } } });
    await mta.clock.advance('10s');
    const summary = await json(mta, '/stats/summary');
    expect(Object.keys(summary as object)).toEqual(MEMBERS);
    expect(summary).toMatchObject({ ActiveQueueSize: 2, DelayedQueueSize: 3, TotalQueueSize: 5, Uptime: 10 });
  });

  row('http-10-1b', async () => {
    await using mta = await statistics({ domains: { 'one.test': { active: 1 } } });
    mta.remote('one.test').accept();
    await mta.clock.advance('1h');
    expect(await json(mta, '/stats/summary')).toMatchObject({
      DeliveredMessages: 1,
      StatisticsLastReset: 3600,
    });
    expect(await json(mta, '/stats/summary', 'DELETE')).toEqual({ message: 'statistics cleared' });
    expect(await json(mta, '/stats/summary')).toMatchObject({ DeliveredMessages: 0, StatisticsLastReset: 0 });
  });

  row('http-10-1c', async () => {
    await using mta = await statistics(BOUND);
    const { QueueSummary } = (await json(mta, '/stats/queues/mailq?domain=one.test&binding=gold')) as Summary;
    const figures = { receptions: 0, permfails: 0, transfails: 0, deliveries: 0 };
    expect(QueueSummary).toEqual([
      { group: 'metals', binding: 'gold', domain: 'one.test', aq: 1, dq: 1, ...figures },
    ]);
  });

  row('http-10-1d', async () => {
    await using mta = await statistics(BOUND);
    expect(await queues(mta)).toEqual([
      'one.test gold',
      'one.test ip_192.0.2.1',
      'two.test default',
      'two.test gold',
    ]);
    expect(await queues(mta, '?domain=TWO.test')).toEqual(['two.test default', 'two.test gold']);
    expect(await queues(mta, '?binding=gold')).toEqual(['one.test gold', 'two.test gold']);
    expect(await queues(mta, '?ip=192.0.2.1')).toEqual(['one.test ip_192.0.2.1']);
    expect(await queues(mta, '?ip=192.0.2.1&binding=default')).toEqual(['two.test default']);
  });

  row('http-10-1e', async () => {
    await using mta = await statistics({ domains: MANY });
    for (const query of ['', '?limit=0', '?limit=-1', '?limit=many'])
      expect(await queues(mta, query)).toHaveLength(20);
    expect(await queues(mta, '?limit=2')).toHaveLength(2);
    expect(await queues(mta, '?limit=25')).toHaveLength(25);
  });
}
