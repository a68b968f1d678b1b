/** A report as multipart/report (RFC 6522): a text for people, the fields, and what the message was. */
import type { DsnAction } from './dsn-action';
import { headerBlock } from './message-headers';
import { fieldLines, type ReportFields } from './report-fields';

/** The subject of a report, and what its text says. */
const TEXTS: Readonly<Record<DsnAction, { readonly subject: string; readonly says: string }>> = {
  failed: {
    subject: 'Mail Delivery Failure',
    says: 'Your message could not be delivered to the following recipient. This is final: there will be no further attempt.',
  },
  delayed: {
    subject: 'Mail Delivery Delayed',
    says: 'Your message has not been delivered to the following recipient yet. You need not send it again: there will be further attempts.',
  },
  delivered: {
    subject: 'Mail Delivery Success',
    says: 'Your message has been delivered to the following recipient.',
  },
  relayed: {
    subject: 'Mail Delivery Success',
    says: 'Your message has been handed over to a server that does not confirm deliveries, for the following recipient.',
  },
  expanded: {
    subject: 'Mail Delivery Success',
    says: 'Your message has been delivered to the following recipient and was sent on from there.',
  },
};

export interface ReportHeaders {
  /** The address of the mailer daemon. */
  readonly from: string;
  readonly to: string;
  readonly date: string;
  readonly boundary: string;
}

export function reportHeaders(action: DsnAction, { from, to, date, boundary }: ReportHeaders): string {
  return fieldLines([
    ['From', `Mail Delivery System <${from}>`],
    ['To', `<${to}>`],
    ['Subject', TEXTS[action].subject],
    ['Date', date],
    ['Auto-Submitted', 'auto-replied'],
    ['MIME-Version', '1.0'],
    ['Content-Type', `multipart/report; report-type=delivery-status;\r\n\tboundary="${boundary}"`],
  ]);
}

/** The text for people. */
export function reportText(action: DsnAction, recipient: string, code: string | undefined): string {
  const reason = code === undefined ? '' : `: ${code}`;
  return `${TEXTS[action].says}\r\n\r\n<${recipient}>${reason}\r\n`;
}

/** How much of a message a report quotes (4/config/ref-bounces-inline-original). */
export type Quotation = 'none' | 'headers' | 'all';

export interface ReportParts {
  /** With the line end of the last one. */
  readonly headers: string;
  readonly boundary: string;
  readonly text: string;
  readonly message: ReportFields;
  readonly recipient: ReportFields;
  /** The part about the message; undefined: none. */
  readonly original: { readonly type: string; readonly body: string } | undefined;
}

/** What is quoted of a message. */
export function quote(quotation: Quotation, raw: Buffer | undefined): ReportParts['original'] {
  if (quotation === 'none' || !raw) return undefined;
  return quotation === 'all'
    ? { type: 'message/rfc822', body: raw.toString('latin1') }
    : { type: 'text/rfc822-headers', body: headerBlock(raw).toString('latin1') };
}

export function reportContent({
  headers,
  boundary,
  text,
  message,
  recipient,
  original,
}: ReportParts): Buffer {
  const parts = [
    part('text/plain; charset=UTF-8', text),
    part('message/delivery-status', `${fieldLines(message)}\r\n${fieldLines(recipient)}`),
    ...(original ? [part(original.type, original.body)] : []),
  ];
  const body = parts.map((content) => `--${boundary}\r\n${content}\r\n`).join('');
  return Buffer.from(`${headers}\r\n${body}--${boundary}--\r\n`, 'latin1');
}

const NOT_ASCII = /[\u0080-\u00ff]/;

function part(type: string, body: string): string {
  const encoding = NOT_ASCII.test(body) ? 'Content-Transfer-Encoding: 8bit\r\n' : '';
  return `Content-Type: ${type}\r\n${encoding}\r\n${body}`;
}

const HEADER_LINE = /^(?:[!-9;-~]+[ \t]*:|[ \t])/;

/**
 * Headers and text of what a module has left in the buffer that had the headers. The text begins after an empty line, or
 * with the first line that is none of a header.
 */
export function splitPreamble(buffer: string): { headers: string; text: string } {
  const lines = buffer.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const first = lines.findIndex((line) => !HEADER_LINE.test(line));
  const count = first === -1 ? lines.length : first;
  const headers = lines
    .slice(0, count)
    .join('')
    .replace(/\r?\n?$/, '\r\n');
  const rest = lines.slice(count);
  if (/^\r?\n$/.test(rest[0] ?? '')) rest.shift();
  return { headers, text: rest.join('') };
}
