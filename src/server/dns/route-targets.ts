/** The options `gateway` (4/config/ref-gateway) and `routes` (4/config/ref-routes): where mail goes instead. */
import net from 'node:net';
import { UsageError } from '../../support/errors';
import { canonicalAddress } from './names';

/** One place to route to. */
export interface RouteTarget {
  /** A host name, or an address without brackets. */
  readonly host: string;
  /** What is looked up for a name: its addresses, or its mail exchangers. */
  readonly lookup: 'a' | 'mx';
  /** Undefined: after everything that is listed before. */
  readonly preference?: number;
  readonly port?: number;
  /** Seconds, in place of what the DNS says. */
  readonly ttl?: number;
}

/** The item of `routes` that stands for the domain's own mail exchangers. */
const OWN_MX = '__mx__';
const URL_FORM = /^[a-z][a-z0-9+.-]*:\/\/([^?]*)(?:\?(.*))?$/i;
const HOST_FORM = /^(?:\[([^\]]+)\]|([^:[\]\s/]+))(?::(\d+))?$/;

/** `10.0.0.1`, `[fe80::a00]:1`, `smart.host`. Throws UsageError for anything else. */
export function gatewayTarget(gateway: string): RouteTarget {
  return { ...hostAndPort(gateway, `gateway = "${gateway}"`), lookup: 'a' };
}

/**
 * An item of `routes`: a host, an address, `__mx__`, or `smtp://host?pref=P&ttl=T&port=O&type=mx|a`. Throws UsageError
 * for anything else.
 */
export function routeTarget(item: string, domain: string): RouteTarget {
  if (item === OWN_MX) return { host: domain, lookup: 'mx' };
  const where = `routes, "${item}"`;
  const [, place, query = ''] = URL_FORM.exec(item) ?? [];
  if (place === undefined) return { ...hostAndPort(item, where), lookup: 'a' };
  const target = place === OWN_MX ? { host: domain } : hostAndPort(place.replace(/\/$/, ''), where);
  const options = routeOptions(query, where);
  return { lookup: place === OWN_MX ? 'mx' : 'a', ...target, ...options };
}

type RouteOptions = Partial<Omit<RouteTarget, 'host'>>;

const OPTIONS: Readonly<Record<string, (value: string) => RouteOptions | undefined>> = {
  pref: (value) => whole(value, (preference) => ({ preference })),
  ttl: (value) => whole(value, (ttl) => ({ ttl })),
  port: (value) => whole(value, (port) => ({ port })),
  type: (value) => {
    const lookup = value.toLowerCase();
    return lookup === 'a' || lookup === 'mx' ? { lookup } : undefined;
  },
};

function whole(value: string, options: (number: number) => RouteOptions): RouteOptions | undefined {
  return /^\d{1,10}$/.test(value) ? options(Number(value)) : undefined;
}

function routeOptions(query: string, where: string): RouteOptions {
  const options: RouteOptions[] = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split('=', 2);
      const read = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
      const option = read?.(value);
      if (!option) throw new UsageError(`${where}: '${part}' is not one of pref=, ttl=, port=, type=mx|a`);
      return option;
    });
  return Object.assign({}, ...options) as RouteOptions;
}

function hostAndPort(text: string, where: string): { host: string; port?: number } {
  if (net.isIPv6(text)) return { host: canonicalAddress(text) };
  const [, bracketed, plain, port] = HOST_FORM.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (bracketed !== undefined && !net.isIP(bracketed)))
    throw new UsageError(`${where}: a host name or an address expected (IPv6 in brackets)`);
  const address = net.isIP(host) ? canonicalAddress(host) : host.replace(/\.$/, '');
  return { host: address, ...(port !== undefined && { port: Number(port) }) };
}

/** The address in a domain that is one: `192.0.2.1`, `[192.0.2.1]`, `[IPv6:2001:db8::1]`. */
export function addressLiteral(domain: string): string | undefined {
  const inner = /^\[(?:ipv6:)?(.*)\]$/i.exec(domain)?.[1] ?? domain;
  return net.isIP(inner) && !inner.includes('%') ? canonicalAddress(inner) : undefined;
}
