import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import type { BounceServices } from './bounces';
import { deliveryEvent } from './events';

/**
 * Tells senders that their messages have not been delivered yet: the module `delay_dsn` (4/modules/delay-dsn). The
 * schedule begins when a message is queued; each interval is twice the one before, up to a maximum.
 */
export class DelayNotices {
  readonly #services: BounceServices;
  readonly #known = new WeakSet<QueuedMessage>();
  /** Whether the module is loaded. */
  isLoaded: () => boolean = () => false;

  constructor(services: BounceServices) {
    this.#services = services;
  }

  /** To be called when a record may have messages that it did not have before, and after a change of the configuration. */
  watch({ queue }: DomainRecord): void {
    if (!this.isLoaded()) return;
    for (const [, message] of queue.entries()) {
      const isDue = this.#isEnabled(message) || this.#services.policy.hooks.generateDelayDsn;
      if (!isDue || this.#known.has(message)) continue;
      this.#known.add(message);
      void this.#schedule(message, 0).catch(this.#services.policy.onError);
    }
  }

  #isEnabled(message: QueuedMessage): boolean {
    const { policy } = this.#services;
    return policy.settings.boolean('generate_delay_dsn', policy.scopeOf(message));
  }

  /** `count`: how many notices there have been. */
  async #schedule(message: QueuedMessage, count: number): Promise<void> {
    const { clock, policy } = this.#services;
    const where = policy.scopeOf(message);
    const base = policy.number('delay_dsn_retry_interval', where) * 2 ** count;
    const cap = policy.number('delay_dsn_max_retry_interval', where);
    const planned = new Date(clock.millis() + (cap > 0 ? Math.min(base, cap) : base) * 1000);
    const when = (await policy.hooks.nextDelayDsn?.(message, clock.now(), planned)) ?? planned;
    // A notice that is due at once would be followed by the next one at the same instant.
    if (when.getTime() <= clock.millis()) return;
    clock.schedule(when.getTime(), `delay notice for ${message.domain}`, () => this.#notify(message, count));
  }

  async #notify(message: QueuedMessage, count: number): Promise<void> {
    const { clock, policy, reports } = this.#services;
    if (!this.#isWaiting(message)) return;
    const configured = this.#isEnabled(message);
    const isWanted = (await policy.hooks.generateDelayDsn?.(message, configured)) ?? configured;
    if (isWanted && !(await policy.hooks.sendDelayDsn?.(message))) {
      const notice = await reports.make(message, 'delayed');
      const queued = notice && (await reports.submit(notice));
      if (queued) clock.note(deliveryEvent('notified', message, clock.now(), queued.id));
    }
    await this.#schedule(message, count + 1);
  }

  /** In a queue or on its way, and not so old that its next failure is the last. */
  #isWaiting(message: QueuedMessage): boolean {
    const { clock, domains, policy } = this.#services;
    const age = (clock.millis() - message.created.getTime()) / 1000;
    const isQueued = message.disposition === 'queued' && domains.get(message.domain) !== undefined;
    return isQueued && this.isLoaded() && age < policy.number('message_expiration', policy.scopeOf(message));
  }
}
