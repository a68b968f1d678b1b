/** Ties delivery to the configuration and to the scripts. */
import { messageOf } from '../api/delivery-objects';
import { deliveryHooks } from '../scriptlet/delivery-hooks';
import type { Generation } from '../scriptlet/generation';
import { byteString } from '../server/bytes';
import type { Configuration } from '../server/config/configuration';
import type { QueueHooks } from '../server/delivery/hooks';
import type { RouteSettings } from '../server/dns/routes';
import type { Message } from '../server/messages/message';
import type { QueuedMessage } from '../server/queues';
import { ValidationContext } from '../server/reception/validation-context';
import type { ServerState } from '../server/server';
import { ConfiguredDelivery } from './delivery-settings';
import { isSwitchedOn } from './loggers';
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

export interface DeliveryTies {
  readonly running: () => Configuration;
  /** The scripts that serve; undefined while the first ones are being loaded. */
  readonly generation: () => Generation | undefined;
  /** Takes the error of a hook that nobody waits for. */
  readonly onError: (error: unknown) => void;
}

export function connectDelivery(server: ServerState, { running, generation, onError }: DeliveryTies): void {
  const { delivery, dns } = server;
  const { engine, policy } = delivery;
  const settings = new ConfiguredDelivery(running);
  policy.settings = settings;
  policy.onError = onError;
  policy.hooks = deliveryHooks(generation, (message) => bindAnew(server, messageOf(message)));
  engine.log.writes = (log, type) => writes(running(), `${log} ${type}`);
  // Scripts have a say in the schedule: it begins when there are some.
  engine.delayNotices.isLoaded = () => generation() !== undefined && isLoaded(running(), 'delay_dsn');
  engine.reports.submit = (report) => submit(server, report);
  const routes = new Map<string, readonly string[]>();
  dns.routes.settings = (domain) => ({ ...routeSettings(settings, domain), ...routesOf(routes, domain) });
  engine.routes = (domain, gateway) => {
    const { domainRoutes } = policy.hooks;
    const lookup = () => (dns.isConfigured ? dns.routes.lookup(byteString(domain), gateway) : undefined);
    return domainRoutes ? overridden(routes, domain, domainRoutes(domain), lookup) : lookup();
  };
}

/** What `rebind` does for a message: the phase `set_binding` runs once more. */
async function bindAnew({ reception }: ServerState, message: Message): Promise<string | undefined> {
  const { context } = message;
  const vctx = new ValidationContext(context.connection, context.message);
  await reception.policy().validate('set_binding', { session: undefined, vctx, message });
  const { chosenBinding } = message;
  message.chosenBinding = undefined;
  return chosenBinding;
}

/** A report goes the way of all mail that the server makes itself. */
async function submit({ reception }: ServerState, report: Message): Promise<QueuedMessage | undefined> {
  const { from, to, context, raw = Buffer.alloc(0) } = report;
  const [queued] = await reception.submit({ from, to: [to], raw, context, bounce: true });
  return queued;
}

/** Looks a domain up with the routes that a hook has for it. */
async function overridden<Answer>(
  routes: Map<string, readonly string[]>,
  domain: string,
  asked: ReturnType<NonNullable<QueueHooks['domainRoutes']>>,
  lookup: () => Answer,
): Promise<Awaited<Answer>> {
  const list = await asked;
  if (list) routes.set(domain, list);
  else routes.delete(domain);
  return await lookup();
}

function routesOf(
  routes: ReadonlyMap<string, readonly string[]>,
  domain: string,
): Pick<RouteSettings, 'routes'> {
  const list = routes.get(domain);
  return list ? { routes: list } : {};
}

function writes(configuration: Configuration, line: string): boolean {
  const { module, option } = SWITCHES[line] ?? {};
  if (module === undefined || option === undefined) return true;
  return isSwitchedOn(configuration, module, option);
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
