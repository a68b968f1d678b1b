import type { VirtualClock } from '../clock';
import type { DomainRecord } from '../domain-record';
import type { QueuedMessage } from '../queues';
import { TrafficByBinding, type TrafficEvent } from './traffic';

/** The global counters of `summary` (4/console-commands/summary). */
export class DeliveryStatistics {
  readonly #clock: VirtualClock;
  readonly #startedAt: number;
  #resetAt: number;
  /** Successfully delivered messages. */
  delivered = 0;
  /** Outbound messages failed for good. */
  failed = 0;
  /** Outbound messages failed for now. */
  transient = 0;
  /** Messages taken in for delivery. */
  received = 0;
  /** Messages refused at reception. */
  rejected = 0;
  /** Of each binding, since the reset. */
  readonly byBinding = new TrafficByBinding();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#startedAt = clock.millis();
    this.#resetAt = this.#startedAt;
  }

  /** Counts what has happened to a message of a domain. */
  count(event: TrafficEvent, { binding }: QueuedMessage, { traffic }: DomainRecord): void {
    this[event]++;
    this.byBinding.count(event, binding);
    traffic.count(event, binding);
  }

  /** `summary reset`. */
  reset(): void {
    this.delivered = this.failed = this.transient = this.received = this.rejected = 0;
    this.byBinding.reset();
    this.#resetAt = this.#clock.millis();
  }

  /** Seconds. */
  get uptime(): number {
    return this.#secondsSince(this.#startedAt);
  }

  get secondsSinceReset(): number {
    return this.#secondsSince(this.#resetAt);
  }

  /** Messages a second since the reset, delivered and failed ones. */
  get deliveryRate(): number {
    return this.rate(this.delivered + this.failed);
  }

  get receptionRate(): number {
    return this.rate(this.received);
  }

  /** Of something that happened so often since the reset: how often in a second. */
  rate(count: number): number {
    const seconds = this.secondsSinceReset;
    return seconds > 0 ? count / seconds : 0;
  }

  #secondsSince(instant: number): number {
    return (this.#clock.millis() - instant) / 1000;
  }
}
