import type { Route, RouteHost } from './routes';
import type { DeliveryServices } from './services';
import type { DeliveryScope } from './settings';
import { readThrottle } from './throttles';

/** Where a connection goes. */
export interface Place {
  /** The mail exchanger; undefined when no route says so. */
  readonly host?: string;
  readonly ip: string;
}

/** A place, or when there may be one again, in milliseconds; Infinity: when an attempt ends. */
export type Choice = Place | { readonly until: number };

interface Candidate {
  readonly mx: RouteHost;
  readonly choice: Choice;
}

const NONE: ReadonlySet<string> = new Set();
const THROTTLE = 'outbound_throttle_connections';
const LIMIT = 'max_outbound_connections';

/**
 * Chooses among the hosts of one domain: those of the lowest preference evenly, as far as they are reachable, below
 * their limit of connections and not throttled; otherwise those of the next preference (4/config/ref-routes,
 * 4/config/ref-max-outbound-connections, 4/config/ref-outbound-throttle-connections).
 */
export class HostGate {
  readonly #services: DeliveryServices;
  /** Connections opened so far, by host. */
  readonly #opened = new Map<string, number>();

  constructor(services: DeliveryServices) {
    this.#services = services;
  }

  /**
   * Undefined for a route without addresses that may be chosen. `ignoresNew`: failures of this very instant are not known
   * yet.
   */
  choose(
    route: Route,
    where: DeliveryScope,
    ignoresNew = false,
    excluded: ReadonlySet<string> = NONE,
  ): Choice | undefined {
    const candidates = route.mxs
      .map((mx) => ({ ...mx, addresses: mx.addresses.filter((ip) => !excluded.has(ip)) }))
      .filter(({ addresses }) => addresses.length > 0)
      .map((mx): Candidate => ({ mx, choice: this.#choiceOf(mx, where, ignoresNew) }));
    const [best] = candidates
      .filter(({ choice }) => !('until' in choice))
      .sort((a, b) => a.mx.preference - b.mx.preference || this.#openedTo(a) - this.#openedTo(b));
    if (best) return best.choice;
    const ends = candidates.flatMap(({ choice }) => ('until' in choice ? [choice.until] : []));
    return ends.length === 0 ? undefined : { until: Math.min(...ends) };
  }

  /** A connection is opened: throttles are used up. */
  use(host: string, where: DeliveryScope): void {
    const { clock, throttles } = this.#services;
    this.#opened.set(host, (this.#opened.get(host) ?? 0) + 1);
    const throttle = this.#throttle(host, where);
    if (throttle) throttles.use(throttle.key, throttle, clock.millis());
  }

  /** Whether connections to every exchanger have failed at least so often, one after the other. */
  haveAllFailed({ mxs }: Route, limit: number): boolean {
    const { hosts } = this.#services;
    return mxs
      .map(({ addresses }) => addresses.map((ip) => hosts.of(ip).failures))
      .filter((failures) => failures.length > 0)
      .every((failures) => !failures.includes(0) && failures.reduce((sum, count) => sum + count) >= limit);
  }

  #openedTo({ mx }: Candidate): number {
    return this.#opened.get(mx.host) ?? 0;
  }

  #choiceOf({ host, addresses }: RouteHost, where: DeliveryScope, ignoresNew: boolean): Choice {
    const throttled = this.#throttledUntil(host, where) ?? -Infinity;
    const ends = addresses.map((ip) =>
      Math.max(throttled, this.#failingUntil(ip, where, ignoresNew), this.#limitedUntil(host, ip, where)),
    );
    const ip = addresses.find((_, index) => ends[index] === -Infinity);
    return ip === undefined ? { until: Math.min(...ends) } : { host, ip };
  }

  /** An address that failed is not tried before `host_failure_retry` is over, whichever domain it failed for. */
  #failingUntil(ip: string, { domain }: DeliveryScope, ignoresNew: boolean): number {
    const { clock, hosts, policy } = this.#services;
    const { failedAt, retryAfter } = hosts.of(ip);
    const now = clock.millis();
    if (failedAt === undefined || (ignoresNew && failedAt.getTime() === now)) return -Infinity;
    const wait = retryAfter ?? policy.number('host_failure_retry', { domain });
    const until = failedAt.getTime() + wait * 1000;
    return now < until ? until : -Infinity;
  }

  /** Connections that are idle make room. */
  #limitedUntil(host: string, ip: string, where: DeliveryScope): number {
    const { connections } = this.#services;
    const limit = this.limit(host, where);
    if (limit < 0) return -Infinity;
    let busy = 0;
    for (const connection of connections()) if (connection.ip === ip && connection.attempt) busy++;
    return busy >= limit ? Infinity : -Infinity;
  }

  /** Connections that a host may have: it has no limit but that of a stanza of its own; -1: none. */
  limit(host: string, { binding, group }: DeliveryScope): number {
    const { settings } = this.#services.policy;
    const where = [{ binding, group, host }, { group, host }, { host }].find(
      (scope) => settings.source(LIMIT, scope) !== 'default',
    );
    return (where && settings.number(LIMIT, where)) ?? -1;
  }

  #throttledUntil(host: string, where: DeliveryScope): number | undefined {
    const { clock, throttles } = this.#services;
    const throttle = this.#throttle(host, where);
    return throttle && throttles.closedUntil(throttle.key, throttle, clock.millis());
  }

  #throttle(host: string, { binding, group }: DeliveryScope) {
    const { settings } = this.#services.policy;
    const where = { binding, group, host };
    const throttle = readThrottle(settings.text(THROTTLE, where));
    return throttle && { ...throttle, key: `${THROTTLE} of ${settings.source(THROTTLE, where)}` };
  }
}
