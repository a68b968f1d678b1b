/** `ds_core …`: the caches of the data sources, each a stanza `Datasource` (4/modules/ds-core). */
import { displayed } from '../../dns/names';
import { deletionColumns, middleColumns, STATS_HEADER, statsFacts } from './cache-stats';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { commandsOfModule } from './module-commands';

const DOC = '4/modules/ds-core';
/** Characters of a name that `ds_core stats` shows. */
const SHOWN = 10;

export const dsCoreCommands: readonly BuiltinCommand[] = commandsOfModule('ds_core', [
  {
    name: 'ds_core flush',
    usage: 'cache_name',
    summary: 'removes all entries from the cache of a data source',
    doc: DOC,
    run: flush,
  },
  {
    name: 'ds_core stats',
    summary: 'shows the statistics of the caches of data sources',
    doc: DOC,
    run: stats,
  },
]);

function flush({ server, args }: CommandCall): CommandAnswer {
  const [given, ...more] = args;
  if (given === undefined || more.length > 0) throw new CommandUsageError('One cache name expected');
  const name = displayed(given);
  const entries = server.caches.dataSource(name)?.purge();
  if (entries === undefined) throw new CommandUsageError(`The configuration has no Datasource "${name}".`);
  return { text: `flushed ${entries} entries from cache '${name}'\n`, data: { cache: name, entries } };
}

function stats({ server }: CommandCall): CommandAnswer {
  const sources = [...server.caches.dataSources].map(([name, cache]) => [name, cache.statistics] as const);
  const rows = sources.flatMap(([name, statistics]) => [
    name.slice(0, SHOWN),
    `${String(statistics.entries).padStart(28)}${middleColumns(statistics)}${deletionColumns(statistics, 7)}`,
  ]);
  return {
    text: [...STATS_HEADER, ...rows, ''].join('\n'),
    data: { caches: sources.map(([name, statistics]) => statsFacts(name, statistics)) },
  };
}
