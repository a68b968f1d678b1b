import type { VirtualClock } from './clock';

export interface CacheLimits {
  /** Entries; when there would be more, those go that were used longest ago. */
  readonly capacity: number;
  /** Seconds that an entry lives from when it was stored. */
  readonly life: number;
}

/** What `cache stat` shows (4/console-commands/cache-stat); counts are those since the cache was made. */
export interface CacheStatistics extends CacheLimits {
  readonly name: string;
  readonly entries: number;
  /** Lookups: hits, misses, and those that joined one under way. */
  readonly loads: number;
  readonly hits: number;
  readonly misses: number;
  readonly pending: number;
  readonly stores: number;
  /** Stores under a key that was there. */
  readonly replaced: number;
  /** Entries that were removed on purpose, for their age, and for want of room. */
  readonly forced: number;
  readonly expired: number;
  readonly lru: number;
  /** Lookups in the current second. */
  readonly queryRate: number;
}

interface Entry<V> {
  readonly value: V;
  readonly storedMillis: number;
}

type Count = 'hits' | 'misses' | 'pending' | 'stores' | 'replaced' | 'forced' | 'expired' | 'lru';

/** A cache with statistics (3/3-api/eccache). Values are never undefined. */
export class Cache<V = unknown> {
  /** Used longest ago first. */
  readonly #entries = new Map<string, Entry<V>>();
  readonly #underway = new Map<string, Promise<V>>();
  readonly #counts: Record<Count, number> = {
    hits: 0,
    misses: 0,
    pending: 0,
    stores: 0,
    replaced: 0,
    forced: 0,
    expired: 0,
    lru: 0,
  };
  #rate = { second: 0, lookups: 0 };
  #limits: CacheLimits;

  constructor(
    readonly name: string,
    limits: CacheLimits,
    private readonly clock: VirtualClock,
  ) {
    this.#limits = limits;
  }

  /** New limits count at once for what is there. */
  set limits(limits: CacheLimits) {
    this.#limits = limits;
    this.#expire();
    this.#trim();
  }

  /** Undefined for a miss. */
  find(key: string): V | undefined {
    this.#expire();
    const entry = this.#entries.get(key);
    this.#countLookup(entry ? 'hits' : 'misses');
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /**
   * What is stored, or what `fetch` gives; all that ask meanwhile get the same. A failure is not stored. A promise only
   * when `fetch` answers one.
   */
  resolve(key: string, fetch: () => V | Promise<V>): V | Promise<V> {
    const underway = this.#underway.get(key);
    if (underway) {
      this.#countLookup('pending');
      return underway;
    }
    const known = this.find(key);
    if (known !== undefined) return known;
    const fetched = fetch();
    if (fetched instanceof Promise) return this.#await(key, fetched);
    this.store(key, fetched);
    return fetched;
  }

  #await(key: string, fetched: Promise<V>): Promise<V> {
    const stored = fetched
      .then((value) => {
        this.store(key, value);
        return value;
      })
      .finally(() => this.#underway.delete(key));
    this.#underway.set(key, stored);
    return stored;
  }

  store(key: string, value: V): void {
    this.#expire();
    this.#counts.stores++;
    if (this.#entries.delete(key)) this.#counts.replaced++;
    this.#entries.set(key, { value, storedMillis: this.clock.millis() });
    this.#trim();
  }

  /** Removes everything; answers how many entries that were. */
  purge(): number {
    this.#expire();
    const { size } = this.#entries;
    this.#counts.forced += size;
    this.#entries.clear();
    return size;
  }

  get statistics(): CacheStatistics {
    this.#expire();
    const { hits, misses, pending } = this.#counts;
    const { second, lookups } = this.#rate;
    return {
      name: this.name,
      ...this.#limits,
      entries: this.#entries.size,
      loads: hits + misses + pending,
      ...this.#counts,
      queryRate: second === this.clock.seconds() ? lookups : 0,
    };
  }

  #countLookup(count: 'hits' | 'misses' | 'pending'): void {
    this.#counts[count]++;
    const second = this.clock.seconds();
    const lookups = this.#rate.second === second ? this.#rate.lookups : 0;
    this.#rate = { second, lookups: lookups + 1 };
  }

  #expire(): void {
    const oldest = this.clock.millis() - this.#limits.life * 1000;
    for (const [key, { storedMillis }] of this.#entries) {
      if (storedMillis > oldest) continue;
      this.#entries.delete(key);
      this.#counts.expired++;
    }
  }

  #trim(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.capacity) return;
      this.#entries.delete(key);
      this.#counts.lru++;
    }
  }
}
