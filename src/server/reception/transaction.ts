import { shownText } from '../bytes';
import { generateBounce } from '../delivery/bounces';
import { addressParts } from '../delivery/address';
import { domainKey } from '../domain-name';
import { MessageContent } from '../../mail/content';
import { Message } from '../messages/message';
import { Acceptance } from './acceptance';
import { checkContent } from './content-checks';
import { noteAddress } from './context-keys';
import type { PolicySubject, Rejection } from './policy';
import { Rejections } from './rejections';
import type { ReceptionSession, SessionParts } from './session';
import { addHeaders } from './trace-headers';
import { refusalOf, refusedWith, verdictOf, type Reply, type Verdict } from './verdict';

type MessageSubject = PolicySubject & { readonly session: ReceptionSession; readonly message: Message };

/** A message that was refused, or deferred, while others of the transaction were not. */
interface Refused {
  readonly message: Message;
  readonly reply: Reply;
  readonly isDeferred: boolean;
}

/**
 * One mail transaction. Its message is there from MAIL FROM on and becomes that of the first recipient; the others get
 * copies, once the message as a whole has been accepted (4/4-policy-context-variables: a message has one recipient).
 */
export class Transaction {
  readonly message: Message;
  /** Command lines by address. */
  readonly #lines = new Map<string, string>();
  readonly #acceptance: Acceptance;
  readonly #rejections: Rejections;
  /** A reply below 400 that a module gave instead of the default. */
  #accepted: Verdict = {};

  constructor(
    private readonly session: ReceptionSession,
    private readonly parts: SessionParts,
    from: string,
  ) {
    const { services, policy, pathway } = parts;
    const { accept, vctx } = session;
    this.#acceptance = new Acceptance(services, policy);
    this.#rejections = new Rejections(services);
    this.message = new Message({
      id: services.ids.next(),
      batchId: services.ids.next(),
      connectionId: accept.connectionId,
      created: services.clock.now(),
      method: 'esmtp',
      receivedFrom: accept.remoteAddress,
      receivedVia: accept.localAddress,
      pathway,
    });
    this.message.from = from;
    this.message.context = { message: vctx.message, connection: vctx.connection };
  }

  addRecipient(address: string, line: string): void {
    this.session.recipients.add(address);
    this.#lines.set(address, line);
  }

  /** Everything from the body to the queue. */
  async receive(raw: Buffer): Promise<Verdict> {
    const refusal = (await this.#readContent(raw)) ?? (await this.#validateBatch());
    if (refusal) {
      this.message.disposition = 'rejected';
      this.message.reason = reasonOf(refusalOf(refusal)!);
      this.parts.services.messages.add(this.message);
      return refusal;
    }
    const messages = this.#split();
    const { accepted, refused } = await this.#acceptAll(messages);
    return accepted === 0 && refused.length > 0
      ? this.#refuseAll(refused)
      : this.#conclude(messages, refused);
  }

  /** Checks the form of the message and adds the headers that the server adds. */
  async #readContent(raw: Buffer): Promise<Verdict | undefined> {
    const { settings, policy, services } = this.parts;
    const checked = checkContent(raw, settings);
    if ('code' in checked) {
      this.message.content = new MessageContent(raw);
      await this.#reject(this.#subject(this.message), checked);
      return refusedWith(checked);
    }
    this.message.content = new MessageContent(checked.raw);
    if (checked.isDateMissing) this.session.vctx.message.set('rfc2822_date_missing', 'true');
    await addHeaders(this.message, this.#subject(this.message), {
      policy,
      settings,
      now: services.clock.now(),
    });
    return undefined;
  }

  /** The phases for the message as a whole. */
  async #validateBatch(): Promise<Verdict | undefined> {
    const { policy } = this.parts;
    const { vctx } = this.session;
    const subject = this.#subject(this.message);
    for (const phase of ['data', 'data_spool'] as const) {
      vctx.beginPhase();
      await policy.validate(phase, subject);
      const verdict = this.#note(verdictOf(vctx));
      const refusal = refusalOf(verdict);
      if (!refusal) continue;
      await this.#reject(subject, refusal);
      return verdict;
    }
    return undefined;
  }

  /** One message for each recipient; each with dictionaries of its own. */
  #split(): Message[] {
    const { session, parts, message } = this;
    const { recipients, vctx } = session;
    vctx.connection.set('message_rcpt_count', String(recipients.length));
    // A change would be lost from here on.
    recipients.isFinal = true;
    const [, ...others] = recipients;
    const { discarded } = message;
    const copies = others.map(() =>
      Object.assign(message.copy(parts.services.ids.next()), { discarded, nextAttempt: message.nextAttempt }),
    );
    const messages = recipients.length === 0 ? [] : [message, ...copies];
    messages.forEach((one, index) => {
      this.#address(one, recipients.at(index)!);
      parts.services.messages.add(one);
    });
    return messages;
  }

  #address(message: Message, address: string): void {
    const { vctx } = this.session;
    message.to = address;
    message.domain = domainKey(shownText(addressParts(address).domain));
    message.context = { message: new Map(vctx.message), connection: vctx.connection };
    const line = this.#lines.get(address) ?? `RCPT TO:<${address}>`;
    noteAddress(message.context.message, 'rcptto', line, address);
  }

  async #acceptAll(messages: readonly Message[]): Promise<{ accepted: number; refused: Refused[] }> {
    const refused: Refused[] = [];
    for (const message of messages) {
      const reply = await this.#validateRecipient(this.#subject(message));
      if (reply) refused.push({ message, reply, isDeferred: false });
      // From here on, what a script changes of the connection is no longer the message's.
      message.context = { ...message.context, connection: new Map(this.session.vctx.connection) };
    }
    const passed = messages.filter((message) => !refused.some((other) => other.message === message));
    let accepted = 0;
    for (const message of passed) {
      const subject = this.#subject(message);
      const outcome = await this.#acceptance.accept(subject);
      if (outcome.kind === 'accepted') accepted++;
      else if (outcome.kind === 'discarded') {
        accepted++;
        await this.#discard(subject, outcome.reply);
      } else refused.push({ message, reply: outcome.reply, isDeferred: outcome.kind === 'deferred' });
    }
    return { accepted, refused };
  }

  /** `data_spool_each_rcpt`, and the hooks after it, which may decide as well. */
  async #validateRecipient(subject: MessageSubject): Promise<Reply | undefined> {
    const { policy } = this.parts;
    const { vctx } = this.session;
    vctx.beginPhase();
    await policy.validate('data_spool_each_rcpt', subject);
    await policy.notify('core_validate_data_spool_each_rcpt', subject);
    await policy.notify('core_post_validate_data_spool_each_rcpt_v1', subject);
    return refusalOf(this.#note(verdictOf(vctx)));
  }

  /** No recipient is left: the client hears of the first refusal. */
  async #refuseAll(refused: readonly Refused[]): Promise<Verdict> {
    for (const { message, reply } of refused) await this.#refuseOne(message, reply);
    const [{ reply }] = refused as [Refused];
    return { ...this.#accepted, reply };
  }

  /** The client hears that the message was taken; those who were refused it are told by mail. */
  async #conclude(messages: readonly Message[], refused: readonly Refused[]): Promise<Verdict> {
    for (const { message, reply, isDeferred } of refused) {
      if (isDeferred) {
        const outcome = await this.#acceptance.queueDeferred(this.#subject(message), reply);
        if (outcome.kind === 'accepted') continue;
      }
      await this.#refuseOne(message, reply);
      if (this.parts.settings.bounceRejectedRecipients) await this.#bounce(message, reply);
    }
    const id = messages.length === 1 ? this.message.id : this.message.batchId;
    const { acceptedText } = this.parts.services.options;
    return { reply: { code: 250, text: `${acceptedText}${id}` }, ...this.#accepted };
  }

  async #refuseOne(message: Message, reply: Reply): Promise<void> {
    message.disposition = 'rejected';
    message.reason = reasonOf(reply);
    await this.#reject(this.#subject(message), reply);
  }

  /** Silent for the sender, a rejection for the logs (4/lua/ref-msg-discard). */
  async #discard(subject: MessageSubject, reply: Reply): Promise<void> {
    subject.message.disposition = 'discarded';
    subject.message.reason = reasonOf(reply);
    await this.#reject(subject, reply);
  }

  async #bounce(message: Message, reply: Reply): Promise<void> {
    const { clock, delivery } = this.parts.services;
    const { domains, policy, engine } = delivery;
    const { log, statistics, reports } = engine;
    message.code = reasonOf(reply);
    await generateBounce({ clock, domains, policy, log, statistics, reports }, message);
  }

  #reject(subject: MessageSubject, reply: Reply): Promise<void> {
    const { policy, settings } = this.parts;
    const rejection: Rejection = { ...reply, state: this.session.stateName };
    return this.#rejections.note({ subject, policy, settings }, rejection);
  }

  /** Keeps what a verdict has besides a refusal for the reply at the end. */
  #note(verdict: Verdict): Verdict {
    const { reply, tarpit = 0 } = verdict;
    const sum = tarpit + (this.#accepted.tarpit ?? 0);
    this.#accepted = {
      ...this.#accepted,
      ...(reply && !refusalOf(verdict) && { reply }),
      ...(sum > 0 && { tarpit: sum }),
    };
    return verdict;
  }

  /** The message's dictionary is the session's while it is dealt with. */
  #subject(message: Message): MessageSubject {
    const { session } = this;
    session.vctx.message = message.context.message;
    return { session, vctx: session.vctx, message };
  }
}

const reasonOf = ({ code, text }: Reply): string => `${code} ${text}`;
