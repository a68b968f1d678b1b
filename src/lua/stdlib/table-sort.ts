/**
 * `table.sort`: 5.1's quicksort, comparison by comparison, because the order of equal elements, the calls
 * of the comparison function and the complaint about an inconsistent one can all be observed.
 */
import { charge } from '../vm/budget';
import { callNoYield } from '../vm/calls';
import { ltable, T, TValue, type LuaState, type Table } from '../vm/fengari';
import { isTrue, lessThan } from '../vm/operations';
import { rawGet, rawSet } from '../vm/tables';
import { argAt, checkFunction, checkTable, libraryError, pushValue } from './args';

class Sorter {
  readonly #less: (a: TValue, b: TValue) => boolean;

  constructor(
    private readonly L: LuaState,
    private readonly table: Table,
    order: TValue | undefined,
  ) {
    this.#less = order ? (a, b) => this.#ask(order, a, b) : (a, b) => lessThan(L, a, b);
  }

  #ask(order: TValue, a: TValue, b: TValue): boolean {
    const { L } = this;
    const func = L.top;
    pushValue(L, order);
    pushValue(L, a);
    pushValue(L, b);
    callNoYield(L, func, 1);
    L.top = func;
    return isTrue(L.stack[func]!);
  }

  #get(i: number): TValue {
    const { type, value } = rawGet(this.table, new TValue(T.number, i));
    return new TValue(type, value);
  }

  #put(i: number, value: TValue): void {
    rawSet(this.L, this.table, new TValue(T.number, i), value);
  }

  /** Swaps two elements when the second is less; answers whether it did. */
  #order(i: number, j: number): boolean {
    const low = this.#get(i);
    const high = this.#get(j);
    if (!this.#less(high, low)) return false;
    this.#put(i, high);
    this.#put(j, low);
    return true;
  }

  sort(first: number, last: number): void {
    let low = first;
    let high = last;
    while (low < high) {
      this.#order(low, high);
      if (high - low === 1) return;
      const middle = Math.floor((low + high) / 2);
      if (!this.#order(low, middle)) this.#order(middle, high);
      if (high - low === 2) return;
      const split = this.#partition(low, high, middle);
      // The smaller part recursively, the larger one in this loop.
      if (split - low < high - split) {
        this.sort(low, split - 1);
        low = split + 1;
      } else {
        this.sort(split + 1, high);
        high = split - 1;
      }
    }
  }

  /** Puts what is less than the median before it; answers where the median is then. */
  #partition(low: number, high: number, middle: number): number {
    charge(this.L, high - low);
    const pivot = this.#get(middle);
    const beforeLast = this.#get(high - 1);
    this.#put(middle, beforeLast);
    this.#put(high - 1, pivot);
    let i = low;
    let j = high - 1;
    for (;;) {
      let left = this.#get(++i);
      for (; this.#less(left, pivot); left = this.#get(++i)) if (i > high) this.#refuse();
      let right = this.#get(--j);
      for (; this.#less(pivot, right); right = this.#get(--j)) if (j < low) this.#refuse();
      if (j < i) break;
      this.#put(i, right);
      this.#put(j, left);
    }
    const displaced = this.#get(i);
    const median = this.#get(high - 1);
    this.#put(high - 1, displaced);
    this.#put(i, median);
    return i;
  }

  #refuse(): never {
    return libraryError(this.L, 'invalid order function for sorting');
  }
}

export function sort(L: LuaState): number {
  const table = checkTable(L, 1);
  const length = ltable.luaH_getn(table) as number;
  const order = argAt(L, 2).type === T.nil ? undefined : checkFunction(L, 2);
  new Sorter(L, table, order).sort(1, length);
  return 0;
}
