/** The hosts that mail for a domain goes to, as the route cache knows them. */
import { isIPv6 } from 'node:net';
import { byteString } from '../../bytes';
import type { Route, RouteHost } from '../../delivery/routes';
import type { DomainRecord } from '../../domain-record';
import type { ServerState } from '../../server';
import { domainsByName } from './domain-figures';

export interface DomainRoutes {
  readonly route: Route;
  /** Seconds for which it still stands. */
  readonly ttl: number;
}

interface HostAddress {
  readonly ip: string;
  /** Milliseconds that a delivery takes on average. */
  readonly deliveryMillis: number;
  /** Seconds since its last connection failed, undefined when it did not. */
  readonly secondsSinceFailure: number | undefined;
  /** Would be connected to next. */
  readonly isNext: boolean;
}

export interface DomainHost {
  readonly preference: number;
  readonly host: string;
  /** Seconds. */
  readonly ttl: number;
  readonly addresses: readonly HostAddress[];
  /** Other domains with the same host. */
  readonly alsoUsedBy: readonly { readonly domain: string; readonly preference: number }[];
}

/** Simulated connections come about at once. */
const CONNECT_MILLIS = 0;

/** What is known of a domain's routes now; nothing is asked. */
export function routesOf({ clock, dns }: ServerState, record: DomainRecord): DomainRoutes | undefined {
  const ttlUntil = (expiry: Date) => Math.ceil((expiry.getTime() - clock.millis()) / 1000);
  const { route, expiry } = record;
  if (route && expiry && expiry > clock.now()) return { route, ttl: ttlUntil(expiry) };
  const known = dns.routes.peek(byteString(record.name));
  if (!known || known.answer.error !== undefined) return undefined;
  return { route: known.answer, ttl: ttlUntil(known.expiry) };
}

export function hostsOf(server: ServerState, record: DomainRecord): DomainHost[] {
  const routes = routesOf(server, record);
  if (!routes) return [];
  const { route, ttl } = routes;
  const elapsed = route.ttl - ttl;
  const next = server.delivery.engine.nextAddress(record, route);
  return route.mxs.map((mx) => ({
    preference: mx.preference,
    host: mx.host,
    ttl: mx.ttl - elapsed,
    addresses: mx.addresses.map((ip) => addressOf(server, ip, ip === next)),
    alsoUsedBy: othersWith(server, record, mx),
  }));
}

function addressOf({ delivery, clock }: ServerState, ip: string, isNext: boolean): HostAddress {
  const { deliveryMillis, failedAt } = delivery.engine.hosts.of(ip);
  const secondsSinceFailure = failedAt && (clock.millis() - failedAt.getTime()) / 1000;
  return { ip, deliveryMillis, secondsSinceFailure, isNext: isNext && !failedAt };
}

function othersWith(server: ServerState, record: DomainRecord, { host }: RouteHost) {
  return domainsByName(server)
    .filter((other) => other !== record)
    .flatMap((other) => {
      const shared = routesOf(server, other)?.route.mxs.find((mx) => mx.host === host);
      return shared ? [{ domain: other.name, preference: shared.preference }] : [];
    });
}

/** `  [5 mx1.example.com TTL:1902]`, its addresses, and who else uses it. */
export function hostLines({ preference, host, ttl, addresses, alsoUsedBy }: DomainHost): string[] {
  return [
    `  [${preference} ${host} TTL:${ttl}]`,
    ...addresses.map(addressLine),
    ...alsoUsedBy.map((other) => `                (also used by ${other.domain} pref ${other.preference})`),
  ];
}

function addressLine({ ip, deliveryMillis, secondsSinceFailure: seconds, isNext }: HostAddress): string {
  const mark = seconds === undefined ? (isNext ? ' =>' : '') : ' *';
  const times = `${CONNECT_MILLIS.toFixed(2)}ms con ${deliveryMillis.toFixed(2)}ms dlv`;
  const failure = seconds === undefined ? '' : ` ${seconds.toFixed(2)}s since failure`;
  return `${mark.padEnd(8)}[${ip}] ${isIPv6(ip) ? 'IPv6' : 'IPv4'} (${times})${failure}`;
}
