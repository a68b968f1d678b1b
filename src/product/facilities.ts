/** What the configuration says about thread pools, caches and audit series. */
import type { Configuration } from '../server/config/configuration';
import type { ServerState } from '../server/server';

/**
 * `ThreadPool` (4/config/ref-threadpool), `Datasource` and `script_ttl` (4/modules/ds-core, 4/modules/scriptlet), and
 * the monitors of `inbound_audit` (4/modules/inbound-audit). Each that cannot be taken is reported and left as it is.
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
  for (const { instance } of configuration.root.childrenOf('threadpool'))
    if (instance !== undefined)
      take(() => facilities.threadPools.define(instance, poolOptions(configuration, instance)));
  take(() => caches.configure(configuration));
  take(() =>
    facilities.inboundAudit.configure(configuration.get(['inbound_audit'], 'monitors')?.list() ?? []),
  );
}

function poolOptions(configuration: Configuration, pool: string) {
  const option = (name: string) => configuration.get([['threadpool', pool]], name)?.number();
  return { concurrency: option('Concurrency'), backlog: option('Backlog') };
}
