/** Gauge caches (4/lua/ref-msys-gauge-cache-define). */
import type { VirtualClock } from './clock';

/** Named values that live for a while after their last change; the one whose change is oldest goes when it is full. */
export class GaugeCache {
  /** In the order of their last changes. */
  readonly #gauges = new Map<string, { readonly value: number; readonly until: number }>();

  constructor(
    private readonly clock: VirtualClock,
    public maxElements: number,
    public ttlSeconds: number,
  ) {}

  /** 0 for a key that the cache does not have. */
  get(key: string): number {
    this.#expire();
    return this.#gauges.get(key)?.value ?? 0;
  }

  add(key: string, delta: number): void {
    const value = this.get(key) + delta;
    this.#gauges.delete(key);
    this.#gauges.set(key, { value, until: this.clock.millis() + this.ttlSeconds * 1000 });
    this.trim();
  }

  delete(key: string): void {
    this.#gauges.delete(key);
  }

  /** Drops what there is no room for. */
  trim(): void {
    for (const key of this.#gauges.keys()) {
      if (this.#gauges.size <= this.maxElements) return;
      this.#gauges.delete(key);
    }
  }

  #expire(): void {
    for (const [key, { until }] of this.#gauges) if (until <= this.clock.millis()) this.#gauges.delete(key);
  }
}

/** The gauge caches of a server by name. */
export class GaugeCaches {
  readonly #caches = new Map<string, GaugeCache>();

  constructor(private readonly clock: VirtualClock) {}

  get(name: string): GaugeCache | undefined {
    return this.#caches.get(name);
  }

  /** Makes a cache; one of that name keeps its contents and gets the new limits. */
  define(name: string, maxElements: number, ttlSeconds: number): void {
    const known = this.#caches.get(name);
    if (!known) {
      this.#caches.set(name, new GaugeCache(this.clock, maxElements, ttlSeconds));
      return;
    }
    known.maxElements = maxElements;
    known.ttlSeconds = ttlSeconds;
    known.trim();
  }
}
