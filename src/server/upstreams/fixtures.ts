/** The option `upstreams`: what tests put in the place of HTTP servers that the product and its scripts call. */
import { UsageError } from '../../support/errors';

/** What an upstream is asked. */
export interface UpstreamRequest {
  /** `GET`, `POST`, any token. */
  readonly method: string;
  /** The complete URL, without a fragment. */
  readonly url: string;
  /** By names in lower case; several values of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text: UTF-8 where it is that. */
  readonly body: string;
  /** The bytes of the body. */
  readonly raw: Buffer;
}

export interface UpstreamResponse {
  /** 100 to 999; 200. */
  readonly status?: number;
  /** The reason phrase; the usual one of the status. */
  readonly statusText?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text is sent as UTF-8, bytes as they are, anything else as JSON. */
  readonly body?: unknown;
  /** How long the answer takes, in virtual time: milliseconds, or `2s`. */
  readonly delay?: number | string;
}

export type UpstreamError = 'refused' | 'timeout' | 'reset';

/** No answer: the connection is refused or broken, or the client waits until its time is over. */
export interface UpstreamFault {
  readonly error: UpstreamError;
}

export type UpstreamAnswer = UpstreamResponse | UpstreamFault;

/** May return a promise; what it throws breaks the connection. */
export type UpstreamFunction = (request: UpstreamRequest) => UpstreamAnswer | Promise<UpstreamAnswer>;

/** What answers, or the same answer for every request. */
export type UpstreamFixture = UpstreamFunction | UpstreamAnswer;

/** By base URL: `http://api.test`, `https://api.test:8443/v1`. */
export type UpstreamsOption = Readonly<Record<string, UpstreamFixture>>;

/** A base URL, read: requests of this origin at its path and below it. */
export interface UpstreamBase {
  readonly origin: string;
  /** Without a slash at its end. */
  readonly path: string;
}

/** Throws UsageError for what is no base URL. */
export function readBase(text: unknown, where: string): UpstreamBase {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  const isBase =
    url && /^https?:$/.test(url.protocol) && url.search + url.hash + url.username + url.password === '';
  if (!isBase)
    throw new UsageError(
      `${where}: the URL of a server expected, such as 'http://api.test' or 'https://api.test/v1', not ${JSON.stringify(text)}`,
    );
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}

/** Throws UsageError for what is neither a function nor an answer. */
export function checkFixture(fixture: unknown, where: string): UpstreamFixture {
  if (typeof fixture === 'function') return fixture as UpstreamFunction;
  return checkAnswer(fixture, where);
}

const ERRORS: readonly unknown[] = ['refused', 'timeout', 'reset'] satisfies UpstreamError[];
const MEMBERS = ['status', 'statusText', 'headers', 'body', 'delay'];

const isText = (value: unknown) => typeof value === 'string';
const isHeaderValue = (value: unknown) => (Array.isArray(value) ? value.every(isText) : isText(value));

/** Throws UsageError for what is no answer. */
export function checkAnswer(answer: unknown, where: string): UpstreamAnswer {
  const expected = (what: string, value: unknown) =>
    new UsageError(`${where}: ${what} expected, not ${JSON.stringify(value)}`);
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw expected('{ status, headers, body } or { error }', answer);
  if ('error' in answer) {
    if (ERRORS.includes(answer.error) && Object.keys(answer).length === 1) return answer as UpstreamFault;
    throw expected("{ error: 'refused' | 'timeout' | 'reset' }", answer);
  }
  const { status = 200, statusText = '', headers = {} } = answer as UpstreamResponse;
  const unknown = Object.keys(answer).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) throw expected(`one of ${MEMBERS.join(', ')}`, unknown);
  if (!Number.isInteger(status) || status < 100 || status > 999)
    throw expected('a status from 100 to 999', status);
  if (typeof statusText !== 'string' || /[\r\n]/.test(statusText))
    throw expected('a statusText of one line', statusText);
  if (typeof (headers as unknown) !== 'object' || (headers as unknown) === null || Array.isArray(headers))
    throw expected('an object of headers', headers);
  for (const [name, value] of Object.entries(headers as Record<string, unknown>))
    if (!isHeaderValue(value)) throw expected(`a text, or several, for the header ${name}`, value);
  return answer;
}
