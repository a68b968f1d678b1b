/** What `#` says of a table. */
interface Slots {
  readonly strong: ReadonlyMap<unknown, unknown>;
  readonly arraySize: number;
}

/**
 * A border: an index whose value is there while the next one's is not, 0 when that holds of index 1.
 * Of the several borders of a table with holes, the product finds the one that its array part leads to. Of
 * that part only the size which a constructor gave it is known here (`arraySize`); otherwise the number of
 * entries stands in, which is right for every table without holes.
 */
export function border({ strong, arraySize }: Slots): number {
  if (arraySize > 0 && !strong.has(arraySize)) return between(strong, 0, arraySize);
  const likely = strong.size;
  if (likely >= arraySize && !strong.has(likely + 1) && (likely === 0 || strong.has(likely))) return likely;
  let low = arraySize;
  let high = Math.max(low * 2, 1);
  for (; strong.has(high); high *= 2) low = high;
  return between(strong, low, high);
}

/** Halves a range whose lower end is there (or 0) and whose upper end is not. */
function between(strong: ReadonlyMap<unknown, unknown>, from: number, to: number): number {
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (strong.has(middle)) low = middle;
    else high = middle;
  }
  return low;
}
