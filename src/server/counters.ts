/** The generic counters (4/lua/ref-msys-counter-open, 4/console-commands/counter). */
import type { VirtualClock } from './clock';

/**
 * `relaxed`: every handle counts for itself and a reading sums them up, which nobody can tell from one sum; `strict`:
 * all handles share one value.
 */
export type CounterSemantics = 'strict' | 'relaxed';

/** What a handle refers to. It goes on counting when its path has been unlinked. */
export class Counter {
  #value = 0;
  #resetAt: Date;

  constructor(
    readonly path: string,
    readonly semantics: CounterSemantics,
    private readonly clock: VirtualClock,
  ) {
    this.#resetAt = clock.now();
  }

  get value(): number {
    return this.#value;
  }

  /** When it was made or last reset. */
  get resetAt(): Date {
    return this.#resetAt;
  }

  /** Counters hold integers: the fraction of `delta` goes. */
  add(delta: number): void {
    this.#value += Math.trunc(delta);
  }

  reset(): void {
    this.#value = 0;
    this.#resetAt = this.clock.now();
  }
}

/** Handles stay in the cache of Lua so long after they were opened (4/lua/ref-msys-counter-unlink). */
const CACHE_MILLIS = 5 * 60_000;

/** The index of counters by path, one for the whole server. */
export class Counters implements Iterable<Counter> {
  readonly #index = new Map<string, Counter>();
  readonly #cache = new Map<string, { readonly counter: Counter; readonly until: number }>();

  constructor(private readonly clock: VirtualClock) {}

  /** The counter of a path, made when there is none; an existing one keeps its semantics. */
  open(path: string, semantics: CounterSemantics = 'strict'): Counter {
    let counter = this.#index.get(path);
    if (!counter) this.#index.set(path, (counter = new Counter(path, semantics, this.clock)));
    return counter;
  }

  /**
   * The same through the cache of Lua: for five minutes a script gets the counter that it got before, even if the path
   * has been unlinked meanwhile.
   */
  openCached(path: string, semantics?: CounterSemantics): Counter {
    const known = this.#cached(path);
    if (known) return known;
    const counter = this.open(path, semantics);
    this.#cache.set(path, { counter, until: this.clock.millis() + CACHE_MILLIS });
    return counter;
  }

  /** Without making one. */
  find(path: string): Counter | undefined {
    return this.#index.get(path);
  }

  /** `find` through the cache of Lua. */
  findCached(path: string): Counter | undefined {
    return this.#cached(path) ?? this.find(path);
  }

  /** Takes a counter out of the index; answers whether it was there. */
  unlink(path: string): boolean {
    return this.#index.delete(path);
  }

  /** The linked counters, sorted by path. */
  *[Symbol.iterator](): Generator<Counter> {
    for (const path of [...this.#index.keys()].sort()) yield this.#index.get(path)!;
  }

  #cached(path: string): Counter | undefined {
    const known = this.#cache.get(path);
    return known && known.until > this.clock.millis() ? known.counter : undefined;
  }
}
