import type { HttpRequest, HttpResponseData, SocketAddress } from '../../server/http/messages';

/** One line of the httplog and the facts in it. */
export interface HttpLogEntry {
  /** The line in the product's layout, without a line end. */
  readonly text: string;
  /** When the request arrived, in milliseconds since 1970. */
  readonly at: number;
  /** `ip:port` */
  readonly remote: string;
  /** The listener's address as configured, `*:2081`. */
  readonly local: string;
  readonly method: string;
  /** As received, without the leading slash and without the query. */
  readonly path: string;
  readonly httpVersion: string;
  readonly status: number;
  /** Of the response's body. */
  readonly bytes: number;
  /** From request to response. */
  readonly milliseconds: number;
}

/**
 * `1700000000 192.0.2.1:40000 *:2081 "GET somepath HTTP/1.1" 200 15 0.750`
 *
 * Source: `4/log-formats-httplog`.
 */
export function httpLogEntry(
  request: Omit<HttpRequest, 'body'>,
  response: HttpResponseData,
  time: { readonly from: number; readonly to: number },
): HttpLogEntry {
  const { method, httpVersion } = request;
  const facts = {
    at: time.from,
    remote: formatAddress(request.remote),
    local: request.listener ?? `*:${request.local.port}`,
    method,
    path: pathAsReceived(request.target),
    httpVersion,
    status: response.status,
    bytes: response.body.length,
    milliseconds: time.to - time.from,
  };
  const text = `${Math.floor(facts.at / 1000)} ${facts.remote} ${facts.local} ${outcomeOf(facts)}`;
  return { text, ...facts };
}

/**
 * What `Log_Requests_to_Paniclog` writes behind the time stamp, in Momentum 4's layout:
 * `192.0.2.1 "GET somepath HTTP/1.1" 200 15 0.750`
 *
 * Source: `4/log-formats-paniclog`.
 */
export function accessLine(entry: HttpLogEntry, address: string): string {
  return `${address} ${outcomeOf(entry)}`;
}

function outcomeOf(entry: Omit<HttpLogEntry, 'text'>): string {
  const { method, path, httpVersion, status, bytes, milliseconds } = entry;
  return `"${method} ${path} HTTP/${httpVersion}" ${status} ${bytes} ${milliseconds.toFixed(3)}`;
}

function formatAddress({ address, port }: SocketAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function pathAsReceived(target: string): string {
  return target.replace(/[?#][^]*$/, '').replace(/^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*)?\/?/, '');
}
