import type { DomainView, Momentum } from '../index';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** By form and not by class: a test that resets jest's modules has several classes of the same name. */
export function isMomentum(value: unknown): value is Momentum {
  return isObject(value) && ['takeFailures', 'endpoints', 'paniclog', 'crashed'].every((key) => key in value);
}

export function isDomainView(value: unknown): value is DomainView {
  const members = ['name', 'delayed', 'delayNote', 'delayedCount', 'messages', 'toJSON'];
  return isObject(value) && members.every((member) => member in value);
}

/** What supertest's Response and the answer of `mta.request` have in common. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly text: string | undefined;
  readonly body: unknown;
}

/** A response, or undefined for anything else. */
export function httpResponse(value: unknown): HttpResponse | undefined {
  if (!isObject(value) || !('status' in value) || typeof value.status !== 'number') return undefined;
  if (!('headers' in value) || !isObject(value.headers)) return undefined;
  const isInProcess =
    'statusText' in value && 'handler' in value && 'body' in value && Buffer.isBuffer(value.body);
  if (isInProcess) return value as unknown as HttpResponse;
  // superagent keeps Node's message, which has the reason phrase.
  if (!('res' in value && isObject(value.res) && 'statusMessage' in value.res && 'text' in value))
    return undefined;
  const { status, headers, text, body, res } = value as SuperagentResponse;
  return { status, headers, text, body, statusText: res.statusMessage };
}

interface SuperagentResponse extends Omit<HttpResponse, 'statusText'> {
  readonly res: { readonly statusMessage: string };
}
