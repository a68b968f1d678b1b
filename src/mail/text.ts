/** The text of parts: decoded to UTF-8 for reading, and back into the character set and encoding of the part. */
import { decodeCharset, encodeCharset } from './charset';
import { formatStructured } from './content-type';
import { Headers } from './headers';
import { replaceBody, replacePart } from './mime-edit';
import { following, type MimeNode } from './mime-node';
import {
  decodeTransfer,
  encodeTransfer,
  isIdentity,
  isSevenBit,
  type TransferEncoding,
} from './transfer-encoding';

const CRLF = '\r\n';
const ASCII = 'us-ascii';
const UTF_8 = 'utf-8';

/** The character set that the part names, in lower case. Text has `us-ascii` without one (RFC 2045 §5.2). */
export function charsetOf(node: MimeNode): string | undefined {
  const { type, parameters } = node.description.media;
  return parameters.get('charset')?.trim().toLowerCase() ?? (type === 'text' ? ASCII : undefined);
}

export function isText(node: MimeNode): boolean {
  return node.kind === 'leaf' && node.description.media.type === 'text';
}

/**
 * The text of a `text/*` part in UTF-8. Bytes that the character set of the part does not have, and all those in one
 * that is not known, are given as they are.
 */
export function textOf(node: MimeNode): string {
  const bytes = decodeTransfer(node.body, node.description.encoding);
  return decodeCharset(bytes, charsetOf(node) ?? ASCII) ?? bytes.toString('latin1');
}

/** The texts of all `text/*` parts from `top` on down, in the order of the message (4/lua/ref-msg-text). */
export function textsBelow(top: MimeNode): string[] {
  const texts: string[] = [];
  for (let node: MimeNode | undefined = top; node; node = following(node))
    if (isText(node)) texts.push(textOf(node));
  return texts;
}

/**
 * Puts another text into a `text/*` part, in the part's character set and transfer encoding; quoted-printable when there
 * was none and the text needs one (4/lua/ref-msg-text-replace). A part in ASCII gets UTF-8 when the text needs it.
 *
 * @throws CharsetError when the character set lacks a character
 */
export function replaceText(node: MimeNode, text: string): void {
  const { encoding } = node.description;
  const original = decodeTransfer(node.body, encoding);
  const charset = charsetOf(node) ?? ASCII;
  const isReadable = decodeCharset(original, charset) !== undefined;
  const canonical = withLineEnds(text);
  const isBeyondAscii = isReadable && charset === ASCII && /[^\0-\x7f]/.test(canonical);
  const bytes = isReadable
    ? encodeCharset(canonical, isBeyondAscii ? UTF_8 : charset)
    : Buffer.from(canonical, 'latin1');
  const needsEncoding = isIdentity(encoding) && isSevenBit(original) && !isSevenBit(bytes);
  const body = encodeTransfer(bytes, needsEncoding ? 'quoted-printable' : encoding);
  const lineEnd = encoding === 'base64' && node.body.at(-1) === 0x0a ? CRLF : '';
  const headers = headersOf(node);
  if (isBeyondAscii) declareCharset(headers, node, UTF_8);
  if (needsEncoding) headers.set('Content-Transfer-Encoding', ['quoted-printable']);
  const content = Buffer.concat([body, Buffer.from(lineEnd)]);
  if (headers.block === node.block) replaceBody(node, content);
  else replacePart(node, withHeaders(headers, content));
}

function declareCharset(headers: Headers, { description }: MimeNode, charset: string): void {
  const { type, subtype, parameters } = description.media;
  const value = formatStructured(`${type}/${subtype}`, new Map([...parameters, ['charset', charset]]));
  headers.set('Content-Type', [value]);
}

function withHeaders(headers: Headers, body: Buffer): Buffer {
  return Buffer.concat([headers.block, Buffer.from(CRLF), body]);
}

/**
 * Makes the part one of text: converted to the character set, with the transfer encoding that it needs, and headers that
 * say so (4/lua/ref-msg-text-1). Whatever the part was made of goes.
 *
 * `type`: the part's own when it is text, otherwise `text/plain`. `charset`: UTF-8.
 *
 * @throws CharsetError when the character set lacks a character
 * @throws HeaderError when the type or the character set cannot be in a header
 */
export function setText(node: MimeNode, text: string, type?: string, charset: string = UTF_8): void {
  const { media } = node.description;
  const own = media.type === 'text' ? `${media.type}/${media.subtype}` : 'text/plain';
  const bytes = encodeCharset(withLineEnds(text), charset);
  const encoding = encodingFor(bytes);
  const headers = headersOf(node);
  headers.set('Content-Type', [formatStructured(type ?? own, [['charset', charset]])]);
  headers.set('Content-Transfer-Encoding', [encoding]);
  if (node.tree.onChange && !node.parent && !headers.has('MIME-Version'))
    headers.set('MIME-Version', ['1.0']);
  replacePart(node, withHeaders(headers, encodeTransfer(bytes, encoding)));
}

/** Characters of several bytes each would be longer in quoted-printable, and NUL bytes cannot be read in it. */
export function encodingFor(bytes: Buffer): TransferEncoding {
  if (isSevenBit(bytes)) return '7bit';
  return bytes.includes(0) ? 'base64' : 'quoted-printable';
}

/** The headers of a part for changes that come into force together with others. */
function headersOf(node: MimeNode): Headers {
  let block = node.block;
  return new Headers({
    read: () => block,
    write: (changed) => {
      block = changed;
    },
  });
}

/** Lines of text end with CRLF in a message (RFC 2046 §4.1.1). */
const withLineEnds = (text: string): string => text.replace(/(?<!\r)\n/g, CRLF);
