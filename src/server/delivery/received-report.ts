/** Reads reports of other servers about messages (RFC 3464). */
import type { MessageContent } from '../../mail/content';
import { Headers } from '../../mail/headers';
import type { MimePart } from '../../mail/part';
import { decodeTransfer } from '../../mail/transfer-encoding';

/** A report as far as it says anything; names as they are written, values unfolded. */
export type ReceivedReport = ReadonlyMap<string, string>;

/** Undefined when the content is no report, or its fields cannot be read. */
export function readReport(content: MessageContent): ReceivedReport | undefined {
  const part = statusPart(content.mime(true));
  if (!part) return undefined;
  const body = decodeTransfer(part.body, part.encoding);
  const fields = new Map<string, string>();
  for (const group of groupsOf(body))
    for (const { name, value } of group.all()) if (!fields.has(name)) fields.set(name, value.trim());
  return fields.size > 0 ? fields : undefined;
}

function statusPart(top: MimePart): MimePart | undefined {
  if (top.type !== 'multipart' || top.subtype !== 'report') return undefined;
  return top.parts.find(({ type, subtype }) => type === 'message' && subtype === 'delivery-status');
}

/** The fields about the message, then those about each recipient: the first recipient counts. */
function* groupsOf(body: Buffer): Generator<Headers> {
  for (const text of body.toString('latin1').split(/(?:\r?\n){2,}/)) {
    const block = Buffer.from(`${text}\r\n`, 'latin1');
    yield new Headers({
      read: () => block,
      write: () => {
        throw new TypeError('a report that was received is only read');
      },
    });
  }
}

const find = (report: ReceivedReport, wanted: string): string | undefined => {
  const lower = wanted.toLowerCase();
  return [...report].find(([name]) => name.toLowerCase() === lower)?.[1];
};

/** What follows the type: `smtp; 550 no` is `550 no`. */
const untyped = (value: string | undefined) => value?.replace(/^[^;]*;\s*/, '');

/** Whom the message could not be delivered to. */
export function reportedRecipient(report: ReceivedReport): string | undefined {
  const address = untyped(find(report, 'Original-Recipient') ?? find(report, 'Final-Recipient'));
  return address?.replace(/^<(.*)>$/, '$1');
}

/** What the far side said, beginning with an SMTP code; made up of the status where it did not say one. */
export function reportedResponse(report: ReceivedReport): string {
  const diagnostic = untyped(find(report, 'Diagnostic-Code')) ?? '';
  const [status = ''] = /^\d\.\d+\.\d+/.exec(find(report, 'Status') ?? '') ?? [];
  if (/^\d{3}\b/.test(diagnostic) || status === '') return diagnostic;
  return `${status[0]!}50 ${status} ${diagnostic}`.trimEnd();
}
