/** A message that waits for delivery. Times are virtual. */
export interface QueuedMessage {
  /** Spool id, unique on the server. */
  readonly id: string;
  /** Envelope addresses; the null sender is the empty string. */
  readonly from: string;
  readonly to: string;
  /** Octets, when known. */
  readonly size?: number;
  readonly created: Date;
  nextAttempt: Date;
  /** `num_retries`: how often delivery has been tried and failed. */
  retries: number;
  /** The reason of the last delay: the far side's answer, or the note of `mail_queue_delay_domain`. */
  code?: string;
  binding: string;
  readonly raw?: Buffer;
}

/** Seconds (4/config/ref-retry-interval, 4/config/ref-max-retry-interval). */
export interface RetryPolicy {
  readonly retryInterval: number;
  readonly maxRetryInterval: number;
}

/** The product's defaults. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { retryInterval: 1200, maxRetryInterval: 43_200 };

/** Milliseconds until the attempt after the next failure of a message that has failed `retries` times so far. */
export function retryDelayMillis(retries: number, policy: RetryPolicy): number {
  return Math.min(policy.retryInterval * 2 ** retries, policy.maxRetryInterval) * 1000;
}

/**
 * The mail queue of one domain: a message is in exactly one of `active` and `delayed`, both in the order of the next
 * attempt (3/3-api/structs-mail-queue).
 */
export class MailQueue {
  readonly active: QueuedMessage[] = [];
  readonly delayed: QueuedMessage[] = [];

  /** Active and delayed messages: the product's `mail_queue_size`. */
  get size(): number {
    return this.active.length + this.delayed.length;
  }

  /** When the first delayed message is due. */
  get nextDue(): Date | undefined {
    return this.delayed[0]?.nextAttempt;
  }

  insert(queue: 'active' | 'delayed', message: QueuedMessage): void {
    const list = this[queue];
    const position = list.findLastIndex((other) => other.nextAttempt <= message.nextAttempt) + 1;
    list.splice(position, 0, message);
  }

  /**
   * Moves every active message to the delayed queue with `note` as its code. The next attempt is as if one had failed
   * now: after the back-off of its retries so far, which are not counted up. Returns the messages moved.
   */
  delayActive(note: string, now: Date, policy: RetryPolicy): QueuedMessage[] {
    const moved = this.active.splice(0);
    for (const message of moved) {
      message.code = note;
      message.nextAttempt = new Date(now.getTime() + retryDelayMillis(message.retries, policy));
      this.insert('delayed', message);
    }
    return moved;
  }

  /** Moves the messages whose next attempt is due at `now` from the delayed to the active queue; returns them. */
  releaseDue(now: Date): QueuedMessage[] {
    const firstLater = this.delayed.findIndex((message) => message.nextAttempt > now);
    const due = this.delayed.splice(0, firstLater === -1 ? this.delayed.length : firstLater);
    for (const message of due) this.insert('active', message);
    return due;
  }
}
