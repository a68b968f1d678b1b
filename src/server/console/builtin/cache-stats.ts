/** The table of statistics that `cache stats` and `ds_core stats` share. */
import type { CacheStatistics } from '../../cache';

export const STATS_HEADER: readonly string[] = [
  'cache name                      lookups %                  deletions %',
  '                       elts  hit miss pend  total  inserts man ttl lru  total',
  '---------------------- ----- -------------------- -------- ------------------',
];

const right = (value: number, width: number) => String(value).padStart(width);

/** Lookups and inserts: whole per cents and totals, in the columns that both tables have. */
export function middleColumns({ hits, misses, pending, loads, stores }: CacheStatistics): string {
  const lookups = perCents([hits, misses, pending], loads);
  return `${lookups}${right(loads, 9)}${right(stores, 9)}`;
}

/** Deletions: by command, for their age, and for want of room; then the total, in a column of that width. */
export function deletionColumns({ forced, expired, lru }: CacheStatistics, width: number): string {
  const total = forced + expired + lru;
  return `${perCents([forced, expired, lru], total)}${right(total, width)}`;
}

function perCents(parts: readonly number[], whole: number): string {
  return parts.map((part) => right(whole === 0 ? 0 : Math.round((100 * part) / whole), 4)).join('');
}

/** The facts of a row as data. */
export function statsFacts(name: string, statistics: CacheStatistics) {
  const { entries, hits, misses, pending, loads, stores, forced, expired, lru } = statistics;
  const deletions = { forced, expired, lru, total: forced + expired + lru };
  return { name, entries, lookups: { hits, misses, pending, total: loads }, inserts: stores, deletions };
}
