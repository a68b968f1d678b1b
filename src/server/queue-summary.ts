/** What bindings have in the queues of domains (4/console-commands/4-mailq, 4/http-api-stats/queues-mailq). */
import type { DomainRecord } from './domain-record';
import type { ServerState } from './server';

/** One binding with one domain. Names are those of the HTTP API; the last four count since the record is there. */
export interface QueueSummaryRow {
  readonly group: string;
  readonly binding: string;
  readonly domain: string;
  /** Active messages. */
  readonly aq: number;
  /** Delayed messages. */
  readonly dq: number;
  readonly receptions: number;
  readonly permfails: number;
  readonly transfails: number;
  readonly deliveries: number;
}

export interface QueueSummaryFilter {
  /** In lower case; all when there are none. */
  readonly domains?: readonly string[];
  /** All when there are none. */
  readonly bindings?: readonly string[];
  /** How many rows are kept, those with the longest queues; 20. */
  readonly limit?: number;
}

export const DEFAULT_LIMIT = 20;

/** By binding group and binding, in the order of their definition; those of a binding with the longest queue first. */
export function queueSummary(server: ServerState, filter: QueueSummaryFilter = {}): QueueSummaryRow[] {
  const { bindings } = server.delivery;
  const { groups } = bindings;
  const placeOf = ({ group, binding }: QueueSummaryRow) =>
    groups.indexOf(group) * bindings.length + bindings.get(binding)!.slot;
  return [...server.domains]
    .filter(({ name }) => isWanted(filter.domains, name))
    .flatMap((record) => rowsOf(server, record))
    .filter(({ binding }) => isWanted(filter.bindings, binding))
    .sort(byLength)
    .slice(0, filter.limit ?? DEFAULT_LIMIT)
    .sort((one, other) => placeOf(one) - placeOf(other) || byLength(one, other));
}

const isWanted = (names: readonly string[] = [], name: string) => names.length === 0 || names.includes(name);

const byLength = (one: QueueSummaryRow, other: QueueSummaryRow) => other.aq - one.aq || other.dq - one.dq;

/** A domain's binding has a queue as soon as there has been a message in it. */
function rowsOf({ delivery }: ServerState, { name, queue, traffic }: DomainRecord): QueueSummaryRow[] {
  const delayed = new Map<string, number>();
  for (const { binding } of queue.delayed) delayed.set(binding, (delayed.get(binding) ?? 0) + 1);
  const trying = [...queue.trying].map(({ binding }) => binding);
  const used = new Set([...queue.activeCounts.keys(), ...delayed.keys(), ...trying, ...traffic.bindings]);
  return [...used].map((binding) => {
    const { received, delivered, transient, failed } = traffic.of(binding);
    return {
      group: delivery.bindings.get(binding)!.group,
      binding,
      domain: name,
      aq: queue.activeCounts.get(binding) ?? 0,
      dq: delayed.get(binding) ?? 0,
      receptions: received,
      permfails: failed,
      transfails: transient,
      deliveries: delivered,
    };
  });
}
