/** One registration: `handler` answers `method` requests (undefined: every method) for `path` and below. */
export interface Endpoint<H> {
  readonly method: string | undefined;
  /** Without a trailing slash, except for `/` itself. */
  readonly path: string;
  readonly handler: H;
  /** Where it was registered. */
  readonly where: SourcePlace | undefined;
}

/** An endpoint as snapshots and test results show it; `method` is null when it answers every method. */
export interface EndpointName {
  readonly method: string | null;
  readonly path: string;
}

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** Why no request can ever reach an endpoint. */
export type Unreachable<H> =
  | { readonly reason: 'shadowed'; readonly by: Endpoint<H> }
  /** Request paths begin with `/`. */
  | { readonly reason: 'relative-path' }
  /** The query takes no part in the comparison. */
  | { readonly reason: 'query-in-path' }
  /** Methods are case-sensitive, and those of HTTP are in upper case. */
  | { readonly reason: 'lower-case-method' };

/**
 * The HTTP endpoints of one configuration generation, in order of registration.
 *
 * Source: `4/lua/ref-msys-httpsrv-register`, `3/3-api/apis-ec-httpsrv-register`.
 */
export class EndpointRegistry<H> implements Iterable<Endpoint<H>> {
  private readonly list: Endpoint<H>[] = [];

  /**
   * Adds an endpoint at the end. A trailing slash of `path` makes no difference, the empty path is `/`. Registering
   * the same method and path again is no error: the earlier one keeps winning.
   */
  register(method: string | undefined, path: string, handler: H, where?: SourcePlace): Endpoint<H> {
    const endpoint = { method, path: withoutTrailingSlash(path), handler, where };
    this.list.push(endpoint);
    return endpoint;
  }

  /**
   * The first endpoint, in order of registration, that has exactly this method (or any) and whose path is the
   * request's or an ancestor of it, segment by segment: `/a` matches `/a`, `/a/` and `/a/b`, not `/ab`. There is no
   * rule of the longest prefix, and no fall-back from HEAD to GET.
   *
   * @param path the path component of the request's URL, percent-decoded and without the query
   */
  match(method: string, path: string): Endpoint<H> | undefined {
    return this.list.find(
      (endpoint) => acceptsMethod(endpoint, method) && isChildOrSame(path || '/', endpoint.path),
    );
  }

  /** Why `endpoint` can never be reached, or undefined when it can. */
  unreachable(endpoint: Endpoint<H>): Unreachable<H> | undefined {
    const { method, path } = endpoint;
    if (!path.startsWith('/')) return { reason: 'relative-path' };
    if (path.includes('?')) return { reason: 'query-in-path' };
    if (method !== undefined && method !== method.toUpperCase()) return { reason: 'lower-case-method' };
    const by = this.list
      .slice(0, this.list.indexOf(endpoint))
      .find((earlier) => acceptsMethod(earlier, method) && isChildOrSame(path, earlier.path));
    return by && { reason: 'shadowed', by };
  }

  /** Plain data for snapshots, in order of registration; `method` is null for an endpoint of every method. */
  get endpoints(): EndpointName[] {
    return this.list.map(endpointName);
  }

  /** In order of registration. */
  [Symbol.iterator](): ArrayIterator<Endpoint<H>> {
    return this.list.values();
  }
}

export function endpointName({ method, path }: Endpoint<unknown>): EndpointName {
  return { method: method ?? null, path };
}

function acceptsMethod(endpoint: Endpoint<unknown>, method: string | undefined): boolean {
  return endpoint.method === undefined || endpoint.method === method;
}

function isChildOrSame(path: string, base: string): boolean {
  return path === base || path.startsWith(base === '/' ? '/' : `${base}/`);
}

function withoutTrailingSlash(path: string): string {
  return path.replace(/\/+$/, '') || '/';
}
