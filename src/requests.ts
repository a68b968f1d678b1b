import type { HttpRequest } from './server/http/messages';
import { UsageError } from './support/errors';

export interface RequestOptions {
  /** `GET` unless said otherwise. */
  readonly method?: string;
  /** The request target: a path with its query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text is sent as UTF-8, a Buffer as it is; anything else as JSON. */
  readonly body?: unknown;
}

const PEER = { address: '127.0.0.1', port: 40000 };
const LISTENER = { address: '127.0.0.1', port: 2081 };

/** What a socket would have delivered for a request. Throws UsageError for one that no client could send. */
export function inProcessRequest({ method = 'GET', url, headers = {}, body }: RequestOptions): HttpRequest {
  if (typeof url !== 'string' || url === '') throw new UsageError('request: url is missing');
  const list = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, byteText(one)]),
  );
  const has = (name: string) => list.some(([key]) => key.toLowerCase() === name);
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const bytes = isRaw ? Buffer.from(body ?? '') : Buffer.from(JSON.stringify(body));
  if (!isRaw && !has('content-type')) list.push(['Content-Type', 'application/json']);
  if (!has('host')) list.push(['Host', `${LISTENER.address}:${LISTENER.port}`]);
  if (bytes.length > 0 && !has('content-length')) list.push(['Content-Length', String(bytes.length)]);
  return {
    method,
    target: byteText(url),
    headers: list,
    body: bytes,
    remote: PEER,
    local: LISTENER,
    listener: '*:2081',
    httpVersion: '1.1',
  };
}

const byteText = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
