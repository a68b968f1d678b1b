import { isFieldName, isFieldValue, quoteField } from './server/http/field-syntax';
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
  /** Credentials, sent as HTTP Basic. */
  readonly auth?: { readonly user: string; readonly password: string };
}

const PEER = { address: '127.0.0.1', port: 40000 };
const LISTENER = { address: '127.0.0.1', port: 2081 };

/** What a socket would have delivered for a request. Throws UsageError for one that no client could send. */
export function inProcessRequest(
  { method = 'GET', url, headers = {}, body, auth }: RequestOptions,
  listener: string,
): HttpRequest {
  if (typeof url !== 'string' || url === '') throw new UsageError('request: url is missing');
  const list = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, byteText(one)]),
  );
  if (auth) list.push(['Authorization', basic(auth)]);
  checkSendable(method, url, list);
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
    listener: listener.replace(/^:/, '*:'),
    httpVersion: '1.1',
  };
}

function basic({ user, password }: NonNullable<RequestOptions['auth']>): string {
  if (user.includes(':')) throw new UsageError(`request: auth.user ${quoteField(user)} has a colon in it`);
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** What would begin another header or request is no client's to send. */
function checkSendable(method: string, url: string, headers: readonly [string, string][]): void {
  if (!isFieldName(method)) throw new UsageError(`request: ${quoteField(method)} is no method`);
  if (/[\x00-\x20\x7f]/.test(url))
    throw new UsageError(
      `request: the url ${quoteField(url)} holds a space or a control character; encode it`,
    );
  for (const [name, value] of headers) {
    if (!isFieldName(name)) throw new UsageError(`request: ${quoteField(name)} is no header name`);
    if (!isFieldValue(value))
      throw new UsageError(`request: the value ${quoteField(value)} of ${name} holds a control character`);
  }
}

const byteText = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
