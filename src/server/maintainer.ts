import type { ScheduledTimer, VirtualClock } from './clock';
import type { DomainRecord } from './domain-record';

/**
 * Keeps at most one timer per domain, at the instant of its next maintenance; when it fires, due messages return to
 * the active queue (4/config/ref-delayed-queue-scan-interval: with delayed messages only, the maintainer is scheduled
 * for the first that is due).
 */
export class QueueMaintainer {
  readonly #clock: VirtualClock;
  readonly #timers = new Map<DomainRecord, ScheduledTimer>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** To be called after each change of the domain's delayed queue or delay. */
  reschedule(record: DomainRecord): void {
    this.forget(record);
    const at = record.nextMaintenance;
    if (!at) return;
    const run = () => {
      record.maintain(this.#clock.now());
      this.reschedule(record);
    };
    this.#timers.set(record, this.#clock.schedule(at.getTime(), `queue maintainer ${record.name}`, run));
  }

  forget(record: DomainRecord): void {
    this.#timers.get(record)?.cancel();
    this.#timers.delete(record);
  }
}
