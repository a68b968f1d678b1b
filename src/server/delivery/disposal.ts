import type { DomainRecord } from '../domain-record';
import type { AttemptTrace, QueuedMessage } from '../queues';
import type { BounceServices } from './bounces';
import { generateBounce } from './bounces';
import { deliveryEvent, type DeliveryEventType } from './events';
import { NO_CONNECTION } from './log-lines';
import { RESPONSES } from './responses';

/** "Out of band bounce": what the server says itself after the last attempt (4/log-formats-bouncelog). */
const EXPIRED_STAGE = 21;
const EXPIRED: readonly string[] = [RESPONSES.outOfRetries, RESPONSES.outOfTime];

/** How a failure is disposed of. */
export interface FailureOptions {
  /** The attempt that brought it; without one, the message's last. */
  readonly trace?: AttemptTrace;
  /** `EM_FAILED_QUIET`: no bounce. */
  readonly quiet?: boolean;
}

/** What becomes of a message, which is in no queue, after an attempt or by an operator: counters, logs, hooks, bounces. */
export class Disposal {
  readonly #services: BounceServices;

  constructor(services: BounceServices) {
    this.#services = services;
  }

  /** Logged as `D`; the message is gone. */
  async delivered(
    record: DomainRecord,
    message: QueuedMessage,
    trace: AttemptTrace,
    note: string,
  ): Promise<void> {
    const { clock, log, policy, statistics } = this.#services;
    const now = clock.now();
    record.queue.trying.delete(message);
    record.deliveries++;
    record.lastDelivery = now;
    statistics.count('delivered', message, record);
    message.code = note;
    message.lastAttempt = trace;
    message.finalTime = now;
    message.disposition = 'delivered';
    this.#tell('delivered', message, note);
    await policy.hooks.dispose?.(message, undefined);
    log.delivery(message, trace);
    await policy.hooks.logDelivery?.(message, record, now, note);
  }

  /** Logged as `T`, and the message waits for its next attempt; or it fails for good when it has had its last. */
  async transient(
    record: DomainRecord,
    message: QueuedMessage,
    trace: AttemptTrace,
    note: string,
  ): Promise<void> {
    const { clock, domains, log, policy, statistics } = this.#services;
    const now = clock.now();
    message.lastAttempt = trace;
    const reason = await policy.setNextAttempt(message, now);
    if (reason !== undefined) {
      await this.failed(record, message, reason, { trace });
      return;
    }
    record.transients++;
    statistics.count('transient', message, record);
    this.#tell('transient', message, note);
    await policy.hooks.dispose?.(message, note);
    await log.transient(message, trace, note);
    message.retries++;
    message.code = note;
    await policy.hooks.logTransient?.(message, record, now, note);
    await policy.hooks.preRequeue?.(message, now);
    record.queue.trying.delete(message);
    if (domains.has(record)) domains.put(message, 'delayed');
  }

  /** Logged as `P` and in the bouncelog; the sender gets a bounce, and the message is gone. */
  async failed(
    record: DomainRecord,
    message: QueuedMessage,
    note: string,
    { trace, quiet = false }: FailureOptions = {},
  ): Promise<void> {
    const { clock, log, policy, statistics } = this.#services;
    const now = clock.now();
    const last = trace ?? { ...(message.lastAttempt ?? NO_CONNECTION), stage: 0 };
    record.queue.trying.delete(message);
    record.failures++;
    statistics.count('failed', message, record);
    message.code = note;
    if (trace) message.lastAttempt = trace;
    message.finalTime = now;
    message.disposition = 'failed';
    this.#tell('failed', message, note);
    await policy.hooks.dispose?.(message, note);
    await log.permanent(message, EXPIRED.includes(note) ? { ...last, stage: EXPIRED_STAGE } : last, note);
    await policy.hooks.logPermanent?.(message, record, now, note);
    const bounce = quiet ? undefined : await generateBounce(this.#services, message);
    if (bounce) this.#tell('bounced', message, bounce.id);
  }

  #tell(type: DeliveryEventType, message: QueuedMessage, note: string): void {
    const { clock } = this.#services;
    clock.note(deliveryEvent(type, message, clock.now(), note));
  }
}
