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

/** The figures of a domain: of one binding, or all. */
export function figuresOf(
  { delivery }: ServerState,
  record: DomainRecord,
  binding?: string,
): DomainFigures {
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

export function sumOf(figures: readonly DomainFigures[]): DomainFigures {
  const sum = (member: keyof DomainFigures) => figures.reduce((total, each) => total + each[member], 0);
  return {
    connections: sum('connections'),
    active: sum('active'),
    delayed: sum('delayed'),
    delivered: sum('delivered'),
  };
}
