/** Quoted-printable (RFC 2045 §6.7). */

const LINE = 76;
const DOT = 0x2e;
const [TAB, LF, CR, BLANK, EQUALS] = [0x09, 0x0a, 0x0d, 0x20, 0x3d];

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
  const isPrintable = byte > BLANK && byte < 0x7f && byte !== EQUALS;
  if (isPrintable || (isBlank(byte) && !isLast)) return String.fromCharCode(byte);
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * Never fails: an `=` that begins neither two hexadecimal digits nor a soft line break is left as it is, as RFC 2045
 * advises. Blanks at the end of a line are dropped.
 */
export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (isBlank(byte)) {
      const end = skipBlanks(bytes, i);
      if (lineBreak(bytes, end) === undefined) length += bytes.copy(decoded, length, i, end);
      i = end - 1;
      continue;
    }
    if (byte !== EQUALS) {
      decoded[length++] = byte;
      continue;
    }
    const softBreak = lineBreak(bytes, skipBlanks(bytes, i + 1));
    const value = hexadecimal(bytes[i + 1], bytes[i + 2]);
    if (softBreak !== undefined) i = softBreak - 1;
    else {
      decoded[length++] = value ?? EQUALS;
      if (value !== undefined) i += 2;
    }
  }
  return decoded.subarray(0, length);
}

function isBlank(byte: number | undefined): boolean {
  return byte === BLANK || byte === TAB;
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at++;
  return at;
}

/** The offset after the line break at `at`, or of the end of the bytes; undefined when something else stands there. */
function lineBreak(bytes: Buffer, at: number): number | undefined {
  if (at >= bytes.length) return bytes.length;
  if (bytes[at] === LF) return at + 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : undefined;
}

function hexadecimal(high: number | undefined, low: number | undefined): number | undefined {
  if (high === undefined || low === undefined) return undefined;
  const digits = String.fromCharCode(high, low);
  return /^[\dA-Fa-f]{2}$/.test(digits) ? parseInt(digits, 16) : undefined;
}
