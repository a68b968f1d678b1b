import type { DomainRecord } from '../domain-record';
import type { Connections } from './connections';
import type { HostSubject } from './hooks';
import type { Place } from './host-gate';
import type { DeliveryServices } from './services';

/**
 * What modules have to say against the deliveries of one domain: throttles, goals, vetoes (3/3-api/hooks-core). Instants
 * are in milliseconds.
 */
export class ModuleGate {
  readonly #record: DomainRecord;
  readonly #connections: Connections;
  readonly #services: DeliveryServices;

  constructor(record: DomainRecord, connections: Connections, services: DeliveryServices) {
    this.#record = record;
    this.#connections = connections;
    this.#services = services;
  }

  /** When the next message of a binding may be sent; undefined: now. */
  async messagesFrom(binding: string): Promise<number | undefined> {
    const { clock, policy } = this.#services;
    const later = await policy.hooks.messageThrottle?.(this.#record, binding, clock.now());
    return later && this.#after(later);
  }

  /** When one more connection may be opened from a binding; undefined: now. `limit`: what is configured. */
  async connectionsFrom(binding: string, limit: number): Promise<number | undefined> {
    const { clock, policy } = this.#services;
    const later = await policy.hooks.connectionThrottle?.(this.#record, binding, clock.now());
    if (later) return this.#after(later);
    const { connectionGoal } = policy.hooks;
    if (!connectionGoal) return undefined;
    const open = this.#connections.of(binding).length;
    const waiting = (this.#record.queue.activeCounts.get(binding) ?? 0) + 1;
    const goal = await connectionGoal(this.#record, binding, Math.min(limit, open + waiting));
    return open < goal ? undefined : this.nextScan;
  }

  /** Whether a module forbids a connection to the place. `maxConnections`: -1 is any number. */
  async isVetoed(binding: string, { host, ip }: Place, maxConnections: number): Promise<boolean> {
    const { connections, policy } = this.#services;
    const { vetoHost } = policy.hooks;
    if (!vetoHost) return false;
    const openConnections = [...connections()].filter((connection) => connection.ip === ip).length;
    const subject: HostSubject = {
      record: this.#record,
      binding,
      connection: undefined,
      host: host ?? this.#record.name,
      ip,
      maxConnections,
      openConnections,
    };
    return vetoHost(subject);
  }

  /** When the queue is looked at again (4/config/ref-delayed-queue-scan-interval). */
  get nextScan(): number {
    const { clock, policy } = this.#services;
    return clock.millis() + policy.number('delayed_queue_scan_interval', {}) * 1000;
  }

  /** An instant that is not to come would be asked about for ever. */
  #after(later: Date): number {
    return later.getTime() > this.#services.clock.millis() ? later.getTime() : this.nextScan;
  }
}
