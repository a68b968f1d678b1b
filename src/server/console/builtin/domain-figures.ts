/** What the rows of `active`, `delayed` and `domain all` tell about domains. */
import type { DomainRecord } from '../../domain-record';
import type { ServerState } from '../../server';

export interface DomainFigures {
  /** Open connections. */
  readonly connections: number;
  /** Messages in the active queue. */
  readonly active: number;
  /** Messages in the delayed queue. */
  readonly delayed: number;
  /** Messages delivered during the life of the domain record. */
  readonly delivered: number;
}

export function domainsByName({ domains }: ServerState): DomainRecord[] {
  return [...domains].sort((one, other) => (one.name < other.name ? -1 : 1));
}

export const NO_FIGURES: DomainFigures = { connections: 0, active: 0, delayed: 0, delivered: 0 };

/** The figures of a domain: of one binding, or all. */
export function figuresOf({ delivery }: ServerState, record: DomainRecord, binding?: string): DomainFigures {
  const { queue, traffic, active, delayedCount, deliveries } = record;
  const connections = [...delivery.engine.connections(record)];
  if (binding === undefined)
    return { connections: connections.length, active, delayed: delayedCount, delivered: deliveries };
  return {
    connections: connections.filter((connection) => connection.binding === binding).length,
    active: queue.activeCounts.get(binding) ?? 0,
    delayed: queue.delayed.filter((message) => message.binding === binding).length,
    delivered: traffic.of(binding).delivered,
  };
}
