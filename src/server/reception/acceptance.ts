import { DEFAULT_BINDING } from '../bindings';
import { shownText } from '../bytes';
import { addressParts } from '../delivery/address';
import { checkedDomainKey } from '../domain-name';
import type { Message } from '../messages/message';
import { retryDelayMillis } from '../queues';
import { UsageError } from '../../support/errors';
import { excludeContext } from './exclude-context';
import type { PolicySubject, ReceptionPolicy } from './policy';
import { REPLIES, rejectedByPolicy } from './responses';
import type { ReceptionServices } from './services';
import { replyOf, type Reply } from './verdict';

/** What became of one message. A deferred one is in no queue yet. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'discarded'; readonly reply: Reply }
  | { readonly kind: 'deferred'; readonly reply: Reply }
  | { readonly kind: 'rejected'; readonly reply: Reply };

type MessageSubject = PolicySubject & { readonly message: Message };

const ACCEPTED: Outcome = { kind: 'accepted' };
const rejected = (reply: Reply): Outcome => ({ kind: 'rejected', reply });

/** The way of one message from the binding to its queue, which all messages go, however they came (4/4-policy). */
export class Acceptance {
  constructor(
    private readonly services: ReceptionServices,
    private readonly policy: ReceptionPolicy,
  ) {}

  async accept(subject: MessageSubject): Promise<Outcome> {
    const { message } = subject;
    const refusal = (await this.#setBinding(subject)) ?? (await this.#finalValidation(subject));
    if (refusal) return refusal;
    if (message.discarded !== undefined) return { kind: 'discarded', reply: replyOf(message.discarded) };
    if (!(await this.#route(subject))) return rejected(REPLIES.noValidDomain);
    excludeContext(message, this.services);
    const decision = await this.policy.enqueue(subject);
    if (decision === 'failed') return rejected(REPLIES.transactionFailed);
    await this.#received(subject);
    if (decision === 'taken') message.disposition = 'taken';
    else this.#queue(message, 'active');
    return ACCEPTED;
  }

  /** A deferred message that nobody sends again waits as if an attempt had failed. */
  async queueDeferred(subject: MessageSubject, { code, text }: Reply): Promise<Outcome> {
    const { message } = subject;
    const { clock, delivery } = this.services;
    if (!(await this.#route(subject))) return rejected(REPLIES.noValidDomain);
    excludeContext(message, this.services);
    const wait = retryDelayMillis(message.retries, delivery.policy.retryPolicyOf(message));
    message.nextAttempt = new Date(clock.millis() + wait);
    message.code = `${code} ${text}`;
    await this.#received(subject);
    this.#queue(message, 'delayed');
    return ACCEPTED;
  }

  async #setBinding(subject: MessageSubject): Promise<Outcome | undefined> {
    const { message, vctx } = subject;
    vctx.beginPhase();
    await this.policy.validate('set_binding', subject);
    // It has no way to reject, but for an error.
    if (vctx.code >= 400) return rejected({ code: vctx.code, text: vctx.note });
    const { delivery } = this.services;
    const chosen = message.chosenBinding;
    message.chosenBinding = undefined;
    if (chosen !== undefined && chosen !== message.binding) {
      message.binding = chosen;
      message.group = delivery.bindings.get(chosen)?.group ?? DEFAULT_BINDING;
      await this.policy.notify('core_post_validate_set_binding', subject);
    }
    const isForbidden = delivery.policy.settings.text('default_binding', {}) === 'none';
    return isForbidden && message.binding === DEFAULT_BINDING ? rejected(REPLIES.noBinding) : undefined;
  }

  async #finalValidation(subject: MessageSubject): Promise<Outcome | undefined> {
    const { vctx } = subject;
    vctx.beginPhase();
    const decision = await this.policy.finalDecision(subject);
    if (decision !== 'continue') {
      const isPermanent = decision === 'reject';
      const fits = isPermanent ? vctx.code >= 400 : vctx.code >= 400 && vctx.code < 500;
      const byDefault = isPermanent ? { code: 550, text: rejectedByPolicy(550) } : REPLIES.transactionFailed;
      const reply = fits ? { code: vctx.code, text: vctx.note || rejectedByPolicy(vctx.code) } : byDefault;
      return { kind: isPermanent ? 'rejected' : 'deferred', reply };
    }
    await this.policy.notify('core_final_validation', subject);
    await this.policy.notify('core_post_final_validation', subject);
    return undefined;
  }

  /** Finds the domain whose queue the message goes to; false when that is none. */
  async #route(subject: MessageSubject): Promise<boolean> {
    const { message } = subject;
    const answer = await this.policy.routingDomain(subject);
    const routed = answer === undefined ? message.routingDomain : shownText(answer);
    try {
      message.domain = checkedDomainKey(routed ?? shownText(addressParts(message.to).domain), 'routing');
      return true;
    } catch (error) {
      if (error instanceof UsageError) return false;
      throw error;
    }
  }

  /** mainlog `R`, counters, `core_log_reception_v1`. */
  async #received(subject: MessageSubject): Promise<void> {
    const { delivery, facilities } = this.services;
    const { message } = subject;
    const { engine, domains } = delivery;
    const { connectionId, receivedFrom, method } = message.origin;
    engine.log.reception(message, {
      connectionId,
      peer: receivedFrom?.host ?? PEERS[method] ?? 'unknown',
      protocol: method,
    });
    engine.statistics.count('received', message, domains.ensure(message.domain));
    if (receivedFrom && receivedFrom.family !== 'unix')
      facilities.inboundAudit.record('receptions', receivedFrom.host);
    await this.policy.notify('core_log_reception_v1', subject);
  }

  #queue(message: Message, queue: 'active' | 'delayed'): void {
    message.disposition = 'queued';
    this.services.delivery.domains.put(message, queue);
  }
}

/** What the mainlog has for an address where there is none. */
const PEERS: Readonly<Record<string, string | undefined>> = { internal: '127.0.0.1' };
