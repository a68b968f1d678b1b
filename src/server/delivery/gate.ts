import { DEFAULT_BINDING } from '../bindings';
import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import type { RemoteBehaviour, RemotePlan } from '../remote';
import type { Connection, Connections } from './connections';
import { deliveryMethod, HTTP, UNSIMULATED_METHODS } from './http-target';
import { HostGate, type Choice, type Place } from './host-gate';
import { ModuleGate } from './module-gate';
import { gatewayHost } from './policy';
import type { Route } from './routes';
import type { DeliveryServices } from './services';
import type { DeliveryScope } from './settings';
import { readThrottle } from './throttles';

/** Whether a message of a binding may be delivered now; when it may not, until when, if that is known. */
export type Gate = OpenGate | { readonly state: 'blackhole' } | ClosedGate;

export interface OpenGate {
  readonly state: 'open';
  readonly plan: RemotePlan;
  /** The domain whose far side it is: the gateway's when there is one. */
  readonly remote: string;
  readonly gateway: string | undefined;
}

interface ClosedGate {
  readonly state: 'closed';
  readonly until?: number;
}

const CLOSED: Gate = { state: 'closed' };

const THROTTLES = {
  message: 'outbound_throttle_messages',
  connection: 'outbound_throttle_connections',
} as const;

/** Whether a connection stays for the next message. */
const keepsConnections = ({ kind }: RemoteBehaviour) => kind === 'reply' || kind === 'http';

/** What keeps the messages of one domain from being delivered: suspension, throttles, limits, failures of its hosts. */
export class DeliveryGate {
  readonly #record: DomainRecord;
  readonly #connections: Connections;
  readonly #services: DeliveryServices;
  /** When the hosts last failed; undefined once a connection came about. */
  #failedAt: number | undefined;
  /** Seconds that a hook has said in place of `host_failure_retry`. */
  #retryAfter: number | undefined;
  /** How many connections have been opened at one instant: those are opened side by side. */
  #opened = { at: NaN, count: 0 };
  readonly #unsimulatedMethods = new Set<string>();
  readonly #hosts: HostGate;
  readonly #modules: ModuleGate;
  /** Bindings whose messages a module holds back, and until when. */
  readonly #held = new Map<string, number>();
  /** Bindings that no host may be connected to from, as long as the route that was known then stands. */
  readonly #closed = new Map<string, { readonly until: number; readonly route: Route | undefined }>();

  constructor(record: DomainRecord, connections: Connections, services: DeliveryServices) {
    this.#record = record;
    this.#connections = connections;
    this.#services = services;
    this.#hosts = new HostGate(services);
    this.#modules = new ModuleGate(record, connections, services);
  }

  /** When there is something to do next for what is in the active queue, in milliseconds; undefined: not by itself. */
  nextOpening(): number | undefined {
    const now = this.#services.clock.millis();
    const instants = [...this.#record.queue.activeCounts.keys()].flatMap((binding) => {
      const gate = this.of(binding);
      if (gate.state !== 'closed') return [now];
      return gate.until === undefined ? [] : [gate.until];
    });
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  of(binding: string): Gate {
    const { policy, remotes } = this.#services;
    const gateway = policy.gateway(this.#domainScope(binding));
    const where = this.#scope(binding);
    if (policy.isBlackholed(where)) return { state: 'blackhole' };
    const remote = gateway === undefined ? this.#record.name : gatewayHost(gateway);
    const method = deliveryMethod(policy.settings, where);
    if (method !== undefined && UNSIMULATED_METHODS.has(method)) return this.#unsimulated(method);
    const plan = method === HTTP ? remotes.planHttp(remote) : remotes.plan(remote);
    if (!plan || policy.isSuspended(where)) return CLOSED;
    const until = this.#heldUntil(binding) ?? this.#throttledUntil('message', where);
    if (until !== undefined) return { state: 'closed', until };
    return this.#barrier(where, plan.behaviour) ?? { state: 'open', plan, remote, gateway };
  }

  /**
   * Where the message's connection goes; the answer is undefined, and the binding stays closed for a while, when there is
   * no such place or a module is against it.
   */
  async place(
    { binding }: QueuedMessage,
    { plan }: OpenGate,
    route: Route | undefined,
  ): Promise<Place | undefined> {
    const held = await this.#modules.messagesFrom(binding);
    if (held !== undefined) {
      this.#held.set(binding, held);
      return undefined;
    }
    if (keepsConnections(plan.behaviour) && this.#connections.idle(binding)) return { ip: plan.ip };
    const where = this.#scope(binding);
    const until = await this.#modules.connectionsFrom(binding, this.#limit(where));
    if (until === undefined) return this.#choose(plan, route, where);
    this.#close(binding, until, true);
    return undefined;
  }

  /** The first of the hosts that no module is against. */
  async #choose(
    plan: RemotePlan,
    route: Route | undefined,
    where: DeliveryScope,
  ): Promise<Place | undefined> {
    const binding = where.binding!;
    const vetoed = new Set<string>();
    for (;;) {
      const choice = this.#nextChoice(plan, route, where, vetoed);
      if ('until' in choice) {
        this.#close(binding, choice.until);
        return undefined;
      }
      const limit = this.#hosts.limit(choice.host ?? this.#record.name, where);
      if (!(await this.#modules.isVetoed(binding, choice, limit))) return choice;
      vetoed.add(choice.ip);
    }
  }

  /** Without any host but vetoed ones, there is a choice again when the queue is looked at anew. */
  #nextChoice(
    { ip }: RemotePlan,
    route: Route | undefined,
    where: DeliveryScope,
    vetoed: ReadonlySet<string>,
  ): Choice {
    const isNew = this.#isSideBySide(this.#services.clock.millis(), this.#limit(where));
    const found = route && this.#hosts.choose(route, where, isNew, vetoed);
    return found ?? (vetoed.size > 0 ? { until: this.#modules.nextScan } : { ip });
  }

  /** No connection from the binding before `until`; `waits`: unless an attempt ends. */
  #close(binding: string, until: number, waits = until === Infinity): void {
    this.#closed.set(binding, { until, route: this.#record.route });
    if (waits) this.#services.waiting.add(this.#record);
  }

  /** What kept the hosts from being connected to may be over. */
  reopen(): void {
    this.#closed.clear();
  }

  /** The address that the next connection would be opened to. */
  nextAddress(route: Route): string | undefined {
    const choice = this.#hosts.choose(route, this.#scope(DEFAULT_BINDING));
    return choice && 'ip' in choice ? choice.ip : undefined;
  }

  /** The connection for a message: an idle one, or a new one; throttles are used up. */
  connection(message: QueuedMessage, behaviour: RemoteBehaviour, { host, ip }: Place): Connection {
    const { clock, connectionIds, opened, policy } = this.#services;
    const where = policy.scopeOf(message);
    const { binding } = message;
    this.#use('message', where);
    const idle = keepsConnections(behaviour) ? this.#connections.idle(binding) : undefined;
    if (idle) {
      idle.idleSince = undefined;
      return idle;
    }
    if (!keepsConnections(behaviour)) this.#connections.closeIdle(binding);
    this.#use('connection', where);
    if (host !== undefined) this.#hosts.use(host, where);
    const now = clock.millis();
    this.#opened = { at: now, count: this.#opened.at === now ? this.#opened.count + 1 : 1 };
    const number = ++opened.count;
    const id = connectionIds.next();
    return this.#connections.open({ id, number, ip, host, binding, openedAt: clock.now() });
  }

  /** A connection has come about. */
  connected(): void {
    this.#failedAt = undefined;
    this.#record.connectionFailures = 0;
  }

  /** A connection has failed: there is no other before `host_failure_retry` is over, or what a hook said for it. */
  failed(retryAfter: number | undefined): void {
    this.#failedAt = this.#services.clock.millis();
    this.#retryAfter = retryAfter;
    this.#record.connectionFailures++;
  }

  /** Whether so many connections have failed for each of the domain's hosts, or the only one that is known. */
  haveAllFailed(limit: number): boolean {
    const { route, connectionFailures } = this.#record;
    return route ? this.#hosts.haveAllFailed(route, limit) : connectionFailures >= limit;
  }

  /** Messages stay where they are. */
  #unsimulated(method: string): Gate {
    if (!this.#unsimulatedMethods.has(method)) {
      this.#unsimulatedMethods.add(method);
      const text = `delivery_method "${method}" of ${this.#record.name} is not simulated: its messages stay in their queue. Use "http" where the hooks http_request_eval and http_response_eval do the work.`;
      this.#services.report('NOT_SIMULATED', text);
    }
    return CLOSED;
  }

  #scope(binding: string): DeliveryScope {
    return this.#services.policy.scope(this.#domainScope(binding));
  }

  #domainScope(binding: string): DeliveryScope {
    return { domain: this.#record.name, binding, group: this.#services.bindings.get(binding)?.group };
  }

  /** What keeps the message from a connection. */
  #barrier(where: DeliveryScope, behaviour: RemoteBehaviour): Gate | undefined {
    const { clock, policy } = this.#services;
    const now = clock.millis();
    const binding = where.binding!;
    this.#connections.expire(now, (name) => policy.number('idle_timeout', this.#scope(name)) * 1000);
    const connects = keepsConnections(behaviour);
    if (connects && this.#connections.idle(binding)) return undefined;
    const limit = this.#limit(where);
    const busy = this.#connections.of(binding).filter(({ idleSince }) => !idleSince);
    if (busy.length >= limit) return CLOSED;
    const closed = this.#closed.get(binding);
    const isClosed = closed && closed.route === this.#record.route && now < closed.until;
    if (isClosed) return closed.until === Infinity ? CLOSED : { state: 'closed', until: closed.until };
    const until = this.#failingUntil(now, limit) ?? this.#throttledUntil('connection', where);
    return until === undefined ? undefined : { state: 'closed', until };
  }

  #heldUntil(binding: string): number | undefined {
    const until = this.#held.get(binding);
    return until !== undefined && this.#services.clock.millis() < until ? until : undefined;
  }

  #limit(where: DeliveryScope): number {
    const configured = this.#services.policy.number('max_outbound_connections', where);
    return configured < 0 ? Infinity : configured;
  }

  /** Connections that are opened at the same instant do not know yet that others of them have failed. */
  #isSideBySide(now: number, limit: number): boolean {
    return this.#opened.at === now && this.#opened.count < limit;
  }

  /** Of a domain whose hosts are not known one by one. */
  #failingUntil(now: number, limit: number): number | undefined {
    if (this.#failedAt === undefined || this.#record.route) return undefined;
    if (this.#isSideBySide(now, limit)) return undefined;
    const { policy } = this.#services;
    const wait = this.#retryAfter ?? policy.number('host_failure_retry', this.#scope(DEFAULT_BINDING));
    const until = this.#failedAt + wait * 1000;
    return now < until ? until : undefined;
  }

  #throttledUntil(kind: keyof typeof THROTTLES, where: DeliveryScope): number | undefined {
    const { clock, throttles } = this.#services;
    const throttle = this.#throttle(kind, where);
    return throttle && throttles.closedUntil(throttle.key, throttle, clock.millis());
  }

  #use(kind: keyof typeof THROTTLES, where: DeliveryScope): void {
    const { clock, throttles } = this.#services;
    const throttle = this.#throttle(kind, where);
    if (throttle) throttles.use(throttle.key, throttle, clock.millis());
  }

  #throttle(kind: keyof typeof THROTTLES, where: DeliveryScope) {
    const { settings } = this.#services.policy;
    const option = THROTTLES[kind];
    const throttle = readThrottle(settings.text(option, where));
    return throttle && { ...throttle, key: `${option} of ${settings.source(option, where)}` };
  }
}
