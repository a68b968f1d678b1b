/** Quoted-printable (RFC 2045 §6.7). */
import { LuaRaise } from '../lua';

const LINE = 76;
const DOT = 0x2e;

export interface QuotedPrintableOptions {
  /** A line that begins with a dot because of a new line break gets a second one. */
  readonly stuffsDots: boolean;
}

/** Lines end with CRLF, in `bytes` and in the result; a CR or LF of its own is encoded. */
export function encodeQuotedPrintable(bytes: Buffer, { stuffsDots }: QuotedPrintableOptions): string {
  const lines: string[] = [];
  let start = 0;
  for (let at = bytes.indexOf('\r\n'); at >= 0; at = bytes.indexOf('\r\n', start)) {
    lines.push(encodeLine(bytes.subarray(start, at), stuffsDots));
    start = at + 2;
  }
  lines.push(encodeLine(bytes.subarray(start), stuffsDots));
  return lines.join('\r\n');
}

/** One line of the text, as one or more lines that soft line breaks connect. */
function encodeLine(bytes: Buffer, stuffsDots: boolean): string {
  const parts: string[] = [];
  let part = '';
  bytes.forEach((byte, i) => {
    const isLast = i === bytes.length - 1;
    const encoded = encodeByte(byte, isLast);
    // The last part may be full, the others end with the `=` of the soft break.
    if (part.length + encoded.length > (isLast ? LINE : LINE - 1)) {
      parts.push(part);
      part = byte === DOT && stuffsDots ? '.' : '';
    }
    part += encoded;
  });
  return [...parts, part].join('=\r\n');
}

function encodeByte(byte: number, isLast: boolean): string {
  const isBlank = byte === 0x20 || byte === 0x09;
  const isPrintable = byte > 0x20 && byte < 0x7f && byte !== 0x3d;
  if (isPrintable || (isBlank && !isLast)) return String.fromCharCode(byte);
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Raises for an `=` that begins neither two hexadecimal digits nor a soft line break. */
export function decodeQuotedPrintable(text: string): Buffer {
  const bytes: number[] = [];
  const withoutPadding = text.replace(/[ \t]+(?=\r?\n|$)/g, '');
  for (let i = 0; i < withoutPadding.length; i++) {
    const code = withoutPadding.charCodeAt(i);
    if (withoutPadding[i] !== '=') {
      bytes.push(code);
      continue;
    }
    const softBreak = /^=(?:\r?\n|$)/.exec(withoutPadding.slice(i, i + 3));
    if (softBreak) {
      i += softBreak[0].length - 1;
      continue;
    }
    const digits = withoutPadding.slice(i + 1, i + 3);
    if (!/^[\dA-Fa-f]{2}$/.test(digits))
      throw new LuaRaise(`the quoted-printable text cannot be decoded: '=${digits}' at byte ${i + 1}`);
    bytes.push(parseInt(digits, 16));
    i += 2;
  }
  return Buffer.from(bytes);
}
