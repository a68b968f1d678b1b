import { makeBoundary } from '../mail/boundary';
import { rfc2822Date } from '../mail/date';
import { makeContainer, makePart, newHeaders } from '../mail/make-part';
import type { MimePart } from '../mail/part';
import { encodeTransfer, isSevenBit } from '../mail/transfer-encoding';
import { byteString } from '../server/bytes';
import { UsageError } from '../support/errors';

/** A message by what is in it. Texts are sent as UTF-8. */
export interface MessageOptions {
  /** The envelope's sender when left out. */
  readonly from?: string;
  /** The envelope's recipients when left out. */
  readonly to?: string | readonly string[];
  readonly subject?: string;
  /** Further headers, or others in place of those above. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly text?: string;
  readonly html?: string;
  readonly attachments?: readonly Attachment[];
}

export interface Attachment {
  readonly filename: string;
  /** `application/octet-stream` when left out. */
  readonly type?: string;
  readonly content: string | Uint8Array;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

const KNOWN = ['from', 'to', 'subject', 'headers', 'text', 'html', 'attachments'];

/**
 * The bytes of a message. Throws UsageError for an option that there is not, HeaderError for what cannot be in a header.
 */
export function composeMessage(options: MessageOptions, envelope: Envelope, now: Date): Buffer {
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`message: unknown option '${unknown}'; known are ${KNOWN.join(', ')}`);
  const part = bodyOf(options);
  part.headers.prependLines(headerBlock(options, envelope, now));
  return part.raw;
}

function headerBlock({ headers = {}, ...options }: MessageOptions, envelope: Envelope, now: Date): string {
  const { from = envelope.from || 'MAILER-DAEMON', to = envelope.to, subject } = options;
  const block = newHeaders();
  const usual: readonly (readonly [string, string | undefined])[] = [
    ['Date', rfc2822Date(now)],
    ['From', from],
    ['To', [to].flat().join(', ') || undefined],
    ['Subject', subject],
    ['MIME-Version', '1.0'],
  ];
  for (const [name, value] of usual) if (value !== undefined) block.set(name, [byteString(value)]);
  for (const [name, value] of Object.entries(headers)) block.set(name, [value].flat().map(byteString));
  return block.block.toString('latin1');
}

function bodyOf({ text, html, attachments = [] }: MessageOptions): MimePart {
  const leaves = [
    ...(text === undefined && html !== undefined ? [] : [textPart('plain', text ?? '')]),
    ...(html === undefined ? [] : [textPart('html', html)]),
  ];
  const body = leaves.length === 1 ? leaves[0]! : container('alternative', leaves);
  return attachments.length === 0 ? body : container('mixed', [body, ...attachments.map(attachmentPart)]);
}

function textPart(subtype: string, text: string): MimePart {
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n');
  const bytes = Buffer.from(lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`, 'utf8');
  const encoding = isSevenBit(bytes) ? '7bit' : 'quoted-printable';
  return makePart(`text/${subtype}; charset=utf-8`, encodeTransfer(bytes, encoding), encoding);
}

function attachmentPart({ filename, type = 'application/octet-stream', content }: Attachment): MimePart {
  const bytes = encodeTransfer(Buffer.from(content), 'base64');
  const part = makePart(type, bytes, 'base64');
  const name = byteString(filename).replace(/["\\]/g, '\\$&');
  part.headers.set('Content-Disposition', [`attachment; filename="${name}"`]);
  return part;
}

function container(subtype: string, parts: readonly MimePart[]): MimePart {
  const boundary = makeBoundary(
    subtype,
    [],
    parts.map(({ raw }) => raw),
  );
  const whole = makeContainer(`multipart/${subtype}`, boundary);
  for (const part of parts) whole.addLastChild(part);
  return whole;
}
