/** The metrics of the whole server (4/console-commands/summary, 4/http-api-stats/summary). */
import type { ServerState } from './server';
import type { QueuedMessage } from './queues';

/** Times are seconds, those of DNS answers milliseconds; rates are a second. Names are those of the HTTP API. */
export interface Summary {
  readonly OutboundConcurrency: number;
  readonly InboundConcurrency: number;
  readonly ActiveDomains: number;
  readonly ActiveQueueSize: number;
  readonly DelayedQueueSize: number;
  /** Messages that are being delivered are in it. */
  readonly TotalQueueSize: number;
  readonly DNSResolver: string;
  readonly DNSAQueries: number;
  readonly DNSATimeouts: number;
  readonly DNSAAAAQueries: number;
  readonly DNSAAAATimeouts: number;
  readonly DNSMXQueries: number;
  readonly DNSMXTimeouts: number;
  readonly DNSTXTQueries: number;
  readonly DNSTXTTimeouts: number;
  readonly DNSQueryRate: number;
  readonly DNSResponseTimePeak: number;
  readonly DNSResponseTimeAverage: number;
  readonly DNSRateLimiterEnabled: boolean;
  /** Messages whose content is known: all of it is in memory here. */
  readonly ResidentMessages: number;
  readonly DeliveredMessages: number;
  readonly FailedMessages: number;
  readonly TransientFailures: number;
  readonly RejectedMessages: number;
  readonly ReceivedMessages: number;
  readonly DeliveryRate: number;
  readonly ReceptionRate: number;
  readonly RejectionRate: number;
  readonly RejectionPercentage: number;
  readonly StatisticsLastReset: number;
  readonly Uptime: number;
}

/** What queues hold; `resident` counts messages whose content is known. */
export interface QueueSizes {
  readonly active: number;
  readonly delayed: number;
  readonly total: number;
  readonly resident: number;
}

/** Of all domains: the messages of one binding, or all. */
export function queueSizes({ domains }: ServerState, binding?: string): QueueSizes {
  const isCounted = (message: QueuedMessage) => binding === undefined || message.binding === binding;
  const sizes = { active: 0, delayed: 0, total: 0, resident: 0 };
  for (const { queue } of domains) {
    const active = queue.active.filter(isCounted);
    const delayed = queue.delayed.filter(isCounted);
    const all = [...active, ...delayed, ...[...queue.trying].filter(isCounted)];
    sizes.active += active.length;
    sizes.delayed += delayed.length;
    sizes.total += all.length;
    sizes.resident += all.filter(({ raw }) => raw).length;
  }
  return sizes;
}

/** Open outbound connections: of one binding, or all. */
export function outboundConcurrency({ domains, delivery }: ServerState, binding?: string): number {
  return [...domains]
    .flatMap((record) => delivery.engine.connections(record))
    .filter((connection) => binding === undefined || connection.binding === binding).length;
}

export function summaryOf(server: ServerState): Summary {
  const { active, delayed, total, resident } = queueSizes(server);
  return {
    OutboundConcurrency: outboundConcurrency(server),
    InboundConcurrency: server.facilities.inboundSessions.length,
    ActiveDomains: server.domains.length,
    ActiveQueueSize: active,
    DelayedQueueSize: delayed,
    TotalQueueSize: total,
    ...dnsFigures(server),
    ResidentMessages: resident,
    ...messageFigures(server),
  };
}

/** `summary reset`. */
export function resetStatistics({ delivery, dns }: ServerState): void {
  delivery.statistics.reset();
  dns.resolver.statistics.reset();
}

function dnsFigures({ dns, delivery }: ServerState) {
  const { queries, timeouts, total, peakMillis, averageMillis } = dns.resolver.statistics;
  return {
    DNSResolver: 'ares',
    DNSAQueries: queries.A ?? 0,
    DNSATimeouts: timeouts.A ?? 0,
    DNSAAAAQueries: queries.AAAA ?? 0,
    DNSAAAATimeouts: timeouts.AAAA ?? 0,
    DNSMXQueries: queries.MX ?? 0,
    DNSMXTimeouts: timeouts.MX ?? 0,
    DNSTXTQueries: queries.TXT ?? 0,
    DNSTXTTimeouts: timeouts.TXT ?? 0,
    DNSQueryRate: delivery.statistics.rate(total),
    DNSResponseTimePeak: peakMillis,
    DNSResponseTimeAverage: averageMillis,
    DNSRateLimiterEnabled: delivery.policy.settings.boolean('dns_rate_limit_enabled', {}),
  };
}

function messageFigures({ delivery: { statistics } }: ServerState) {
  const { delivered, failed, transient, rejected, received } = statistics;
  const offered = received + rejected;
  return {
    DeliveredMessages: delivered,
    FailedMessages: failed,
    TransientFailures: transient,
    RejectedMessages: rejected,
    ReceivedMessages: received,
    DeliveryRate: statistics.deliveryRate,
    ReceptionRate: statistics.receptionRate,
    RejectionRate: statistics.rate(rejected),
    RejectionPercentage: offered === 0 ? 0 : (100 * rejected) / offered,
    StatisticsLastReset: Math.floor(statistics.secondsSinceReset),
    Uptime: Math.floor(statistics.uptime),
  };
}
