/** `summary` and `summary reset`. */
import { resetStatistics, summaryOf, type Summary } from '../../summary';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { facts, number } from './layout';

type Metrics = Summary & { readonly PendingDNSQueries: number };

const rate = (value: number, of: string) => `${number(value, 6, 2)} ${of}/second`;

const rows = (metrics: Metrics): [label: string, value: string][] => [
  ['Outbound Concurrency', number(metrics.OutboundConcurrency, 7)],
  ['Inbound Concurrency', number(metrics.InboundConcurrency, 7)],
  ['Active Domains', number(metrics.ActiveDomains, 7)],
  ['Active Queue Size', number(metrics.ActiveQueueSize, 6)],
  ['Delayed Queue Size', number(metrics.DelayedQueueSize, 6)],
  ['Total Queue Size', number(metrics.TotalQueueSize, 6)],
  ['DNS Resolver', metrics.DNSResolver],
  ['DNS A Queries', String(metrics.DNSAQueries)],
  ['DNS A Timeouts', String(metrics.DNSATimeouts)],
  ['DNS AAAA Queries', String(metrics.DNSAAAAQueries)],
  ['DNS AAAA Timeouts', String(metrics.DNSAAAATimeouts)],
  ['DNS MX Queries', String(metrics.DNSMXQueries)],
  ['DNS MX Timeouts', String(metrics.DNSMXTimeouts)],
  ['DNS TXT Queries', String(metrics.DNSTXTQueries)],
  ['DNS TXT Timeouts', String(metrics.DNSTXTTimeouts)],
  ['Pending DNS Queries', String(metrics.PendingDNSQueries)],
  ['Query Rate', rate(metrics.DNSQueryRate, 'queries')],
  ['DNS Response Time Peak', `${number(metrics.DNSResponseTimePeak, 4)} ms`],
  ['DNS Response Time Average', `${number(metrics.DNSResponseTimeAverage, 6, 3)} ms`],
  ['DNS Rate Limiter', metrics.DNSRateLimiterEnabled ? 'enabled' : 'disabled'],
  ['Successfully Delivered Messages', number(metrics.DeliveredMessages, 6)],
  ['Failed Messages', number(metrics.FailedMessages, 6)],
  ['Rejected Messages', number(metrics.RejectedMessages, 6)],
  ['Received Messages', number(metrics.ReceivedMessages, 6)],
  ['Delivery Rate', rate(metrics.DeliveryRate, 'messages')],
  ['Reception Rate', rate(metrics.ReceptionRate, 'messages')],
  ['Statistics Last Reset', `${number(metrics.StatisticsLastReset, 6)} seconds`],
  ['Uptime', `${number(metrics.Uptime, 6)} seconds`],
];

/** Queues of Mobile Momentum. */
const MOBILE: [label: string, value: string][] = [
  ['SMPP Queues', 'not simulated'],
  ['MM7 Queues', 'not simulated'],
];

function summary({ server, args }: CommandCall): CommandAnswer {
  const [option, ...more] = args;
  if ((option !== undefined && option !== 'with-mobile') || more.length > 0)
    throw new CommandUsageError(`Unexpected argument: ${args.join(' ')}`);
  const metrics = { ...summaryOf(server), PendingDNSQueries: server.dns.resolver.statistics.pending };
  const mobile = option === undefined ? [] : MOBILE;
  return { text: `Summary Statistics\n${facts([...rows(metrics), ...mobile])}`, data: metrics };
}

export const summaryCommands: readonly BuiltinCommand[] = [
  {
    name: 'summary',
    usage: '[with-mobile]',
    summary: 'show global metrics',
    doc: '4/console-commands/summary',
    run: summary,
  },
  {
    name: 'summary reset',
    summary: 'reset summary statistics',
    doc: '4/console-commands/summary-reset',
    run({ server }) {
      resetStatistics(server);
      return { text: 'statistics cleared.\n' };
    },
  },
];
