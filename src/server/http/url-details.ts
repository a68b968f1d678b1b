import { Dictionary } from './dictionary';
import { percentDecode } from './percent';

/**
 * The product's `ec_url_details`. Strings are byte strings (latin1, one character per byte); all but `url` and
 * `raw_query` are percent-decoded. A part that the URL lacks is undefined (NULL, Lua's nil).
 *
 * Source: `3/3-api/structs-ec-url-details`, `3/3-api/apis-ec-parse-url`.
 */
export interface UrlDetails {
  /** The request target exactly as received. */
  readonly url: string;
  readonly scheme: string | undefined;
  readonly userinfo: { readonly user: string | undefined; readonly pass: string | undefined };
  /** As RFC 3986 defines it: an IPv6 literal keeps its brackets. */
  readonly host: string | undefined;
  /** 0 when the URL names none (or not a number from 1 to 65535). */
  readonly port: number;
  /** Always present, possibly empty. */
  readonly path: string;
  readonly raw_query: string | undefined;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
  /** The query's `key=value` pairs; undefined when there are none or the query cannot be read that way. */
  readonly attrs: Dictionary | undefined;
}

export interface UrlOptions {
  /** Reads `+` in the query as a space, as HTML forms do. The product documents percent-decoding only. */
  readonly plusIsSpace?: boolean;
}

interface Authority {
  readonly userinfo: UrlDetails['userinfo'];
  readonly host: string | undefined;
  readonly port: number;
}

const NO_AUTHORITY: Authority = { userinfo: { user: undefined, pass: undefined }, host: undefined, port: 0 };

/**
 * Reads a request target. Never throws: a bad percent escape stays as it is.
 *
 * A scheme and an authority are only looked for in an absolute URL; a target that begins with `/` is a path even
 * when it begins with `//`.
 *
 * Source: `3/3-api/apis-ec-parse-url`.
 */
export function parseUrl(target: Buffer | string, options: UrlOptions = {}): UrlDetails {
  const url = typeof target === 'string' ? target : target.toString('latin1');
  const [beforeFragment, fragment] = cut(url, '#');
  const [hierarchy, rawQuery] = cut(beforeFragment, '?');
  const absolute = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/]*))?([^]*)$/.exec(hierarchy);
  return {
    url,
    scheme: absolute?.[1],
    ...(absolute?.[2] === undefined ? NO_AUTHORITY : parseAuthority(absolute[2])),
    path: percentDecode(absolute?.[3] ?? hierarchy),
    raw_query: rawQuery,
    query: rawQuery === undefined ? undefined : decodeQuery(rawQuery, options),
    fragment: fragment === undefined ? undefined : percentDecode(fragment),
    attrs: rawQuery === undefined ? undefined : parseAttributes(rawQuery, options),
  };
}

/**
 * `key=value(&key=value)*`. A key without `=` has an empty value, the last of repeated keys wins, empty pairs are
 * passed over; an empty key makes the whole unreadable.
 */
function parseAttributes(rawQuery: string, options: UrlOptions): Dictionary | undefined {
  const pairs = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => cut(pair, '='));
  if (pairs.length === 0 || pairs.some(([key]) => key === '')) return undefined;
  return new Dictionary(
    pairs.map(([key, value = '']) => [decodeQuery(key, options), decodeQuery(value, options)] as const),
  );
}

function decodeQuery(text: string, { plusIsSpace = false }: UrlOptions): string {
  return percentDecode(plusIsSpace ? text.replaceAll('+', ' ') : text);
}

function parseAuthority(authority: string): Authority {
  const at = authority.lastIndexOf('@');
  const [user, pass] = at === -1 ? [undefined, undefined] : cut(authority.slice(0, at), ':');
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?/.exec(authority.slice(at + 1)) ?? [];
  return {
    userinfo: { user: decoded(user), pass: decoded(pass) },
    host: percentDecode(host),
    port: toPort(port),
  };
}

function toPort(digits: string | undefined): number {
  const port = Number(digits ?? 0);
  return port <= 65535 ? port : 0;
}

function decoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : percentDecode(text);
}

/** Splits at the first separator; the second part is undefined when there is none. */
function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
