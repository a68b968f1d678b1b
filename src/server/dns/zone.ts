/** What the simulated DNS knows: records by name and type, and names that fail or are slow. */
import { failedAnswer, type DnsAnswer, type DnsFault, type ResourceRecord } from './answer';
import { dnsName, nameProblem, parentName } from './names';
import { sameData, type RecordData, type RecordType } from './records';

/** Time to live of records that say nothing of it, in seconds. */
export const DEFAULT_TTL = 300;

/** A CNAME beside other records of its name, or a second one (RFC 1034, 3.6.2). */
export class CnameConflict extends Error {}

interface RecordSet {
  readonly ttl: number;
  readonly records: readonly RecordData[];
}

interface Disturbance<Value> {
  readonly name: string;
  /** Undefined for all types. */
  readonly type: RecordType | undefined;
  readonly value: Value;
}

export class Zone {
  readonly #names = new Map<string, Map<RecordType, RecordSet>>();
  readonly #faults = new Disturbances<DnsFault>();
  readonly #delays = new Disturbances<number>();
  /** The names with records and all above them. */
  #existing: ReadonlySet<string> | undefined;

  /** Makes a name exist, with or without records. */
  touch(name: string): void {
    this.#setsOf(dnsName(name));
  }

  /**
   * Gives a name its records of a type, in place of what it has of it, and ends the faults in their way. Without
   * records the name exists and has no data of the type. Throws CnameConflict.
   */
  set(name: string, type: RecordType, records: readonly RecordData[], ttl = DEFAULT_TTL): void {
    const key = dnsName(name);
    if (records.length > 0) this.#checkAlias(key, type, records.length);
    const sets = this.#setsOf(key);
    if (records.length > 0) sets.set(type, { ttl, records });
    else sets.delete(type);
    this.#faults.endAt(key, type);
  }

  /** Adds a record to what a name has. Of different times to live in a set the shortest counts. */
  add(name: string, type: RecordType, data: RecordData, ttl = DEFAULT_TTL): void {
    const before = this.#names.get(dnsName(name))?.get(type);
    if (!before) {
      this.set(name, type, [data], ttl);
      return;
    }
    const isNew = !before.records.some((known) => sameData(known, data));
    this.set(name, type, isNew ? [...before.records, data] : before.records, Math.min(before.ttl, ttl));
  }

  /** Takes away a name's records of a type, or the name with all of them. False when there were none. */
  remove(name: string, type?: RecordType): boolean {
    const key = dnsName(name);
    const sets = this.#names.get(key);
    this.#existing = undefined;
    if (!type || !sets) return this.#names.delete(key);
    const removed = sets.delete(type);
    if (sets.size === 0) this.#names.delete(key);
    return removed;
  }

  /** Makes questions for a name fail, whatever its records; returns the way back. The latest of several counts. */
  fail(name: string, fault: DnsFault, type?: RecordType): () => void {
    return this.#faults.begin({ name: dnsName(name), type, value: fault });
  }

  /** Makes answers for a name take time (milliseconds); returns the way back. The latest of several counts. */
  delay(name: string, millis: number): () => void {
    return this.#delays.begin({ name: dnsName(name), type: undefined, value: millis });
  }

  /** How long the answer to a question takes, in milliseconds. */
  delayOf(name: string, type: RecordType): number {
    return this.#delays.at(dnsName(name), type) ?? 0;
  }

  /** Answers a question: CNAMEs are followed, a loop of them is SERVFAIL, wildcards stand for missing names. */
  answer(asked: string, type: RecordType): DnsAnswer {
    let name = dnsName(asked);
    if (nameProblem(name)) return failedAnswer('BADNAME');
    const aliases: ResourceRecord[] = [];
    const seen = new Set<string>();
    while (!seen.has(name)) {
      seen.add(name);
      const fault = this.#faults.at(name, type);
      if (fault) return failedAnswer(fault, aliases);
      const sets = this.#find(name);
      if (!sets) return failedAnswer('NXDOMAIN', aliases);
      const found = recordsOf(name, type, sets.get(type));
      if (found.length > 0) return success(aliases, found);
      const [alias] = recordsOf(name, 'CNAME', sets.get('CNAME'));
      if (!alias) return failedAnswer('NODATA', aliases);
      aliases.push(alias);
      name = dnsName(alias.data as string);
    }
    return failedAnswer('SERVFAIL', aliases);
  }

  /** All records, name by name in the order in which the names came. */
  *records(): Generator<ResourceRecord> {
    for (const [name, sets] of this.#names) for (const [type, set] of sets) yield* recordsOf(name, type, set);
  }

  #find(name: string): ReadonlyMap<RecordType, RecordSet> | undefined {
    const own = this.#names.get(name);
    if (own) return own;
    if (this.#exists(name)) return new Map();
    // RFC 4592: only the wildcard below the closest name that exists stands in.
    let closest = parentName(name);
    while (closest !== undefined && !this.#exists(closest)) closest = parentName(closest);
    return closest === undefined ? undefined : this.#names.get(closest === '' ? '*' : `*.${closest}`);
  }

  #exists(name: string): boolean {
    this.#existing ??= withAncestors(this.#names.keys());
    return this.#existing.has(name);
  }

  #setsOf(key: string): Map<RecordType, RecordSet> {
    let sets = this.#names.get(key);
    if (!sets) {
      this.#names.set(key, (sets = new Map<RecordType, RecordSet>()));
      this.#existing = undefined;
    }
    return sets;
  }

  #checkAlias(key: string, type: RecordType, count: number): void {
    const others = [...(this.#names.get(key)?.keys() ?? [])].filter((other) => other !== type);
    const [other] = type === 'CNAME' ? others : others.filter((known) => known === 'CNAME');
    if (other) throw new CnameConflict(`a name with a CNAME has no other records: this one has ${other} too`);
    if (type === 'CNAME' && count > 1) throw new CnameConflict('a name has one CNAME only');
  }
}

class Disturbances<Value> {
  #list: Disturbance<Value>[] = [];

  begin(disturbance: Disturbance<Value>): () => void {
    this.#list.push(disturbance);
    return () => {
      this.#list = this.#list.filter((other) => other !== disturbance);
    };
  }

  at(name: string, type: RecordType): Value | undefined {
    return this.#list.findLast((one) => covers(one, name, type))?.value;
  }

  endAt(name: string, type: RecordType): void {
    this.#list = this.#list.filter((one) => !covers(one, name, type));
  }
}

function covers(one: Disturbance<unknown>, name: string, type: RecordType): boolean {
  return one.name === name && (one.type === undefined || one.type === type);
}

function recordsOf(name: string, type: RecordType, set: RecordSet | undefined): ResourceRecord[] {
  return set ? set.records.map((data) => ({ name, type, ttl: set.ttl, data })) : [];
}

function success(aliases: readonly ResourceRecord[], records: readonly ResourceRecord[]): DnsAnswer {
  const ttl = Math.min(...[...aliases, ...records].map((record) => record.ttl));
  return { status: 'OK', aliases, records, ttl };
}

function withAncestors(names: Iterable<string>): ReadonlySet<string> {
  const all = new Set<string>();
  for (const name of names)
    for (let at: string | undefined = name; at !== undefined && !all.has(at); at = parentName(at))
      all.add(at);
  return all;
}
