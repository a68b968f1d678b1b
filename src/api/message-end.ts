/** The end-of-data marker of SMTP, which scripts see in some places (4/lua/ref-msg-body). */
const CRLF = '\r\n';
const DOT = '.\r\n';
const MARKER = CRLF + DOT;

/** `\r\n.\r\n` at the end of a pattern, as it is or escaped (4/lua/ref-msgpart-add-last-child). */
const NAMES_MARKER = /(?:\r|\\r)(?:\n|\\n)\\?\.(?:\r|\\r)(?:\n|\\n)(?:\$|\\z)?$/i;

export const endsWithMarker = (bytes: Buffer): boolean =>
  bytes.subarray(-MARKER.length).toString('latin1') === MARKER;

/** The bytes in front of the dot: the line end before it is that of their last line. */
export const withoutMarker = (bytes: Buffer): Buffer =>
  endsWithMarker(bytes) ? bytes.subarray(0, -DOT.length) : bytes;

/** Whether a pattern asks for the end of the message by its marker. */
export const asksForMarker = (pattern: string): boolean => NAMES_MARKER.test(pattern);

export const withMarker = (text: string): string => text + (text.endsWith(CRLF) ? DOT : MARKER);
