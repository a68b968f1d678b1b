/** Ties delivery to the configuration and to the scripts. */
import type { Configuration } from '../server/config/configuration';
import { parseBoolean } from '../server/config/reading';
import type { ConfigValue } from '../server/config/value';
import type { RouteSettings } from '../server/dns/routes';
import type { ServerState } from '../server/server';
import { ConfiguredDelivery } from './delivery-settings';
import { isLoaded } from './modules';

/** Which switch of ec_logger or bounce_logger a line depends on (4/modules/ec-logger, 4/modules/bounce-logger). */
const SWITCHES: Readonly<Record<string, { readonly module: string; readonly option: string } | undefined>> = {
  'mainlog R': { module: 'ec_logger', option: 'log_receptions' },
  'mainlog D': { module: 'ec_logger', option: 'log_deliveries' },
  'mainlog T': { module: 'ec_logger', option: 'log_transient_failures' },
  'mainlog P': { module: 'ec_logger', option: 'log_permanent_failures' },
  'bouncelog B': { module: 'bounce_logger', option: 'log_inband_bounces' },
  'bouncelog T': { module: 'bounce_logger', option: 'log_transient_failures' },
};

export function connectDelivery(
  { delivery, dns }: ServerState,
  running: () => Configuration,
  onError: (error: unknown) => void,
): void {
  const settings = new ConfiguredDelivery(running);
  delivery.policy.settings = settings;
  delivery.policy.onError = onError;
  delivery.engine.log.writes = (log, type) => writes(running(), `${log} ${type}`);
  dns.routes.settings = (domain) => routeSettings(settings, domain);
}

function writes(configuration: Configuration, line: string): boolean {
  const { module, option } = SWITCHES[line] ?? {};
  if (module === undefined || option === undefined) return true;
  if (!isLoaded(configuration, module)) return false;
  return configuration.root
    .childrenOf(module)
    .some((stanza) => isOn(stanza.option(option)?.value) && isOn(stanza.option('enabled')?.value));
}

/** Switches are on unless they are turned off. */
function isOn(value: ConfigValue | undefined): boolean {
  return value?.kind === 'text' ? (parseBoolean(value.text) ?? true) : true;
}

function routeSettings(settings: ConfiguredDelivery, domain: string): RouteSettings {
  const where = { domain };
  const list = (option: string) => {
    const items = settings.list(option, where);
    return items.length > 0 ? items : undefined;
  };
  return {
    gateway: settings.text('gateway', where),
    routes: list('routes'),
    useIpv6: settings.boolean('use_ipv6', where),
    preferIpv6: settings.boolean('prefer_ipv6_mxs', where),
    prohibitedHosts: list('prohibited_hosts'),
    skipHosts: list('skip_hosts'),
    minDnsTtl: settings.number('min_dns_ttl', where),
    maxDnsTtl: settings.number('max_dns_ttl', where),
    mxFailuresFallbackToA: settings.number('mx_failures_fallback_to_a', where),
    dnsFailuresToPurge: settings.number('dns_failures_to_purge', where),
  };
}
