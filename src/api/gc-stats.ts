/** The product's package `msys.gc_stats`: statistics over HTTP (4/http-api-stats). */
import { callerOf, LuaRaise, type HostCall } from '../lua';
import { domainKey } from '../server/domain-name';
import type { HttpSession } from '../server/http/session';
import { DEFAULT_LIMIT, queueSummary } from '../server/queue-summary';
import type { ServerState } from '../server/server';
import { resetStatistics, summaryOf, type Summary } from '../server/summary';
import { isAssembling } from './httpsrv-register';
import { contextOf, type Runtime } from './runtime';

const PACKAGE = 'msys.gc_stats';

const TOO_LATE =
  'msys.gc_stats is loaded outside of a configuration transaction: its endpoints are missing until the next configuration generation. Name it as the source of a script stanza.';

/** Answers with what becomes the JSON of the response. */
type Statistics = (server: ServerState, session: HttpSession) => unknown;

const ENDPOINTS: readonly (readonly [method: string, path: string, statistics: Statistics])[] = [
  ['GET', '/stats/summary', summary],
  ['DELETE', '/stats/summary', reset],
  ['GET', '/stats/queues/mailq', mailq],
];

/**
 * What the package does when it is loaded: a module of its own registers the endpoints, for each configuration
 * generation anew. Loading it again changes nothing; loading it when none is being assembled is a violation.
 */
export function registerStatistics(runtime: Runtime, call: HostCall): void {
  const { vm, server, registrations } = runtime;
  if (registrations.modules.some(({ name }) => name === PACKAGE)) return;
  if (!isAssembling(call) && server.report('LATE_REGISTRATION', TOO_LATE, callerOf(call.L)))
    throw new LuaRaise(TOO_LATE);
  const table = vm.newTable();
  table.set(
    'rsrc_setup',
    vm.hostFunction(() => {
      registerEndpoints(runtime);
      return true;
    }),
  );
  vm.retain(table);
  registrations.modules.push({
    name: PACKAGE,
    table,
    callouts: ['rsrc_setup'],
    script: contextOf(call)?.script,
  });
}

function registerEndpoints({ server, registrations }: Runtime): void {
  for (const [method, path, statistics] of ENDPOINTS)
    registrations.endpoints.register(method, path, (session) => {
      session.statusOk('application/json');
      session.setPayload(Buffer.from(JSON.stringify(statistics(server, session))));
      return Promise.resolve();
    });
}

/** Members with a fraction, and the decimals that they have. */
const DECIMALS: Partial<Record<keyof Summary, number>> = {
  DNSQueryRate: 2,
  DNSResponseTimeAverage: 2,
  DeliveryRate: 2,
  ReceptionRate: 2,
  RejectionRate: 2,
  RejectionPercentage: 2,
};

/** 4/http-api-stats/summary */
function summary(server: ServerState): Record<string, unknown> {
  const members = Object.entries(summaryOf(server)).flatMap(([name, value]: [string, unknown]) => {
    const decimals = DECIMALS[name as keyof Summary];
    const member = [name, decimals === undefined ? value : Number((value as number).toFixed(decimals))];
    return [member, ...(FOLLOWING[name]?.(server) ?? [])];
  });
  return Object.fromEntries(members) as Record<string, unknown>;
}

type Members = readonly (readonly [name: string, value: unknown])[];

/** Members that the console's command does not have, by the one they come after. */
const FOLLOWING: Readonly<Record<string, ((server: ServerState) => Members) | undefined>> = {
  DNSRateLimiterEnabled: rateLimiter,
  // Nothing is read from the spool at the start.
  ResidentMessages: () => [['DiskQueueProgress', [0, 0].map((count) => String(count).padStart(6)).join('/')]],
};

/** Lookups are never held back here: each is an immediate one (4/config/ref-dns-rate-limit). */
function rateLimiter({ delivery, dns }: ServerState): Members {
  const { settings } = delivery.policy;
  if (!settings.boolean('dns_rate_limit_enabled', {})) return [];
  return [
    ['DNSRateLimitMXQueries', settings.number('dns_rate_limit_mx_queries', {}) ?? 100],
    ['DNSRateLimitPeriod', settings.number('dns_rate_limit_period', {}) ?? 1],
    ['DNSRateLimiterQueueSize', 0],
    ['DNSRateLimiterQueueMax', settings.number('dns_rate_limit_max_queue', {}) ?? 100_000],
    ['DNSRateLimiterImmediate', dns.resolver.statistics.queries.MX ?? 0],
    ['DNSRateLimiterQueued', 0],
    ['DNSRateLimiterDrained', 0],
    ['DNSRateLimiterOverflow', 0],
  ];
}

function reset(server: ServerState): unknown {
  resetStatistics(server);
  return { message: 'statistics cleared' };
}

/** 4/http-api-stats/queues-mailq; a limit that is no positive number is the default. */
function mailq(server: ServerState, { url: { attrs } }: HttpSession): unknown {
  const ip = attrs?.get('ip');
  const binding = attrs?.get('binding') ?? (ip === undefined ? undefined : `ip_${ip}`);
  const domain = attrs?.get('domain');
  const limit = Number(attrs?.get('limit') ?? 0);
  return {
    QueueSummary: queueSummary(server, {
      domains: domain === undefined ? [] : [domainKey(domain)],
      bindings: binding === undefined ? [] : [binding],
      limit: Number.isInteger(limit) && limit > 0 ? limit : DEFAULT_LIMIT,
    }),
  };
}
