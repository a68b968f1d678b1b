/** Composes a message of alternatives and attachments (4/lua/ref-msg-build). */
import { makeBoundary } from './boundary';
import { formatStructured, parseStructured } from './content-type';
import { makeContainer, newHeaders, partFrom } from './make-part';
import { MimeError } from './mime-error';
import type { MimePart } from './part';
import { encodeTransfer, isSevenBit, type TransferEncoding } from './transfer-encoding';

/** One of the alternatives. */
export interface AlternativePart {
  /** `text/plain; charset=utf-8`. */
  readonly type: string;
  readonly content: Buffer;
}

export type AttachmentPart =
  | {
      readonly kind: 'text' | 'base64';
      readonly type: string;
      /** Stands as given, a path too. */
      readonly name: string;
      /** Header lines; the last one without a line end. */
      readonly headers?: string | undefined;
      /** Of `base64` it is encoded already. */
      readonly content: Buffer;
    }
  | { readonly kind: 'message'; readonly content: Buffer };

const ATTACHED_MESSAGE = 'message/rfc822; name="Attached Message"';

/** What the structure itself says, whatever the caller's headers say. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]);

/**
 * A multipart/mixed of a multipart/alternative and the attachments. Texts without a charset are quoted-printable, other
 * alternatives base64. Header values stand as given: encoding them is up to the caller.
 *
 * @throws MimeError when the content of a `base64` attachment is no base64
 * @throws HeaderError when a name, a value or a type cannot be in a header
 */
export function buildMessage(
  headers: readonly (readonly [name: string, value: string])[],
  parts: readonly AlternativePart[],
  attachments: readonly AttachmentPart[],
): Buffer {
  const inline = [...parts].sort(byPreference).map(alternativePart);
  const attached = attachments.map(attachmentPart);
  const contents = [...inline, ...attached].map((part) => part.raw);
  const outer = makeBoundary('mixed', [], contents);
  const inner = makeBoundary('alternative', [outer], contents);
  const mixed = makeContainer('multipart/mixed', outer);
  const alternative = makeContainer('multipart/alternative', inner);
  for (const part of inline) alternative.addLastChild(part);
  for (const part of [alternative, ...attached]) mixed.addLastChild(part);
  mixed.headers.set('MIME-Version', ['1.0'], 'prepend');
  const own = headers.filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  if (own.length > 0)
    mixed.headers.prependLines(own.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
  return Buffer.concat([mixed.raw, Buffer.from('\r\n')]);
}

/** RFC 2046 §5.1.4: the plainest first, the richest last. */
const PREFERENCE = ['text/plain', 'text/enriched', 'text/html'];

function byPreference(a: AlternativePart, b: AlternativePart): number {
  const [first, second] = [a, b].map(({ type }) => parseStructured(type).value) as [string, string];
  const rank = (type: string) => PREFERENCE.indexOf(type) + 1 || PREFERENCE.length + 1;
  return rank(first) - rank(second) || (first < second ? -1 : Number(first > second));
}

function alternativePart({ type, content }: AlternativePart): MimePart {
  const { value, parameters } = parseStructured(type);
  const isPlainText = value.startsWith('text/') && !parameters.has('charset');
  return newPart({
    type,
    disposition: 'inline',
    encoding: isPlainText ? 'quoted-printable' : 'base64',
    content,
  });
}

function attachmentPart(attachment: AttachmentPart): MimePart {
  if (attachment.kind === 'message') return attachedMessage(attachment.content);
  const { kind, type, name, headers, content } = attachment;
  const disposition = formatStructured('attachment', [['filename', name]]);
  const { value, parameters } = parseStructured(type);
  const named = formatStructured(value, [...parameters, ['name', name]]);
  if (kind === 'text')
    return newPart({ type: named, disposition, encoding: 'quoted-printable', content, headers });
  if (!/^[A-Za-z\d+/\s]*={0,2}\s*$/.test(content.toString('latin1')))
    throw new MimeError(
      `the content of the attachment '${name}' is not base64, and it is up to the caller to encode it`,
    );
  return newPart({ type: named, disposition, encoding: 'base64', content, headers, isEncoded: true });
}

/** RFC 2046 §5.2.1: a message in a message has no transfer encoding. */
function attachedMessage(content: Buffer): MimePart {
  return newPart({
    type: ATTACHED_MESSAGE,
    disposition: 'attachment',
    encoding: isSevenBit(content) ? '7bit' : '8bit',
    content,
  });
}

interface NewPart {
  readonly type: string;
  readonly disposition: string;
  readonly encoding: TransferEncoding;
  readonly content: Buffer;
  readonly headers?: string | undefined;
  readonly isEncoded?: boolean;
}

function newPart({ type, disposition, encoding, content, headers, isEncoded }: NewPart): MimePart {
  const own = newHeaders();
  if (headers) own.prependLines(headers);
  own.set('Content-Type', [type]);
  own.set('Content-Disposition', [disposition]);
  own.set('Content-Transfer-Encoding', [encoding]);
  return partFrom(own, isEncoded ? content : encodeTransfer(content, encoding));
}
