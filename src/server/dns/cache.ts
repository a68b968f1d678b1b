import net from 'node:net';
import type { VirtualClock } from '../clock';
import type { DnsAnswer } from './answer';
import { dnsName, nameProblem, reverseName } from './names';
import type { RecordType } from './records';
import type { Resolver } from './resolver';

/** The default of `dns_cache_purge_interval` (4/config/ref-dns-cache-purge-interval). */
const PURGE_MILLIS = 60_000;

/** The rows of `dns_cache stats` (4/console-commands/dns-cache). */
export const CACHE_ROWS = ['TXT', 'PTR', 'MX', 'A', 'arpa IPv4', 'arpa IPv6'] as const;
export type CacheRow = (typeof CACHE_ROWS)[number];

/** What the cache is asked; `row` is undefined for what the statistics do not count. */
export interface Question {
  readonly name: string;
  readonly type: RecordType;
  readonly row: CacheRow | undefined;
}

/** A question by name and type. The PTR records of an address are those of its name below `arpa`. */
export function question(name: string, type: RecordType): Question {
  const version = type === 'PTR' ? net.isIP(name) : 0;
  if (version !== 0) return { name: reverseName(name), type, row: version === 4 ? 'arpa IPv4' : 'arpa IPv6' };
  return { name: dnsName(name), type, row: CACHE_ROWS.find((row) => row === type) };
}

/** An answer in the cache, or on its way there. */
export interface CacheEntry {
  readonly name: string;
  readonly type: RecordType;
  /** Undefined while it is on its way. */
  readonly answer: DnsAnswer | undefined;
  /** Seconds that are left of it. */
  readonly ttl: number;
  /** Lookups that wait for it. */
  readonly waiting: number;
}

interface Cached {
  readonly question: Question;
  readonly answer: DnsAnswer;
  readonly expiresMillis: number;
}

interface Outstanding {
  readonly question: Question;
  readonly promise: Promise<DnsAnswer>;
  waiting: number;
}

/**
 * The DNS cache of policy, apart from the route cache: `msys.dnsLookup` and the commands `dns_cache …` use it. Answers
 * stay for their time to live, that a name or its records are missing for 300 s; other failures do not stay.
 */
export class DnsCache {
  #purgedMillis = 0;
  readonly #cached = new Map<string, Cached>();
  readonly #outstanding = new Map<string, Outstanding>();
  readonly #queries = new Map<CacheRow, number>();
  /** Answers from name servers, and those of them that are general failures. */
  responses = 0;
  badResponses = 0;
  lookups = 0;
  hits = 0;

  constructor(
    private readonly resolver: Resolver,
    private readonly clock: VirtualClock,
  ) {}

  /** The cached answer, or one that is fetched; `server` is asked only in the latter case: the cache is one. */
  lookup(asked: Question, server?: string): DnsAnswer | Promise<DnsAnswer> {
    const known = this.peek(asked);
    if (known) return known;
    const underway = this.#outstanding.get(keyOf(asked));
    return underway ? this.#join(underway) : this.#fetch(asked, server);
  }

  /** The cached answer, if there is one; counts as a lookup. */
  peek(asked: Question): DnsAnswer | undefined {
    this.lookups++;
    const cached = this.#live(keyOf(asked));
    if (cached) this.hits++;
    return cached?.answer;
  }

  /** Seconds that are left of the cached answer. */
  ttlOf(asked: Question): number {
    const cached = this.#live(keyOf(asked));
    return cached ? this.#secondsLeft(cached) : 0;
  }

  queriesOf(row: CacheRow): number {
    return this.#queries.get(row) ?? 0;
  }

  /** Everything that is in the cache or on its way there. */
  *entries(): Generator<CacheEntry> {
    for (const { question: asked, waiting } of this.#outstanding.values())
      yield { name: asked.name, type: asked.type, answer: undefined, ttl: 0, waiting };
    for (const key of [...this.#cached.keys()]) {
      const cached = this.#live(key);
      if (!cached) continue;
      const { question: asked, answer } = cached;
      yield { name: asked.name, type: asked.type, answer, ttl: this.#secondsLeft(cached), waiting: 0 };
    }
  }

  /** Forgets every answer. */
  clear(): void {
    this.#cached.clear();
  }

  #fetch(asked: Question, server: string | undefined): DnsAnswer | Promise<DnsAnswer> {
    if (asked.row && !nameProblem(asked.name)) this.#queries.set(asked.row, this.queriesOf(asked.row) + 1);
    const answer = this.resolver.query(asked.name, asked.type, 'policy', server);
    if (!(answer instanceof Promise)) return this.#keep(asked, answer);
    const key = keyOf(asked);
    const promise = answer.then((arrived) => {
      this.#outstanding.delete(key);
      return this.#keep(asked, arrived);
    });
    const outstanding = { question: asked, promise, waiting: 0 };
    this.#outstanding.set(key, outstanding);
    return this.#join(outstanding);
  }

  #join(outstanding: Outstanding): Promise<DnsAnswer> {
    outstanding.waiting++;
    return outstanding.promise;
  }

  #keep(asked: Question, answer: DnsAnswer): DnsAnswer {
    if (answer.status !== 'TIMEOUT' && answer.status !== 'BADNAME') this.responses++;
    if (answer.status === 'SERVFAIL') this.badResponses++;
    this.#purge();
    if (answer.ttl > 0) {
      const expiresMillis = this.clock.millis() + answer.ttl * 1000;
      this.#cached.set(keyOf(asked), { question: asked, answer, expiresMillis });
    }
    return answer;
  }

  #purge(): void {
    if (this.clock.millis() < this.#purgedMillis + PURGE_MILLIS) return;
    this.#purgedMillis = this.clock.millis();
    for (const key of [...this.#cached.keys()]) this.#live(key);
  }

  #live(key: string): Cached | undefined {
    const cached = this.#cached.get(key);
    if (!cached || cached.expiresMillis > this.clock.millis()) return cached;
    this.#cached.delete(key);
    return undefined;
  }

  #secondsLeft(cached: Cached): number {
    return Math.ceil((cached.expiresMillis - this.clock.millis()) / 1000);
  }
}

const keyOf = ({ name, type }: Question) => `${type} ${name}`;
