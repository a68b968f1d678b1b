import type { EndedAttempt } from './attempts';

/** What is known of an address that mail goes to; all domains share it (4/console-commands/domain). */
export interface HostRecord {
  /** Milliseconds that a delivery takes, older ones counting less and less. */
  readonly deliveryMillis: number;
  /** When a connection failed; undefined once one has come about again. */
  readonly failedAt: Date | undefined;
  /** Connections that failed since the last one that came about. */
  readonly failures: number;
  /** Seconds until it is tried again, where a hook has said so. */
  readonly retryAfter?: number;
}

/** How much of the average the newest delivery makes up: what TCP does with its round-trip times (RFC 6298). */
const NEWEST_WEIGHT = 1 / 8;

const UNKNOWN: HostRecord = { deliveryMillis: 0, failedAt: undefined, failures: 0 };

/** The addresses of far sides, as attempts found them. */
export class Hosts {
  readonly #records = new Map<string, HostRecord>();

  of(ip: string): HostRecord {
    return this.#records.get(ip) ?? UNKNOWN;
  }

  note({ behaviour, connection, startedAt, retryAfter }: EndedAttempt, now: Date): void {
    const known = this.#records.get(connection.ip);
    if (behaviour.kind !== 'reply') {
      const before = known ?? UNKNOWN;
      this.#records.set(connection.ip, {
        ...before,
        failedAt: now,
        failures: before.failures + 1,
        retryAfter,
      });
      return;
    }
    const taken = now.getTime() - startedAt.getTime();
    const before = known?.deliveryMillis ?? taken;
    const deliveryMillis = before + (taken - before) * NEWEST_WEIGHT;
    this.#records.set(connection.ip, { deliveryMillis, failedAt: undefined, failures: 0 });
  }
}
