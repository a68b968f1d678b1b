/** Finds the hosts that mail for a domain goes to. */
import net from 'node:net';
import { NEGATIVE_TTL, type DnsAnswer, type DnsStatus } from './answer';
import { hostList } from './host-list';
import type { MxData } from './records';
import type { Resolver } from './resolver';
import { addressLiteral, gatewayTarget, routeTarget, type RouteTarget } from './route-targets';
import { runSteps, type DnsSteps } from './steps';

/** The product's options that decide about routes, each with its page under 4/config. */
export interface RouteSettings {
  readonly gateway?: string;
  readonly routes?: readonly string[];
  /** Whether AAAA records are asked for; false. */
  readonly useIpv6?: boolean;
  /** `prefer_ipv6_mxs`: IPv6 addresses before IPv4 ones of the same preference; false. */
  readonly preferIpv6?: boolean;
  readonly prohibitedHosts?: readonly string[];
  readonly skipHosts?: readonly string[];
  /** Only the hosts of the lowest preference: `only_use_best_mx_for_relay_domains`, for such a domain. */
  readonly onlyBestMx?: boolean;
  /** Seconds; 0 and 4294967295. */
  readonly minDnsTtl?: number;
  readonly maxDnsTtl?: number;
  /** MX lookups that may fail in a row before addresses are asked for; 3. -1: one. */
  readonly mxFailuresFallbackToA?: number;
  /** Lookups that may fail in a row before the failure is permanent; 10. */
  readonly dnsFailuresToPurge?: number;
}

export interface MxRoute {
  readonly preference: number;
  /** A host name, or an address. */
  readonly host: string;
  /** Seconds. */
  readonly ttl: number;
  /** In the order in which they are tried; none when the host was not found or is skipped. */
  readonly addresses: readonly string[];
  /** Where the option says so; otherwise `remote_smtp_port`. */
  readonly port?: number;
}

export interface Routes {
  /** The lowest preference first; at least one has an address. */
  readonly mxs: readonly MxRoute[];
  /** Seconds. */
  readonly ttl: number;
  readonly error?: undefined;
}

export interface RouteFailure {
  /** The code and text that messages get; a permanent failure begins with 5 (4/message-responses). */
  readonly error: string;
  /** How the lookup of the domain itself ended; OK when its answer cannot be used. */
  readonly status: DnsStatus;
  /** Seconds for which it may be kept; 0 for what may pass. */
  readonly ttl: number;
}

export type RouteAnswer = Routes | RouteFailure;

/** Texts of 4/message-responses. */
const NULL_MX = '550 5.4.4 [internal] NULL MX domain does not accept mail';
const NO_MX_OR_A = '454 4.4.4 [internal] no MX or A for domain';
const LOOKUP_FAILED = '554 5.4.4 [internal] Domain Lookup Failed';
const NO_VALID_HOSTS = '451 4.4.1 [internal] No valid hosts';
const PROHIBITED = '551 5.4.6 [internal] Private/Loopback Address';

const DEFAULT_MX_FAILURES = 3;
const DEFAULT_DNS_FAILURES = 10;
/** Of routes that no DNS answer says it of, in seconds. */
const STATIC_TTL = 300;

/**
 * Resolves a domain (a byte string) to its routes. `failures` is the number of lookups of it that failed in a row
 * before this one. A promise when an answer takes time. Throws UsageError for options that cannot be read.
 */
export function resolveRoutes(
  resolver: Resolver,
  domain: string,
  settings: RouteSettings = {},
  failures = 0,
): RouteAnswer | Promise<RouteAnswer> {
  return runSteps(new RouteResolution(resolver, domain, settings, failures).steps());
}

/** A host whose addresses are still to be found. */
interface Candidate {
  readonly host: string;
  readonly preference: number;
  readonly ttl: number;
  readonly port?: number | undefined;
  /** The domain itself, in want of MX records. */
  readonly isFallback?: boolean;
}

class RouteResolution {
  private readonly isProhibited: (address: string) => boolean;
  private readonly isSkipped: (address: string) => boolean;

  constructor(
    private readonly resolver: Resolver,
    private readonly domain: string,
    private readonly settings: RouteSettings,
    private readonly failures: number,
  ) {
    this.isProhibited = hostList('prohibited_hosts', settings.prohibitedHosts);
    this.isSkipped = hostList('skip_hosts', settings.skipHosts);
  }

  *steps(): DnsSteps<RouteAnswer> {
    const candidates: Candidate[] = [];
    let problem: RouteFailure | undefined;
    let floor = 0;
    for (const target of this.targets()) {
      const found = yield* this.expand(target);
      if (!Array.isArray(found)) {
        problem ??= found;
        continue;
      }
      const placed = place(found, target.preference, floor);
      candidates.push(...placed);
      if (target.preference === undefined)
        floor = Math.max(floor, ...placed.map(({ preference }) => preference + 1));
    }
    if (problem && candidates.length === 0) return problem;
    return yield* this.addresses(this.selected(candidates));
  }

  private targets(): RouteTarget[] {
    const { gateway, routes = [] } = this.settings;
    const literal = addressLiteral(this.domain);
    if (gateway !== undefined && gateway !== '') return [gatewayTarget(gateway)];
    if (routes.length > 0) return routes.map((item) => routeTarget(item, this.domain));
    return [literal === undefined ? { host: this.domain, lookup: 'mx' } : { host: literal, lookup: 'a' }];
  }

  private *expand(target: RouteTarget): DnsSteps<Candidate[] | RouteFailure> {
    const { host, port } = target;
    const isName = net.isIP(host) === 0;
    const found: Candidate[] | RouteFailure =
      target.lookup === 'mx' && isName
        ? yield* this.exchangers(host)
        : [{ host, preference: 0, ttl: isName ? Infinity : STATIC_TTL }];
    if (!Array.isArray(found)) return found;
    return found.map((candidate) => ({ ...candidate, port, ttl: target.ttl ?? candidate.ttl }));
  }

  private *exchangers(domain: string): DnsSteps<Candidate[] | RouteFailure> {
    const fallback: Candidate[] = [{ host: domain, preference: 0, ttl: Infinity, isFallback: true }];
    if (this.failures >= this.mxTries) return fallback;
    const answer = yield this.resolver.query(domain, 'MX', 'routes');
    if (answer.status === 'NODATA') return fallback;
    if (answer.status !== 'OK') return this.lookupFailure(answer);
    const exchangers = answer.records.map(({ data, ttl }) => ({ ...(data as MxData), ttl }));
    // RFC 7505: the root as the only exchanger.
    if (exchangers.every(({ exchange }) => exchange === '')) return failure(NULL_MX, answer);
    return exchangers
      .filter(({ exchange }) => exchange !== '')
      .map(({ exchange, preference, ttl }) => ({ host: exchange, preference, ttl }));
  }

  private get mxTries(): number {
    const { mxFailuresFallbackToA: setting = DEFAULT_MX_FAILURES } = this.settings;
    return setting < 0 ? 1 : setting;
  }

  private selected(candidates: readonly Candidate[]): Candidate[] {
    const sorted = [...candidates].sort((one, other) => one.preference - other.preference);
    const best = sorted[0]?.preference;
    return this.settings.onlyBestMx ? sorted.filter(({ preference }) => preference === best) : sorted;
  }

  private *addresses(candidates: readonly Candidate[]): DnsSteps<RouteAnswer> {
    const asked = candidates.map((candidate) => this.ask(candidate.host));
    const mxs: MxRoute[] = [];
    const answers: DnsAnswer[] = [];
    for (const [index, { host, preference, ttl, port }] of candidates.entries()) {
      const hostAnswers: DnsAnswer[] = [];
      for (const answer of asked[index]!) hostAnswers.push(yield answer);
      answers.push(...hostAnswers);
      const all = net.isIP(host) ? [host] : hostAnswers.flatMap(addressesOf);
      if (all.some(this.isProhibited)) return { error: PROHIBITED, status: 'OK', ttl: this.clamped(ttl) };
      mxs.push({
        preference,
        host,
        ttl: this.clamped(Math.min(ttl, ...hostAnswers.filter(isFound).map((answer) => answer.ttl))),
        addresses: all.filter((address) => !this.isSkipped(address)),
        ...(port !== undefined && { port }),
      });
    }
    if (mxs.some(({ addresses }) => addresses.length > 0))
      return { mxs, ttl: Math.min(...mxs.map(({ ttl }) => ttl)) };
    return this.nowhere(candidates, answers);
  }

  private ask(host: string): (DnsAnswer | Promise<DnsAnswer>)[] {
    if (net.isIP(host)) return [];
    const { useIpv6 = false, preferIpv6 = false } = this.settings;
    const types = useIpv6
      ? preferIpv6
        ? (['AAAA', 'A'] as const)
        : (['A', 'AAAA'] as const)
      : (['A'] as const);
    return types.map((type) => this.resolver.query(host, type, 'routes'));
  }

  private nowhere(candidates: readonly Candidate[], answers: readonly DnsAnswer[]): RouteFailure {
    const passing = answers.find(mayPass);
    const isUnknown = candidates.every((candidate) => candidate.isFallback) && !answers.some(isFound);
    if (isUnknown && passing) return this.lookupFailure(passing);
    const ttl = passing ? 0 : this.clamped(NEGATIVE_TTL);
    if (isUnknown) return { error: NO_MX_OR_A, status: answers[0]!.status, ttl };
    return { error: NO_VALID_HOSTS, status: 'OK', ttl };
  }

  /** A name that does not exist is a permanent failure (changelog/4/4-4-0), others are so when they go on. */
  private lookupFailure(answer: DnsAnswer): RouteFailure {
    const { dnsFailuresToPurge = DEFAULT_DNS_FAILURES } = this.settings;
    const isPermanent = !mayPass(answer) || this.failures + 1 >= dnsFailuresToPurge;
    return failure(isPermanent ? LOOKUP_FAILED : NO_MX_OR_A, answer);
  }

  private clamped(ttl: number): number {
    const { minDnsTtl = 0, maxDnsTtl = 2 ** 32 - 1 } = this.settings;
    const known = Number.isFinite(ttl) ? ttl : NEGATIVE_TTL;
    return Math.min(Math.max(known, minDnsTtl), maxDnsTtl);
  }
}

/** Moves what was found for one item of a list to its preference, or behind what is listed before. */
function place(found: readonly Candidate[], preference: number | undefined, floor: number): Candidate[] {
  const lowest = Math.min(...found.map((candidate) => candidate.preference));
  const base = preference ?? Math.max(floor, lowest);
  return found.map((candidate) => ({ ...candidate, preference: base + candidate.preference - lowest }));
}

function failure(error: string, { status, ttl }: DnsAnswer): RouteFailure {
  return { error, status, ttl };
}

const isFound = ({ status }: DnsAnswer) => status === 'OK';
const mayPass = ({ status }: DnsAnswer) => status === 'SERVFAIL' || status === 'TIMEOUT';
const addressesOf = ({ records }: DnsAnswer) => records.map(({ data }) => data as string);
