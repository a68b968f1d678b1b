/** Whether a message has the form of one, and what is mended (4/config/ref-rfc-2822-*). */
import { fieldsOf, layoutOf } from '../../mail/header-block';
import { breakLines, hasLoneLineEnds, longestLine, mendLineEnds } from './lines';
import { CONTENT_REPLIES } from './responses';
import type { ReceptionSettings } from './settings';
import type { Reply } from './verdict';

/** RFC 2822, 2.1.1: without CRLF. */
const MAX_LINE = 998;
const CRLF = Buffer.from('\r\n');

export interface CheckedContent {
  readonly raw: Buffer;
  /** `rfc2822_date_missing` */
  readonly isDateMissing: boolean;
}

/** The message as it goes on, or why it is refused. */
export function checkContent(raw: Buffer, settings: ReceptionSettings): CheckedContent | Reply {
  const parts = split(raw, settings);
  if ('code' in parts) return parts;
  const headers = checkHeaders(parts.headers, settings);
  if ('code' in headers) return headers;
  const body = checkBody(parts.body, settings);
  if ('code' in body) return body;
  const isDateMissing = !fieldsOf(headers.bytes).some(({ key }) => key === 'date');
  if (isDateMissing && settings.dateHeader === 'pedantic') return CONTENT_REPLIES.missingDate;
  const isSame = parts.isWhole && headers.bytes === parts.headers && body.bytes === parts.body;
  return {
    raw: isSame ? raw : Buffer.concat([headers.bytes, parts.separator, body.bytes]),
    isDateMissing,
  };
}

interface Parts {
  readonly headers: Buffer;
  /** The empty line. */
  readonly separator: Buffer;
  readonly body: Buffer;
  /** Together they are the message as it came. */
  readonly isWhole: boolean;
}

function split(raw: Buffer, { missingHeaders, loneLfInHeaders }: ReceptionSettings): Parts | Reply {
  const layout = layoutOf(raw);
  if (layout.headers === 0) {
    if (missingHeaders === 'reject') return CONTENT_REPLIES.missingHeaders;
    const isWhole = layout.body > 0;
    const separator = isWhole ? raw.subarray(0, layout.body) : CRLF;
    return { headers: Buffer.alloc(0), separator, body: raw.subarray(layout.body), isWhole };
  }
  const headers = raw.subarray(0, layout.headers);
  if (headers.at(-1) !== 0x0a) return CONTENT_REPLIES.unterminatedHeader;
  const separator = raw.subarray(layout.headers, layout.body);
  const isLone = separator.length === 1;
  if (isLone && loneLfInHeaders === 'pedantic') return CONTENT_REPLIES.loneInHeaders;
  return { headers, separator: isLone ? CRLF : separator, body: raw.subarray(layout.body), isWhole: !isLone };
}

type Checked = { readonly bytes: Buffer } | Reply;

function checkHeaders(headers: Buffer, settings: ReceptionSettings): Checked {
  const isLone = hasLoneLineEnds(headers);
  if (isLone && settings.loneLfInHeaders === 'pedantic') return CONTENT_REPLIES.loneInHeaders;
  const bytes = isLone ? mendLineEnds(headers) : headers;
  const covered = fieldsOf(bytes).reduce((sum, { start, end }) => sum + end - start, 0);
  if (covered !== bytes.length) return CONTENT_REPLIES.invalidHeader;
  // Only bodies are broken up: a header that is too long for that is left as it is.
  const isTooLong = longestLine(bytes) > lineLimit(settings);
  return isTooLong && longLines(settings) === 'reject' ? CONTENT_REPLIES.longHeader : { bytes };
}

function checkBody(body: Buffer, settings: ReceptionSettings): Checked {
  const { loneLfInBody } = settings;
  const isLone = loneLfInBody !== 'ignore' && hasLoneLineEnds(body);
  if (isLone && loneLfInBody === 'pedantic') return CONTENT_REPLIES.loneInBody;
  const bytes = isLone ? mendLineEnds(body) : body;
  const limit = lineLimit(settings);
  const action = longLines(settings);
  if (action === 'none' || longestLine(bytes) <= limit) return { bytes };
  return action === 'reject' ? CONTENT_REPLIES.longBody : { bytes: breakLines(bytes, limit) };
}

const lineLimit = ({ maxLineLength }: ReceptionSettings): number =>
  typeof maxLineLength === 'number' ? maxLineLength : MAX_LINE;

/** The words of `rfc2822_max_line_length` decide for themselves, otherwise the policy does. */
function longLines({ maxLineLength, maxLineLengthPolicy }: ReceptionSettings): 'none' | 'fix' | 'reject' {
  if (maxLineLength === 'pedantic') return 'reject';
  return maxLineLength === 'fix' ? 'fix' : maxLineLengthPolicy;
}
