import type { DnsAnswer } from './answer';
import type { RecordType } from './records';

/** Counts by record type. */
export type TypeCounts = Readonly<Partial<Record<RecordType, number>>>;

/** What `summary` shows of the DNS (4/console-commands/summary). Milliseconds are those of the virtual clock. */
export class DnsStatistics {
  #queries: Partial<Record<RecordType, number>> = {};
  #timeouts: Partial<Record<RecordType, number>> = {};
  #answers = 0;
  #millis = 0;
  #peak = 0;
  /** Questions that wait for their answer. */
  pending = 0;

  /** Questions sent, by type. */
  get queries(): TypeCounts {
    return this.#queries;
  }

  /** Those of them that nobody answered in time. */
  get timeouts(): TypeCounts {
    return this.#timeouts;
  }

  get total(): number {
    return Object.values(this.#queries).reduce((sum, count) => sum + count, 0);
  }

  /** The longest time that an answer took. */
  get peakMillis(): number {
    return this.#peak;
  }

  get averageMillis(): number {
    return this.#answers === 0 ? 0 : this.#millis / this.#answers;
  }

  sent(type: RecordType): void {
    this.#queries[type] = (this.#queries[type] ?? 0) + 1;
    this.pending++;
  }

  received(type: RecordType, answer: DnsAnswer, millis: number): void {
    this.pending--;
    if (answer.status === 'TIMEOUT') {
      this.#timeouts[type] = (this.#timeouts[type] ?? 0) + 1;
      return;
    }
    this.#answers++;
    this.#millis += millis;
    this.#peak = Math.max(this.#peak, millis);
  }

  /** `summary reset`; what is pending stays so. */
  reset(): void {
    this.#queries = {};
    this.#timeouts = {};
    this.#answers = this.#millis = this.#peak = 0;
  }
}
