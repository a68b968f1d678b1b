/** What the server adds to the headers of a message that it receives (4/config/ref-rfc-2822-*). */
import { rfc2822Date } from '../../mail/date';
import { fieldsOf } from '../../mail/header-block';
import type { MessageContent } from '../../mail/content';
import type { Message } from '../messages/message';
import type { PolicySession, PolicySubject, ReceptionPolicy } from './policy';
import type { ReceptionSettings } from './settings';

export interface TraceServices {
  readonly policy: ReceptionPolicy;
  readonly settings: ReceptionSettings;
  readonly now: Date;
}

/**
 * Adds `Return-Path:`, `Received:` and `Authentication-Results:` on top, and `Date:` and `Message-ID:` where they are
 * missing. Every other byte stays as it is.
 */
export async function addHeaders(
  message: Message,
  subject: PolicySubject & { readonly session: PolicySession },
  services: TraceServices,
): Promise<void> {
  const { settings, now } = services;
  const content = message.content!;
  const top: string[] = [];
  if (settings.traceHeaders) {
    const received = await receivedHeader(message, subject, services);
    content.headers.remove('Return-Path');
    top.push(`Return-Path: <${message.from}>`, received);
  }
  top.push(...authenticationResults(subject, settings));
  const hasDate = content.headers.has('Date');
  if (!hasDate && settings.dateHeader === 'ifneeded') top.push(`Date: ${rfc2822Date(now)}`);
  const id = messageIdLines(message, settings);
  if (hasDate) insertAfterDate(content, id);
  else top.push(...id);
  if (top.length > 0) content.headers.prependLines(`${top.join('\r\n')}\r\n`);
}

/** `Message-ID: <00.00.02001.C6DD1CA4@centos>`, unless there is one. */
function messageIdLines(
  { id, content }: Message,
  { hostname, messageIdHeader }: ReceptionSettings,
): string[] {
  if (messageIdHeader !== 'ifneeded' || content!.headers.has('Message-ID')) return [];
  return [`Message-ID: <${id.replace(/[/-]/g, '.')}@${hostname}>`];
}

/** Where the samples of 4/executable/ec-show have the id. */
function insertAfterDate(content: MessageContent, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const { raw } = content;
  const at = fieldsOf(content.headers.block).find(({ key }) => key === 'date')!.end;
  const added = Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
  content.raw = Buffer.concat([raw.subarray(0, at), added, raw.subarray(at)]);
}

async function receivedHeader(
  message: Message,
  subject: PolicySubject & { readonly session: PolicySession },
  services: TraceServices,
): Promise<string> {
  const { policy } = services;
  const text = await policy.receivedHeader(subject);
  if (text !== undefined) return `Received: ${folded(text.replace(/^received:\s*/i, ''))}`;
  const protocol = (await policy.protocolString(subject)) ?? protocolOf(subject.session);
  return `Received: ${folded(defaultReceived(message, subject.session, protocol, services))}`;
}

/** A script's lines as lines of one header. */
const folded = (text: string): string => text.replace(/[\r\n]+$/, '').replace(/[\r\n]+[ \t]*/g, '\r\n\t');

/** The text of the samples of 4/executable/ec-show and 3/3-reference/conf-testing-installation. */
function defaultReceived(
  message: Message,
  { accept: { remoteAddress }, vctx }: PolicySession,
  protocol: string,
  { settings, now }: TraceServices,
): string {
  const { host, port } = remoteAddress;
  const helo = printable(vctx.connection.get('ehlo_domain') ?? '');
  return [
    `from [${host}] ([${host}:${port}] helo=${helo})`,
    `by ${settings.receivedHostname ?? settings.hostname} (envelope-from <${message.from}>)`,
    `(ecelerity ${settings.version}) with ${protocol}`,
    `id ${message.id}; ${rfc2822Date(now)}`,
  ].join('\r\n');
}

/** RFC 3848. */
function protocolOf({ vctx: { connection } }: PolicySession): string {
  if (/^helo\b/i.test(connection.get('ehlo_string') ?? '')) return 'SMTP';
  const tls = connection.has('tls') ? 'S' : '';
  return `ESMTP${tls}${connection.get('auth_status') === 'pass' ? 'A' : ''}`;
}

/** After an attempt to authenticate (4/inbound-smtp), in the form of RFC 8601. */
function authenticationResults(
  { session }: PolicySubject & { readonly session: PolicySession },
  { hostname }: ReceptionSettings,
): string[] {
  const { connection } = session.vctx;
  const status = connection.get('auth_status');
  if (status === undefined) return [];
  const result = status === 'error' ? 'temperror' : status;
  const method = printable(connection.get('auth_name') ?? '');
  const user = quoted(printable(connection.get('auth_user') ?? ''));
  return [
    `Authentication-Results: ${hostname};\r\n\tauth=${printable(result)} (${method}) smtp.auth=${user}`,
  ];
}

const printable = (text: string): string => text.replace(/[\x00-\x1f\x7f]/g, '');

const quoted = (text: string): string =>
  /^[\w!#$%&'*+\-/=?^`{|}~.@]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
