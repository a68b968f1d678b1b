import { toPlain, type Plain } from '../plain';
import type { DnsFault } from './answer';
import type { DnsCache } from './cache';
import {
  checkedDelay,
  checkedFault,
  checkedName,
  checkedType,
  setRecords,
  type RecordsFixture,
} from './fixtures';
import { displayed } from './names';
import { recordText, type RecordType } from './records';
import type { DnsQuery, Resolver } from './resolver';
import type { Zone } from './zone';

/** What ends a fault or a delay. */
export interface DnsHandle {
  restore(): void;
}

interface Parts {
  readonly zone: Zone;
  readonly resolver: Resolver;
  readonly cache: DnsCache;
}

/**
 * `mta.dns`: the DNS as the test makes it, changeable at any time. The server's caches keep what they have been
 * answered for its time to live, as in production: advance the clock, or `flush`. Methods throw UsageError for what
 * is no name, type, record, fault or delay.
 */
export class SimulatedDns {
  readonly #parts: Parts;
  readonly #changed: () => void;

  constructor(parts: Parts, changed: () => void) {
    this.#parts = parts;
    this.#changed = changed;
  }

  /**
   * Gives a name its records of a type, in place of those it has, and ends the faults in their way. Without records
   * the name exists and has no data of the type. `ttl` is in seconds; 300.
   */
  set<Type extends RecordType>(
    name: string,
    type: Type,
    records: RecordsFixture<Type>,
    { ttl }: { readonly ttl?: number } = {},
  ): void {
    const key = checkedName(name, 'dns.set');
    const checked = checkedType(type, 'dns.set');
    setRecords(this.#parts.zone, key, checked, records, ttl, `dns.set, ${name}, ${type}`);
    this.#changed();
  }

  /** Takes away a name's records of a type, or all it has. False when there were none. */
  remove(name: string, type?: RecordType): boolean {
    const key = checkedName(name, 'dns.remove');
    return this.#parts.zone.remove(key, type && checkedType(type, 'dns.remove'));
  }

  /** Makes questions for a name fail, all or those for one type; `restore` ends it. A TIMEOUT takes 10 s. */
  fail(name: string, fault: DnsFault, type?: RecordType): DnsHandle {
    const key = checkedName(name, 'dns.fail');
    const checked = checkedFault(fault, 'dns.fail');
    const restore = this.#parts.zone.fail(key, checked, type && checkedType(type, 'dns.fail'));
    this.#changed();
    return { restore };
  }

  /** Makes answers for a name take virtual time: milliseconds, or `2s`. From 10 s on they are too late. */
  delay(name: string, amount: number | string): DnsHandle {
    const key = checkedName(name, 'dns.delay');
    const restore = this.#parts.zone.delay(key, checkedDelay(amount, 'dns.delay'));
    this.#changed();
    return { restore };
  }

  /** The questions that reached the name servers, in order; what a cache answered is not among them. */
  get queries(): readonly DnsQuery[] {
    return this.#parts.resolver.queries;
  }

  /** Empties the DNS cache of policy. */
  flush(): void {
    this.#parts.cache.clear();
  }

  /** All records, as a zone file would write them. */
  toJSON(): Plain {
    return toPlain(
      [...this.#parts.zone.records()].map(({ name, type, ttl, data }) => ({
        name: displayed(name),
        type,
        ttl,
        data: displayed(recordText(type, data)),
      })),
    );
  }
}
