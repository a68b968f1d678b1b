import type { Bindings } from '../bindings';
import type { VirtualClock } from '../clock';
import type { DomainRecord } from '../domain-record';
import type { DomainTable } from '../domains';
import type { Logs } from '../logs';
import { Remotes } from '../remote';
import type { SpoolIds } from '../spool-ids';
import type { AttemptListener } from './attempts';
import type { RuleCode } from '../rules';
import type { Upstreams } from '../upstreams/upstreams';
import type { Connection } from './connections';
import { DelayNotices } from './delay-notices';
import { Disposal } from './disposal';
import { DomainDelivery } from './domain-delivery';
import { Hosts } from './hosts';
import { DeliveryLog } from './log';
import type { DeliveryPolicy } from './policy';
import type { Route, RouteResolver } from './routes';
import { Reports } from './reports';
import type { DeliveryServices } from './services';
import { DeliveryStatistics } from './statistics';
import { Throttles } from './throttles';

/** What the server gives to delivery. */
export interface DeliveryParts {
  readonly clock: VirtualClock;
  readonly domains: DomainTable;
  readonly policy: DeliveryPolicy;
  readonly bindings: Bindings;
  readonly logs: Logs;
  readonly connectionIds: SpoolIds;
  readonly upstreams: Upstreams;
  readonly report: (code: RuleCode, message: string) => void;
}

/**
 * Delivers active messages of the domains whose far side a test has scripted. Nothing happens by itself: attempts are
 * made as the clock advances, `advance(0)` included. Messages of other domains stay where they are.
 */
export class DeliveryEngine {
  readonly remotes = new Remotes();
  readonly statistics: DeliveryStatistics;
  readonly log: DeliveryLog;
  readonly reports: Reports;
  readonly disposal: Disposal;
  readonly delayNotices: DelayNotices;
  readonly hosts = new Hosts();
  readonly #services: DeliveryServices;
  readonly #routes: { resolve: RouteResolver } = { resolve: () => undefined };
  readonly #deliveries = new Map<DomainRecord, DomainDelivery>();
  readonly #waiting = new Set<DomainRecord>();
  readonly #attemptListeners = new Set<AttemptListener>();

  constructor(parts: DeliveryParts) {
    this.statistics = new DeliveryStatistics(parts.clock);
    this.log = new DeliveryLog(parts.logs, parts.clock, parts.policy);
    const shared = { ...parts, log: this.log, statistics: this.statistics };
    this.reports = new Reports(shared, parts.connectionIds);
    const services = { ...shared, reports: this.reports };
    this.disposal = new Disposal(services);
    this.delayNotices = new DelayNotices(services);
    const { remotes, disposal, hosts } = this;
    this.#services = {
      ...services,
      remotes,
      disposal,
      throttles: new Throttles(),
      hosts,
      routes: this.#routes,
      connections: () => this.#connections(),
      waiting: this.#waiting,
      opened: { count: 0 },
      attemptListeners: this.#attemptListeners,
    };
    this.onAttempt((attempt, now) => {
      hosts.note(attempt, now);
      this.#wakeWaiting();
    });
    this.remotes.onScripted = () => this.wakeAll();
    parts.upstreams.onChanged = () => this.wakeAll();
    parts.domains.onActive = (record) => {
      this.delayNotices.watch(record);
      this.wake(record);
    };
    parts.domains.onRemove = (record) => this.#forget(record);
  }

  /** What finds the hosts of domains; until it is set, nothing is looked up. */
  set routes(resolve: RouteResolver) {
    this.#routes.resolve = resolve;
  }

  /** Calls `listener` at the end of each attempt from now on; returns the function that stops it. */
  onAttempt(listener: AttemptListener): () => void {
    this.#attemptListeners.add(listener);
    return () => this.#attemptListeners.delete(listener);
  }

  /** To be called when something in the domain's active queue may have become deliverable. */
  wake(record: DomainRecord): void {
    this.#of(record).wake();
  }

  wakeAll(): void {
    for (const record of this.#services.domains) this.wake(record);
  }

  /**
   * To be called after a change of the configuration: messages that are blackholed now fail, and what was suspended or
   * limited before goes on.
   */
  async settingsChanged(): Promise<void> {
    for (const record of [...this.#services.domains]) await this.#of(record).failBlackholed();
    for (const record of this.#services.domains) {
      this.delayNotices.watch(record);
      this.#of(record).reopen();
    }
  }

  /** The open connections to a domain: busy ones, and those that have not been idle for too long. */
  connections(record: DomainRecord): readonly Connection[] {
    const { clock, policy } = this.#services;
    const { connections } = this.#of(record);
    const idleMillis = (binding: string) =>
      policy.number('idle_timeout', { domain: record.name, binding }) * 1000;
    connections.expire(clock.millis(), idleMillis);
    return [...connections];
  }

  /** The address that a connection to the domain would be opened to now; undefined when there is none. */
  nextAddress(record: DomainRecord, route: Route): string | undefined {
    return this.#of(record).nextAddress(route);
  }

  /** Ends what is under way over real sockets. */
  stop(): void {
    for (const delivery of this.#deliveries.values()) delivery.stop();
  }

  *#connections(): Generator<Connection> {
    for (const { connections } of this.#deliveries.values()) yield* connections;
  }

  #wakeWaiting(): void {
    const records = [...this.#waiting];
    this.#waiting.clear();
    for (const record of records) if (this.#services.domains.has(record)) this.#of(record).reopen();
  }

  #of(record: DomainRecord): DomainDelivery {
    let delivery = this.#deliveries.get(record);
    if (!delivery) this.#deliveries.set(record, (delivery = new DomainDelivery(record, this.#services)));
    return delivery;
  }

  #forget(record: DomainRecord): void {
    this.#deliveries.get(record)?.stop();
    this.#deliveries.delete(record);
    this.#waiting.delete(record);
    this.#wakeWaiting();
  }
}
