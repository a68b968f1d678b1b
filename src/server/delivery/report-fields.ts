/** The fields of a report about the delivery of a message (RFC 3464, section 2). */
import { isIP } from 'node:net';
import { rfc2822Date } from '../../mail/date';
import { byteString } from '../bytes';
import type { QueuedMessage } from '../queues';
import type { DsnAction } from './dsn-action';

/** Names and values, byte strings. */
export type ReportFields = readonly (readonly [name: string, value: string])[];

/** What is to be known besides the message. */
export interface ReportFacts {
  /** What the server calls itself. */
  readonly hostname: string;
  readonly now: Date;
  /** Until when delivery is tried; undefined when nothing limits it. */
  readonly retriedUntil?: Date | undefined;
}

const ENHANCED = /^\d{3}[ -]+(\d\.\d{1,3}\.\d{1,3})\b/;
/** Of what has no code of its own, by its action. */
const STATUS: Readonly<Record<DsnAction, string>> = {
  failed: '5.0.0',
  delayed: '4.0.0',
  delivered: '2.0.0',
  relayed: '2.0.0',
  expanded: '2.0.0',
};

/** The fields about the message: they come first, with an empty line after them. */
export function messageFields({ created }: QueuedMessage, { hostname }: ReportFacts): ReportFields {
  return [
    ['Arrival-Date', rfc2822Date(created)],
    ['Reporting-MTA', `dns; ${hostname}`],
  ];
}

/** The fields about its recipient. */
export function recipientFields(
  { to, code, lastAttempt }: QueuedMessage,
  action: DsnAction,
  { now, retriedUntil }: ReportFacts,
): ReportFields {
  const text = code === undefined ? undefined : byteString(code);
  const remote = lastAttempt && (lastAttempt.host ?? lastAttempt.ip);
  return [
    ...(remote ? [['Remote-MTA', `dns; ${isIP(remote) === 0 ? remote : `[${remote}]`}`] as const] : []),
    ...diagnostic(text),
    ['Action', action],
    ['Final-Recipient', `rfc822; ${to}`],
    ['Last-Attempt-Date', rfc2822Date(now)],
    ['Status', statusOf(text, action)],
    ...(action === 'delayed' && retriedUntil
      ? [['Will-Retry-Until', rfc2822Date(retriedUntil)] as const]
      : []),
  ];
}

/** The fields that a reply of an SMTP server tells by itself. */
export function responseFields(response: string): ReportFields {
  const action: DsnAction = response.startsWith('5')
    ? 'failed'
    : response.startsWith('4')
      ? 'delayed'
      : 'delivered';
  return [...diagnostic(response), ['Action', action], ['Status', statusOf(response, action)]];
}

const diagnostic = (text: string | undefined): ReportFields =>
  text ? [['Diagnostic-Code', `smtp; ${text.replace(/[\r\n]+/g, ' ')}`]] : [];

/** The enhanced code of the text, as far as it fits what is reported. */
function statusOf(text: string | undefined, action: DsnAction): string {
  const enhanced = ENHANCED.exec(text ?? '')?.[1];
  return enhanced?.[0] === STATUS[action][0] ? enhanced! : STATUS[action];
}

/** `Name: value`, each with its line end. */
export const fieldLines = (fields: ReportFields): string =>
  fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
