import type { MatcherContext, MatcherResult } from './globals';
import { misuse, result, type Call } from './matcher-report';
import { fits, isPattern } from './patterns';
import { isSmtpOutcome, isSmtpReply, type SmtpReplyLike } from './recognise';

/** A connection that was closed without a reply has the code 0. */
const isRefusal = ({ code }: SmtpReplyLike) => code === 0 || code >= 400;

/** The reply that says whether the server took it: of a whole transaction the first refusal, or else the last reply. */
function decisive(context: MatcherContext, call: Call, received: unknown): SmtpReplyLike {
  if (isSmtpOutcome(received)) return received.refusal ?? received;
  if (isSmtpReply(received)) return received;
  const rule = 'must be a reply of mta.smtp.session(), or what mta.smtp.send() resolves to';
  throw misuse(context, call, 'received', rule, received);
}

const show = ({ code, text }: SmtpReplyLike) => `${code} ${text}`.trimEnd();

function toBeAccepted(this: MatcherContext, received: unknown): MatcherResult {
  const call: Call = { name: 'toBeAccepted', received: 'reply', expected: [] };
  const reply = decisive(this, call, received);
  return result(this, call, !isRefusal(reply), () => [`Received: ${this.utils.RECEIVED_COLOR(show(reply))}`]);
}

function toBeRejected(this: MatcherContext, received: unknown, ...given: unknown[]): MatcherResult {
  const call: Call = { name: 'toBeRejected', received: 'reply', expected: ['code', 'text'] };
  const [code, pattern] = given;
  if (code !== undefined && typeof code !== 'number')
    throw misuse(this, call, 'expected', 'must be an SMTP code', code);
  if (pattern !== undefined && !isPattern(pattern))
    throw misuse(this, call, 'expected', 'must be a text or a pattern', pattern);
  const reply = decisive(this, call, received);
  const fitsText = pattern === undefined || fits(reply.text, pattern);
  const pass = isRefusal(reply) && (code === undefined || reply.code === code) && fitsText;
  const { printExpected, RECEIVED_COLOR } = this.utils;
  const wanted = [code, pattern].filter((part) => part !== undefined).map((part) => printExpected(part));
  return result(this, call, pass, () => [
    wanted.length > 0 ? `Expected: ${this.isNot ? 'not ' : ''}${wanted.join(' ')}` : undefined,
    `Received: ${RECEIVED_COLOR(show(reply))}`,
  ]);
}

export const REPLY_MATCHERS = { toBeAccepted, toBeRejected };
