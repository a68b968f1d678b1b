/** `cache list` (4/console-commands/cache-list). */
import type { CacheStatistics } from '../../cache';
import type { CommandAnswer, CommandCall } from './command';

/** Per cent, 0 of nothing. */
const share = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);

export const utilization = ({ entries, capacity }: CacheStatistics) => share(entries, capacity);
export const hitRate = ({ hits, loads }: CacheStatistics) => share(hits, loads);
/** How much of what the cache does is reading. */
export const workload = ({ loads, stores }: CacheStatistics) => share(loads, loads + stores);

export const percent = (value: number) => `${value.toFixed(2).padStart(6)}%`;
const count = (value: number) => String(value).padStart(10);

interface Attribute {
  readonly of: (statistics: CacheStatistics) => number;
  readonly show: (value: number) => string;
}

const counted = (of: Attribute['of']): Attribute => ({ of, show: count });
const relative = (of: Attribute['of']): Attribute => ({ of, show: percent });

/** The attributes that the command's error text lists. */
const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  capacity: counted(({ capacity }) => capacity),
  entries: counted(({ entries }) => entries),
  utilization: relative(utilization),
  loads: counted(({ loads }) => loads),
  stores: counted(({ stores }) => stores),
  hits: counted(({ hits }) => hits),
  misses: counted(({ misses }) => misses),
  forced: counted(({ forced }) => forced),
  expired: counted(({ expired }) => expired),
  lru: counted(({ lru }) => lru),
  'hit-rate': relative(hitRate),
  workload: relative(workload),
  'query-rate': counted(({ queryRate }) => queryRate),
};

/** Further names of the documentation. */
const MORE: Readonly<Record<string, Attribute>> = {
  used: relative(utilization),
  replaced: counted(({ replaced }) => replaced),
  hitratio: relative(hitRate),
  queryrate: counted(({ queryRate }) => queryRate),
};

const KNOWN = new Map(Object.entries({ ...ATTRIBUTES, ...MORE }));

/** What `all` shows, in this order. */
const ALL = [
  ...['capacity', 'entries', 'used', 'loads', 'stores', 'hits', 'misses', 'forced', 'expired', 'lru'],
  ...['replaced', 'hitratio', 'workload', 'queryrate'],
];

const INVALID =
  'Valid attributes are [capacity,entries,utilization,loads,stores,hits,misses,\n' +
  ' forced,expired,lru,hit-rate,workload,query-rate]\n';

export function listCaches({ server, args }: CommandCall): CommandAnswer {
  const caches = [...server.caches].map(({ statistics }) => statistics);
  if (args.length === 1 && args[0] === 'summary') return summary(caches);
  const names = args.length === 1 && args[0] === 'all' ? ALL : args;
  if (names.some((name) => !KNOWN.has(name))) return { text: INVALID, status: 'FAILED' };
  const lines = caches.map((cache) => `${names.map((name) => shown(name, cache)).join(' ')} ${cache.name}`);
  return {
    text: [...lines, '', ` ${caches.length} caches listed.`, ''].join('\n'),
    data: { caches: caches.map((cache) => ({ name: cache.name, ...valuesOf(names, cache) })) },
  };
}

const valueOf = (name: string, cache: CacheStatistics) => KNOWN.get(name)!.of(cache);

const shown = (name: string, cache: CacheStatistics) => KNOWN.get(name)!.show(valueOf(name, cache));

const valuesOf = (names: readonly string[], cache: CacheStatistics) =>
  Object.fromEntries(names.map((name) => [name, valueOf(name, cache)]));

const SUMMARY_HEADER = 'CAPACITY    ENTRIES     USED    HT/TL   RD/WR CACHE';

function summary(caches: readonly CacheStatistics[]): CommandAnswer {
  const lines = caches.map((cache) => {
    const sizes = `${String(cache.capacity).padEnd(13)} ${String(cache.entries).padEnd(6)}`;
    const rates = `${percent(hitRate(cache))} ${percent(workload(cache))}`;
    return `${sizes} ${percent(utilization(cache))}  ${rates} ${cache.name}`;
  });
  const text = [SUMMARY_HEADER, ...lines, '', `  ${caches.length} caches listed.`, ''].join('\n');
  return { text, data: { caches: caches.map(summaryFacts) } };
}

const summaryFacts = (cache: CacheStatistics) => ({
  name: cache.name,
  capacity: cache.capacity,
  entries: cache.entries,
  used: utilization(cache),
  hitratio: hitRate(cache),
  workload: workload(cache),
});
