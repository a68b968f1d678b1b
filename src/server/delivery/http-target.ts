/** Which messages are delivered over HTTP, and where to (4/config/ref-delivery-method, 4/config/ref-routes). */
import { gatewayTarget, routeTarget, type RouteTarget } from '../dns/route-targets';
import type { QueuedMessage } from '../queues';
import type { Connection } from './connections';
import type { DeliveryPolicy } from './policy';
import type { DeliveryScope, DeliverySettings } from './settings';

export const HTTP = 'http';

/** Protocols over HTTP and TLS whose modules make up requests and judge answers by rules of their own. */
export const UNSIMULATED_METHODS: ReadonlySet<string> = new Set(['apn', 'gcm', 'mm7']);

/** The first of the methods that are configured, in lower case; undefined: SMTP. */
export const deliveryMethod = (settings: DeliverySettings, where: DeliveryScope): string | undefined =>
  settings.list('delivery_method', where)[0]?.toLowerCase();

/** The server that a connection goes to. */
export interface HttpTarget {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** Undefined: that of the scheme. */
  readonly port: number | undefined;
}

const HTTPS_PORT = 443;

/** By the option `gateway` or `routes`, or else the host that the domain's mail goes to, or the domain. */
export function httpTarget(policy: DeliveryPolicy, message: QueuedMessage, { host }: Connection): HttpTarget {
  const { domain, binding, group } = message;
  const where = policy.scopeOf(message);
  const configured = configuredTargets(policy, domain, { domain, binding, group });
  const target = configured.find((candidate) => candidate.host === host) ?? configured[0];
  const port = target?.port;
  const tls = policy.settings.text('tls', where)?.toLowerCase() ?? 'no';
  const isSecure = tls === 'required' || tls === 'ifavailable' || port === HTTPS_PORT;
  return { scheme: isSecure ? 'https' : 'http', host: target?.host ?? host ?? domain, port };
}

function configuredTargets(policy: DeliveryPolicy, domain: string, where: DeliveryScope): RouteTarget[] {
  const gateway = policy.gateway(where);
  if (gateway !== undefined) return [gatewayTarget(gateway)];
  return policy.settings.list('routes', where).map((item) => routeTarget(item, domain));
}

const hostText = (host: string) => (host.includes(':') ? `[${host}]` : host);

/**
 * The URL that a request asks for: that of its header `Host`, or else of the server; its URI may be a whole URL.
 * Undefined when that makes no URL.
 */
export function httpUrl(target: HttpTarget, host: string | undefined, uri: string): URL | undefined {
  const { scheme, port } = target;
  const authority = host ?? hostText(target.host);
  const hasPort = /:\d+$/.test(authority);
  const place = hasPort || port === undefined ? authority : `${authority}:${port}`;
  const path = uri.startsWith('/') ? uri : `/${uri}`;
  const text = /^https?:\/\//i.test(uri) ? uri : `${scheme}://${place}${path}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.hash = '';
  return url;
}
