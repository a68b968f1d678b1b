/** `cache …`: the caches of the server and their statistics. */
import type { Cache } from '../../cache';
import { displayed } from '../../dns/names';
import { hitRate, listCaches, percent, utilization, workload } from './cache-list';
import { deletionColumns, middleColumns, STATS_HEADER, statsFacts } from './cache-stats';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';

export const cacheCommands: readonly BuiltinCommand[] = [
  {
    name: 'cache list',
    usage: '[attribute …]',
    summary: 'lists the caches, with attributes of each',
    doc: '4/console-commands/cache-list',
    run: listCaches,
  },
  {
    name: 'cache stat',
    usage: 'cache_name',
    summary: 'shows the statistics of one cache in detail',
    doc: '4/console-commands/cache-stat',
    run: stat,
  },
  {
    name: 'cache stats',
    usage: '[cache_name …]',
    summary: 'shows the statistics of caches',
    doc: '4/console-commands/cache-stats',
    run: stats,
  },
];

function cacheOf({ server }: CommandCall, name: string): Cache {
  const cache = server.caches.find(displayed(name));
  if (cache) return cache;
  throw new CommandUsageError(`No cache is named '${displayed(name)}'; cache list shows them.`);
}

function stat(call: CommandCall): CommandAnswer {
  const [name, ...more] = call.args;
  if (name === undefined || more.length > 0) throw new CommandUsageError('One cache name expected');
  const { statistics } = cacheOf(call, name);
  const { forced, expired, lru } = statistics;
  const rows: readonly (readonly [label: string, value: number | string])[] = [
    ['Name', statistics.name],
    ['Capacity', statistics.capacity],
    ['Entries', statistics.entries],
    ['Utilization', percent(utilization(statistics))],
    ['Query Rate', `${statistics.queryRate} q/s`],
    ['Loads', statistics.loads],
    ['  Hits', statistics.hits],
    ['  Misses', statistics.misses],
    ['  Pending', statistics.pending],
    ['Stores', statistics.stores],
    ['Invalidations', forced + expired + lru],
    ['  Forced', forced],
    ['  Expired', expired],
    ['  Capacity', lru],
    ['Hit Rate', percent(hitRate(statistics))],
    ['Workload (R/W)', percent(workload(statistics))],
    ['  Reads', statistics.loads],
    ['  Writes', statistics.stores],
  ];
  const text = rows.map(([label, value]) => `${label.padEnd(14)}: ${value}\n`).join('');
  return { text, data: statistics };
}

function stats(call: CommandCall): CommandAnswer {
  const { args, server } = call;
  const caches = args.length === 0 ? [...server.caches] : args.map((name) => cacheOf(call, name));
  const facts = caches.map(({ statistics }) => statistics);
  const rows = facts.map((cache) => {
    const start = `${cache.name.padEnd(22)}${String(cache.entries).padStart(5)}`;
    return `${start}${middleColumns(cache)}${deletionColumns(cache, 9)}`;
  });
  return {
    text: [...STATS_HEADER, '', ...rows, ''].join('\n'),
    data: { caches: facts.map((cache) => statsFacts(cache.name, cache)) },
  };
}
