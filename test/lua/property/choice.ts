import { Random } from '../../../src/server/random';

/** Random choices that a seed determines. */
export class Choice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** From 0 to `max`, both included. */
  upTo(max: number): number {
    return this.#random.integer(0, max);
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.upTo(items.length - 1)]!;
  }

  /** True in `percent` of all cases. */
  chance(percent: number): boolean {
    return this.upTo(99) < percent;
  }

  list<Item>(min: number, max: number, make: (i: number) => Item): Item[] {
    return Array.from({ length: min + this.upTo(max - min) }, (_, i) => make(i));
  }
}
