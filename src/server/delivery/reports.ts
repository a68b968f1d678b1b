import { makeBoundary } from '../../mail/boundary';
import { MessageContent } from '../../mail/content';
import { rfc2822Date } from '../../mail/date';
import { byteString } from '../bytes';
import { checkedDomainKey } from '../domain-name';
import { Message } from '../messages/message';
import type { QueuedMessage } from '../queues';
import type { SpoolIds } from '../spool-ids';
import { UsageError } from '../../support/errors';
import { addressParts } from './address';
import type { BounceServices } from './bounces';
import type { DsnAction } from './dsn-action';
import { hostname } from './hostname';
import { NO_CONNECTION } from './log-lines';
import {
  quote,
  reportContent,
  reportHeaders,
  reportText,
  splitPreamble,
  type Quotation,
  type ReportParts,
} from './report-content';
import { messageFields, recipientFields, type ReportFacts, type ReportFields } from './report-fields';

/** Makes reports about messages (RFC 3464), with what modules have to say about them. */
export class Reports {
  readonly #services: Omit<BounceServices, 'reports'>;
  readonly #ids: SpoolIds;
  /** Puts a report on its way, and answers the message that is; until it is replaced, straight into the queue. */
  submit: (report: Message) => Promise<QueuedMessage | undefined> = (report) => this.#enqueue(report);

  constructor(services: Omit<BounceServices, 'reports'>, ids: SpoolIds) {
    this.#services = services;
    this.#ids = ids;
  }

  /** The two groups of fields about a message. */
  fields(message: QueuedMessage, action: DsnAction): readonly [ReportFields, ReportFields] {
    const facts = this.#facts(message);
    return [messageFields(message, facts), recipientFields(message, action, facts)];
  }

  /**
   * A report for the sender of a message, in no queue. Undefined when a module wants none, when the sender is null or has
   * no domain, and when the message is a report itself.
   */
  async make(message: QueuedMessage, action: DsnAction): Promise<Message | undefined> {
    const domain = senderDomain(message);
    if (domain === undefined || message.bounce) return undefined;
    const { hooks } = this.#services.policy;
    const own = await hooks.generateReport?.(message, action);
    if (own === null) return undefined;
    const report = own ?? (await this.#compose(message, action));
    report.bounce = true;
    report.to ||= message.from;
    report.domain ||= domain;
    await hooks.reportGenerated?.(message, report, action);
    return report;
  }

  async #compose(message: QueuedMessage, action: DsnAction): Promise<Message> {
    const { clock, policy } = this.#services;
    const now = clock.now();
    const id = this.#ids.next();
    const { connectionId } = NO_CONNECTION;
    const report = new Message({
      id,
      batchId: this.#ids.next(),
      connectionId,
      created: now,
      method: 'internal',
    });
    const boundary = makeBoundary(id, [], message.raw ? [message.raw] : []);
    const from = policy.settings.text('mailerdaemon', policy.scopeOf(message));
    const headers = reportHeaders(action, {
      from: byteString(from ?? `mailer-daemon@${hostname(policy)}`),
      to: message.from,
      date: rfc2822Date(now),
      boundary,
    });
    const [messagePart, recipientPart] = this.fields(message, action);
    const raw = reportContent({
      ...(await this.#preamble(message, action, headers)),
      boundary,
      message: messagePart,
      recipient: recipientPart,
      original: await this.#original(message, action),
    });
    report.content = new MessageContent(raw);
    return report;
  }

  async #preamble(
    message: QueuedMessage,
    action: DsnAction,
    headers: string,
  ): Promise<Pick<ReportParts, 'headers' | 'text'>> {
    const code = message.code === undefined ? undefined : byteString(message.code);
    const text = reportText(action, message.to, code);
    const answer = await this.#services.policy.hooks.reportPreamble?.(message, action, headers);
    if (!answer) return { headers, text };
    const preamble = splitPreamble(answer.text);
    return answer.isComplete ? preamble : { headers: preamble.headers, text: preamble.text + text };
  }

  async #original(message: QueuedMessage, action: DsnAction): Promise<ReportParts['original']> {
    const { policy } = this.#services;
    const given = policy.settings.text('bounces_inline_original', policy.scopeOf(message))?.toLowerCase();
    const quotation: Quotation = given === 'all' || given === 'none' ? given : 'headers';
    const fragment = await policy.hooks.reportFragment?.(message, action);
    if (fragment === undefined) return quote(quotation, message.raw);
    return { type: quotation === 'all' ? 'message/rfc822' : 'text/rfc822-headers', body: fragment };
  }

  #facts(message: QueuedMessage): ReportFacts {
    const { clock, policy } = this.#services;
    const expiration = policy.number('message_expiration', policy.scopeOf(message));
    return {
      hostname: hostname(policy),
      now: clock.now(),
      retriedUntil: new Date(message.created.getTime() + expiration * 1000),
    };
  }

  #enqueue(report: Message): Promise<QueuedMessage> {
    const { domains, log, statistics } = this.#services;
    report.disposition = 'queued';
    domains.put(report, 'active');
    log.reception(report, { ...NO_CONNECTION, peer: '127.0.0.1', protocol: 'internal' });
    statistics.count('received', report, domains.ensure(report.domain));
    return Promise.resolve(report);
  }
}

function senderDomain({ from }: QueuedMessage): string | undefined {
  try {
    return checkedDomainKey(addressParts(from).domain, 'report');
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
