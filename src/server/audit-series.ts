/** Counts by key in sliding windows of time (4/lua/ref-msys-audit-series-define). */
import { contains, parseAddress, parseBlock, type CidrBlock } from './cidr-block';
import type { VirtualClock } from './clock';

export const SERIES_TYPES = ['cidr', 'cidr_ipv6', 'string'] as const;
export type SeriesType = (typeof SERIES_TYPES)[number];

export interface SeriesShape {
  readonly type: SeriesType;
  /** Seconds of a window. */
  readonly interval: number;
  readonly windows: number;
  /** False: replicated to a cluster that there is not, it counts nothing. */
  readonly counts?: boolean;
}

/** A key or a range of windows that a series does not take. */
export class SeriesError extends Error {}

interface Item {
  /** As it was given first. */
  readonly key: string;
  readonly address: CidrBlock | undefined;
  /** Counts by the number of the window, counted from 1970. */
  readonly counts: Map<number, number>;
}

/** One series. Windows begin at multiples of their length; number 0 is the current one, 1 the one before it. */
export class AuditSeries {
  readonly #items = new Map<string, Item>();

  constructor(
    readonly shape: SeriesShape,
    private readonly clock: VirtualClock,
  ) {}

  /** Adds to the current window of a key. */
  add(key: string, count: number): void {
    const { name, address } = this.#key(key);
    if (this.shape.counts === false) return;
    let item = this.#items.get(name);
    if (!item) this.#items.set(name, (item = { key, address, counts: new Map() }));
    const window = this.#window();
    item.counts.set(window, (item.counts.get(window) ?? 0) + count);
    for (const at of item.counts.keys()) if (at <= window - this.shape.windows) item.counts.delete(at);
  }

  /** The sum of the windows `from` to `to`; of a series of addresses, over a whole block. */
  count(key: string, from: number, to: number): number {
    if (from < 0 || to < from) throw new SeriesError(`no windows from ${from} to ${to}`);
    const now = this.#window();
    const last = Math.min(to, this.shape.windows - 1);
    let sum = 0;
    for (const { counts } of this.#matching(key))
      for (const [window, count] of counts) if (now - window >= from && now - window <= last) sum += count;
    return sum;
  }

  /** Everything that was counted and not removed, in the order of the first counts. */
  get keys(): string[] {
    return [...this.#items.values()].map(({ key }) => key);
  }

  remove(key: string): void {
    this.#items.delete(this.#key(key).name);
  }

  #window(): number {
    return Math.floor(this.clock.seconds() / this.shape.interval);
  }

  #matching(key: string): Item[] {
    if (this.shape.type === 'string') {
      const item = this.#items.get(key);
      return item ? [item] : [];
    }
    const block = this.#checkFamily(parseBlock(key), key);
    return [...this.#items.values()].filter(({ address }) => address && contains(block, address));
  }

  #key(key: string): { name: string; address: CidrBlock | undefined } {
    if (this.shape.type === 'string') return { name: key, address: undefined };
    const address = this.#checkFamily(parseAddress(key), key);
    return { name: address.first.toString(36), address };
  }

  #checkFamily(block: CidrBlock | undefined, key: string): CidrBlock {
    const family = this.shape.type === 'cidr' ? 4 : 6;
    if (block?.family === family) return block;
    throw new SeriesError(
      `'${key}' is no IPv${family} address, which a series of type ${this.shape.type} takes`,
    );
  }
}

const isSame = (a: SeriesShape, b: SeriesShape) =>
  a.type === b.type && a.interval === b.interval && a.windows === b.windows && a.counts === b.counts;

export class AuditSeriesTable {
  readonly #series = new Map<string, AuditSeries>();

  constructor(private readonly clock: VirtualClock) {}

  get(name: string): AuditSeries | undefined {
    return this.#series.get(name);
  }

  /** Makes a series; one of that name and shape keeps its counts, so that scripts can be loaded again. */
  define(name: string, shape: SeriesShape): AuditSeries {
    let series = this.#series.get(name);
    if (!series || !isSame(series.shape, shape))
      this.#series.set(name, (series = new AuditSeries(shape, this.clock)));
    return series;
  }
}
