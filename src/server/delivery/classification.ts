import type { MessageContent } from '../../mail/content';
import { decodeTransfer } from '../../mail/transfer-encoding';
import { shownText } from '../bytes';
import type { Message } from '../messages/message';
import { BOUNCE_CLASSES, classifyBounce, type BounceClass } from './bounce-classes';
import type { DeliveryPolicy } from './policy';
import { readReport, reportedRecipient, reportedResponse } from './received-report';

/** How much of a message that is no report is looked at (3/3-api/apis-bounce-error-classify-2). */
export const DEFAULT_LIMIT = 8192;

/** A bounce that came in. */
export interface ReceivedBounce {
  readonly class: BounceClass;
  /** Whom the message was for that bounced; a byte string. */
  readonly recipient: string | undefined;
}

/** The class of that code; a code that no table has is a class of a module's own. */
export const bounceClassOf = (code: number): BounceClass =>
  BOUNCE_CLASSES.get(code) ?? { code, symbol: `BC_${code}`, name: String(code) };

/** The class of what the far side said: what a module says, or else by the text. */
export async function classifyResponse(
  { hooks }: DeliveryPolicy,
  response: string,
  domain: string,
): Promise<BounceClass> {
  return bounceClassOf((await hooks.classifyBounce?.(response, domain)) ?? classifyBounce(response));
}

/**
 * The class of a message that came in: of a report by its fields, of anything else by what modules or its text say
 * (3/3-api/apis-bounce-error-classify-2).
 */
export async function classifyMessage(
  policy: DeliveryPolicy,
  { content }: Message,
  limit = DEFAULT_LIMIT,
): Promise<ReceivedBounce> {
  if (!content) return { class: bounceClassOf(1), recipient: undefined };
  const report = readReport(content);
  if (report) {
    const recipient = reportedRecipient(report);
    const [, domain = ''] = /@([^@]*)$/.exec(recipient ?? '') ?? [];
    const response = shownText(reportedResponse(report));
    return { class: await classifyResponse(policy, response, shownText(domain)), recipient };
  }
  const body = payloadOf(content).toString('latin1', 0, limit);
  const [recipient] = content.headers.get('X-Failed-Recipients');
  const code = (await policy.hooks.classifyReceived?.(body)) ?? classifyBounce(shownText(body));
  return { class: bounceClassOf(code), recipient: recipient?.trim() };
}

/** The body, without the transfer encoding of a message of one part (3/3-api/hooks-core-bounce-error-classify). */
function payloadOf(content: MessageContent): Buffer {
  const top = content.mime(true);
  return top.isContainer ? content.body : decodeTransfer(content.body, top.encoding);
}
