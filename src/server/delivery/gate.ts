import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import type { RemoteBehaviour, RemotePlan } from '../remote';
import type { Connection, Connections } from './connections';
import { scopeOf } from './policy';
import type { DeliveryServices } from './services';
import type { DeliveryScope } from './settings';
import { readThrottle } from './throttles';

/** Whether a message of a binding may be delivered now; when it may not, until when, if that is known. */
export type Gate =
  | { readonly state: 'open'; readonly plan: RemotePlan; readonly remote: string }
  | { readonly state: 'blackhole' }
  | { readonly state: 'closed'; readonly until?: number };

const CLOSED: Gate = { state: 'closed' };

const THROTTLES = {
  message: 'outbound_throttle_messages',
  connection: 'outbound_throttle_connections',
} as const;

/** What keeps the messages of one domain from being delivered: suspension, throttles, limits, failures of its hosts. */
export class DeliveryGate {
  readonly #record: DomainRecord;
  readonly #connections: Connections;
  readonly #services: DeliveryServices;
  /** When the hosts last failed; undefined once a connection came about. */
  #failedAt: number | undefined;
  /** How many connections have been opened at one instant: those are opened side by side. */
  #opened = { at: NaN, count: 0 };

  constructor(record: DomainRecord, connections: Connections, services: DeliveryServices) {
    this.#record = record;
    this.#connections = connections;
    this.#services = services;
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
    const where = this.#scope(binding);
    if (policy.isBlackholed(where)) return { state: 'blackhole' };
    const remote = policy.settings.text('gateway', where) ?? this.#record.name;
    const plan = remotes.plan(remote);
    if (!plan || policy.isSuspended(where)) return CLOSED;
    const until = this.#throttledUntil('message', where);
    if (until !== undefined) return { state: 'closed', until };
    return this.#barrier(where, plan.behaviour) ?? { state: 'open', plan, remote };
  }

  /** The connection for a message: an idle one, or a new one; throttles are used up. */
  connection(message: QueuedMessage, behaviour: RemoteBehaviour, ip: string): Connection {
    const { clock, connectionIds, opened } = this.#services;
    const where = scopeOf(message);
    const { binding } = message;
    this.#use('message', where);
    const idle = behaviour.kind === 'reply' ? this.#connections.idle(binding) : undefined;
    if (idle) {
      idle.idleSince = undefined;
      return idle;
    }
    if (behaviour.kind !== 'reply') this.#connections.closeIdle(binding);
    this.#use('connection', where);
    const now = clock.millis();
    this.#opened = { at: now, count: this.#opened.at === now ? this.#opened.count + 1 : 1 };
    const number = ++opened.count;
    return this.#connections.open({ id: connectionIds.next(), number, ip, binding, openedAt: clock.now() });
  }

  /** A connection has come about. */
  connected(): void {
    this.#failedAt = undefined;
    this.#record.connectionFailures = 0;
  }

  /** A connection has failed: there is no other before `host_failure_retry` is over. */
  failed(): void {
    this.#failedAt = this.#services.clock.millis();
    this.#record.connectionFailures++;
  }

  #scope(binding: string): DeliveryScope {
    return { domain: this.#record.name, binding, group: this.#services.bindings.get(binding)?.group };
  }

  /** What keeps the message from a connection. */
  #barrier(where: DeliveryScope, behaviour: RemoteBehaviour): Gate | undefined {
    const { clock, policy } = this.#services;
    const now = clock.millis();
    const binding = where.binding!;
    this.#connections.expire(now, (name) => policy.number('idle_timeout', this.#scope(name)) * 1000);
    const connects = behaviour.kind === 'reply';
    if (connects && this.#connections.idle(binding)) return undefined;
    const configured = policy.number('max_outbound_connections', where);
    const limit = configured < 0 ? Infinity : configured;
    const busy = this.#connections.of(binding).filter(({ idleSince }) => !idleSince);
    if (busy.length >= limit) return CLOSED;
    const until = this.#failingUntil(now, limit) ?? this.#throttledUntil('connection', where);
    return until === undefined ? undefined : { state: 'closed', until };
  }

  /** Connections that are opened at the same instant do not know yet that others of them have failed. */
  #failingUntil(now: number, limit: number): number | undefined {
    if (this.#failedAt === undefined) return undefined;
    if (this.#opened.at === now && this.#opened.count < limit) return undefined;
    const wait = this.#services.policy.number('host_failure_retry', { domain: this.#record.name });
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
