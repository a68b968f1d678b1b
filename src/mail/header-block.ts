/**
 * Where things are in the bytes of a header section. A line ends with CRLF or with a lone LF; a lone CR is a byte like
 * others. Lines that begin with a blank continue the line before. What is no header is passed over.
 */

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

/** The extent of one header, with its continuation lines and the last line end. Offsets are bytes of the block. */
export interface FieldSpan {
  /** As written. */
  readonly name: string;
  /** In lower case, for comparing. */
  readonly key: string;
  readonly start: number;
  /** Of the first byte after the colon. */
  readonly value: number;
  readonly end: number;
}

/** Which bytes of a message, or of a part of one, are its headers, and where its body begins. */
export interface Layout {
  /** Length of the header block: whole lines, without the empty line. */
  readonly headers: number;
  /** Offset of the body, after the empty line. */
  readonly body: number;
}

export const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB;

/** Offset of the line after the one that begins at `start`. */
function nextLine(bytes: Buffer, start: number): number {
  const end = bytes.indexOf(LF, start);
  return end < 0 ? bytes.length : end + 1;
}

function isEmptyLine(bytes: Buffer, start: number, end: number): boolean {
  return bytes[end - 1] === LF && (end - start === 1 || (end - start === 2 && bytes[start] === CR));
}

/** End of the header name that begins at `start`, when a colon follows; otherwise undefined. */
function nameEnd(bytes: Buffer, start: number): number | undefined {
  let at = start;
  for (let byte = bytes[at]; byte !== undefined && byte > SPACE && byte < 0x7f && byte !== COLON;)
    byte = bytes[++at];
  const end = at;
  while (isBlank(bytes[at])) at++;
  return end > start && bytes[at] === COLON ? end : undefined;
}

/**
 * Headers end at the first empty line, or with the message when it has none. A message without any header in front of
 * that is all body (4/config/ref-rfc-2822-missing-headers: a header-less message).
 */
export function layoutOf(bytes: Buffer): Layout {
  let hasField = false;
  for (let start = 0; start < bytes.length;) {
    const end = nextLine(bytes, start);
    if (isEmptyLine(bytes, start, end))
      return hasField || start === 0 ? { headers: start, body: end } : { headers: 0, body: 0 };
    hasField ||= nameEnd(bytes, start) !== undefined;
    start = end;
  }
  const headers = hasField ? bytes.length : 0;
  return { headers, body: headers };
}

/** The headers of a block, in their order. */
export function fieldsOf(block: Buffer): FieldSpan[] {
  const fields: FieldSpan[] = [];
  for (let start = 0; start < block.length;) {
    const end = continuationEnd(block, nextLine(block, start));
    const afterName = nameEnd(block, start);
    if (afterName !== undefined) {
      const name = block.toString('latin1', start, afterName);
      fields.push({ name, key: name.toLowerCase(), start, value: block.indexOf(COLON, afterName) + 1, end });
    }
    start = end;
  }
  return fields;
}

/** The first offset from `start` on where a line begins that continues none. */
export function continuationEnd(block: Buffer, start: number): number {
  let at = start;
  while (at < block.length && isBlank(block[at])) at = nextLine(block, at);
  return at;
}
