/** What the configuration says about thread pools, caches, audit series and the heartbeats of logs. */
import type { Configuration } from '../server/config/configuration';
import { parseSeconds } from '../server/config/reading';
import type { HeartbeatLog } from '../server/heartbeats';
import type { ServerState } from '../server/server';
import { isLoaded, textOf } from './modules';

/** Which logs a module writes (4/modules/ec-logger, 4/modules/bounce-logger). */
const LOGS: Readonly<Record<string, readonly HeartbeatLog[]>> = {
  ec_logger: ['mainlog', 'rejectlog'],
  bounce_logger: ['bouncelog'],
};

/**
 * `heartbeat` of the loggers, `ThreadPool` (4/config/ref-threadpool), `Datasource` and `script_ttl` (4/modules/ds-core,
 * 4/modules/scriptlet), and the monitors of `inbound_audit` (4/modules/inbound-audit). Each that cannot be taken is
 * reported and left as it is.
 */
export function configureFacilities(server: ServerState, configuration: Configuration): void {
  const { facilities, caches } = server;
  const take = (work: () => void) => {
    try {
      work();
    } catch (error) {
      server.report('CONFIG_OPTION', error instanceof Error ? error.message : String(error));
    }
  };
  for (const [module, logs] of Object.entries(LOGS))
    for (const log of logs) server.heartbeats.set(log, heartbeatOf(configuration, module));
  for (const { instance } of configuration.root.childrenOf('threadpool'))
    if (instance !== undefined)
      take(() => facilities.threadPools.define(instance, poolOptions(configuration, instance)));
  take(() => caches.configure(configuration));
  take(() =>
    facilities.inboundAudit.configure(configuration.get(['inbound_audit'], 'monitors')?.list() ?? []),
  );
}

/**
 * Whole seconds. Only what is written counts: with the product's default of a minute, logs would be full of what no test
 * is about.
 */
function heartbeatOf(configuration: Configuration, module: string): number {
  if (!isLoaded(configuration, module)) return 0;
  const [seconds = 0] = configuration.root.childrenOf(module).flatMap((stanza) => {
    const heartbeat = textOf(stanza, 'heartbeat');
    return heartbeat === undefined ? [] : [Math.floor(parseSeconds(heartbeat) ?? 0)];
  });
  return seconds;
}

function poolOptions(configuration: Configuration, pool: string) {
  const option = (name: string) => configuration.get([['threadpool', pool]], name)?.number();
  return { concurrency: option('Concurrency'), backlog: option('Backlog') };
}
