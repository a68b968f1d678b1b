import type { DomainView, Momentum, ReceivedMessage } from '../index';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** By form and not by class: a test that resets jest's modules has several classes of the same name. */
export function isMomentum(value: unknown): value is Momentum {
  return isObject(value) && ['takeFailures', 'endpoints', 'paniclog', 'crashed'].every((key) => key in value);
}

export function isDomainView(value: unknown): value is DomainView {
  const members = ['name', 'delayed', 'delayNote', 'delayedCount', 'messages', 'toJSON'];
  return isObject(value) && members.every((member) => member in value);
}

export function isReceivedMessage(value: unknown): value is ReceivedMessage {
  const members = ['envelope', 'disposition', 'headers', 'raw', 'log', 'binding'];
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

/** A reply of an SMTP session. */
export interface SmtpReplyLike {
  readonly code: number;
  readonly text: string;
}

/** What `mta.smtp.send()` resolves to, as far as it matters here. */
export interface SmtpOutcomeLike extends SmtpReplyLike {
  readonly refusal: SmtpReplyLike | undefined;
  readonly transcript: readonly string[];
}

export function isSmtpReply(value: unknown): value is SmtpReplyLike {
  return isObject(value) && 'code' in value && typeof value.code === 'number' && 'text' in value;
}

export function isSmtpOutcome(value: unknown): value is SmtpOutcomeLike {
  return (
    isSmtpReply(value) && ['transcript', 'accepted', 'rejected', 'disconnected'].every((key) => key in value)
  );
}
