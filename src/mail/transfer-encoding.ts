/** Content-Transfer-Encoding (RFC 2045 §6). */
import { isAscii } from 'node:buffer';
import { decodeQuotedPrintable, encodeQuotedPrintable } from './quoted-printable';

/** What the product has constants for (`EC_MIME_TE_*`). */
export type TransferEncoding = '7bit' | '8bit' | 'binary' | 'quoted-printable' | 'base64';

/** RFC 5321 §4.5.3.1.6: octets of a line without its end. */
const LONGEST_LINE = 998;
const BASE64_LINE = 76;

interface Codec {
  decode(bytes: Buffer): Buffer;
  encode(bytes: Buffer): Buffer;
}

const IDENTITY: Codec = { decode: (bytes) => bytes, encode: (bytes) => bytes };

const CODECS: ReadonlyMap<string, Codec> = new Map<TransferEncoding, Codec>([
  ['7bit', IDENTITY],
  ['8bit', IDENTITY],
  ['binary', IDENTITY],
  [
    'quoted-printable',
    {
      decode: decodeQuotedPrintable,
      encode: (bytes) => Buffer.from(encodeQuotedPrintable(bytes, { stuffsDots: false }), 'latin1'),
    },
  ],
  ['base64', { decode: decodeBase64, encode: encodeBase64 }],
]);

/** The value of a `Content-Transfer-Encoding` field in lower case; `7bit` without one (RFC 2045 §6.1). */
export function encodingName(field: string | undefined): string {
  const name = (field ?? '')
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase();
  return name === '' ? '7bit' : name;
}

export function isKnownEncoding(name: string): name is TransferEncoding {
  return CODECS.has(name);
}

/** Whether the encoding leaves bytes as they are; unknown ones are taken so. */
export function isIdentity(name: string): boolean {
  return (CODECS.get(name) ?? IDENTITY) === IDENTITY;
}

/** Never fails: what is no base64 is skipped, wrong escapes of quoted-printable stay as they are. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  return (CODECS.get(encoding) ?? IDENTITY).decode(bytes);
}

/** Quoted-printable keeps CRLF as line ends; base64 has lines of 76 without a line end after the last. */
export function encodeTransfer(bytes: Buffer, encoding: string): Buffer {
  return (CODECS.get(encoding) ?? IDENTITY).encode(bytes);
}

/** Whether bytes may go as `7bit` (RFC 2045 §2.7): ASCII without NUL, in lines of at most 998. */
export function isSevenBit(bytes: Buffer): boolean {
  if (!isAscii(bytes) || bytes.includes(0)) return false;
  let start = 0;
  while (bytes.length - start > LONGEST_LINE) {
    const end = bytes.subarray(start, start + LONGEST_LINE + 2).lastIndexOf('\n');
    if (end < 0) return false;
    start += end + 1;
  }
  return true;
}

/** RFC 2045 §6.8: other characters are ignored, and `=` ends the data. */
function decodeBase64(bytes: Buffer): Buffer {
  const end = bytes.indexOf('=');
  const text = bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
  return Buffer.from(text.replace(/[^A-Za-z\d+/]+/g, ''), 'base64');
}

function encodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += BASE64_LINE) lines.push(text.slice(at, at + BASE64_LINE));
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
