import type { ScheduledTimer, VirtualClock } from './clock';
import type { QueueHooks } from './delivery/hooks';
import type { DomainRecord } from './domain-record';
import type { QueuedMessage } from './queues';

/** Puts a message that is due, and in no queue, into the active one. */
export type Activate = (record: DomainRecord, message: QueuedMessage) => Promise<void>;

/**
 * Keeps at most one timer per domain, at the instant of its next maintenance; when it fires, due messages return to
 * the active queue (4/config/ref-delayed-queue-scan-interval: with delayed messages only, the maintainer is scheduled
 * for the first that is due).
 */
export class QueueMaintainer {
  readonly #clock: VirtualClock;
  readonly #activate: Activate;
  readonly #hooks: () => QueueHooks;
  readonly #timers = new Map<DomainRecord, ScheduledTimer>();

  constructor(clock: VirtualClock, activate: Activate, hooks: () => QueueHooks) {
    this.#clock = clock;
    this.#activate = activate;
    this.#hooks = hooks;
  }

  /** To be called after each change of the domain's delayed queue or delay. */
  reschedule(record: DomainRecord): void {
    this.forget(record);
    const at = record.nextMaintenance;
    if (!at) return;
    const run = () => this.#maintain(record);
    this.#timers.set(record, this.#clock.schedule(at.getTime(), `queue maintainer ${record.name}`, run));
  }

  forget(record: DomainRecord): void {
    this.#timers.get(record)?.cancel();
    this.#timers.delete(record);
  }

  async #maintain(record: DomainRecord): Promise<void> {
    const now = this.#clock.now();
    const hooks = this.#hooks();
    const hasDue = (record.queue.nextDue ?? Infinity) <= now;
    if (hasDue) await hooks.preMaintain?.(record, now);
    const due = record.maintain(now);
    for (const message of due) record.queue.trying.add(message);
    this.reschedule(record);
    const errors: unknown[] = [];
    // One by one, as the product calls the hooks; an error must not keep the others from their queue.
    for (const message of due)
      await this.#activate(record, message).catch((error: unknown) => errors.push(error));
    if (hasDue)
      await hooks.postMaintain?.(
        record,
        now,
        due.filter((message) => record.queue.active.includes(message)).length,
      );
    if (errors.length > 0) throw errors[0];
  }
}
