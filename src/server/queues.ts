import type { Disposition } from './messages/message';

/** The context dictionaries that a message carries (4/4-policy): of itself, and of the connection it came over. */
export interface MessageContext {
  readonly message: Map<string, string>;
  readonly connection: Map<string, string>;
}

/** What the last attempt to deliver a message left, for the logs. */
export interface AttemptTrace {
  /** Id of the outbound connection. */
  readonly connectionId: string;
  /** The far side's address. */
  readonly ip: string;
  /** The far side's name, where a route has told it. */
  readonly host?: string;
  /** 0 to 22 (4/4-log-formats-connection-stages). */
  readonly stage: number;
}

/** A message that waits for delivery. Times are virtual. */
export interface QueuedMessage {
  /** Spool id, unique on the server. */
  readonly id: string;
  /** Shared by the recipients of one transaction. */
  readonly batchId: string;
  /** Envelope addresses; the null sender is the empty string. */
  readonly from: string;
  readonly to: string;
  /** Octets, when known. */
  readonly size?: number;
  readonly created: Date;
  /** The routing domain whose queue has it, in lower case. */
  domain: string;
  nextAttempt: Date;
  /** `num_retries`: how often delivery has been tried and failed. */
  retries: number;
  /** The reason of the last delay: the far side's answer, or the note of `mail_queue_delay_domain`. */
  code?: string;
  binding: string;
  /** Of the binding. */
  group: string;
  /** 1 is pulled out of the active queue before 0. */
  priority: 0 | 1;
  readonly context: MessageContext;
  /** As received: headers, an empty line, body. */
  readonly raw?: Buffer;
  /** A bounce that the server made itself: none is made about it. */
  readonly bounce?: boolean;
  lastAttempt?: AttemptTrace;
  /** When it was delivered, or failed for good. */
  finalTime?: Date;
  disposition?: Disposition;
}

/** Seconds (4/config/ref-retry-interval, 4/config/ref-max-retry-interval). */
export interface RetryPolicy {
  readonly retryInterval: number;
  readonly maxRetryInterval: number;
}

/** The policy that is in force for a message: it may depend on domain and binding. */
export type RetryPolicyOf = (message: QueuedMessage) => RetryPolicy;

/** Milliseconds until the attempt after the next failure of a message that has failed `retries` times so far. */
export function retryDelayMillis(retries: number, policy: RetryPolicy): number {
  return Math.min(policy.retryInterval * 2 ** retries, policy.maxRetryInterval) * 1000;
}

export type QueueName = 'active' | 'delayed';

/**
 * The mail queue of one domain: a message is in exactly one of `active`, `delayed` and `trying`. The active queue has
 * messages of priority 1 first; both are then in the order of the next attempt (3/3-api/structs-mail-queue).
 */
export class MailQueue {
  readonly active: QueuedMessage[] = [];
  readonly delayed: QueuedMessage[] = [];
  /** Messages that are being delivered right now. */
  readonly trying = new Set<QueuedMessage>();

  readonly #activeCounts = new Map<string, number>();

  /** `domain`: the routing domain, in lower case. */
  constructor(readonly domain: string) {}

  /** Active and delayed messages: the product's `mail_queue_size`. */
  get size(): number {
    return this.active.length + this.delayed.length;
  }

  /** When the first delayed message is due. */
  get nextDue(): Date | undefined {
    return this.delayed[0]?.nextAttempt;
  }

  /** How many active messages each binding has, of those that have any. */
  get activeCounts(): ReadonlyMap<string, number> {
    return this.#activeCounts;
  }

  /** The active queue of a binding: the product's `bound_active`. */
  activeOf(binding: string): QueuedMessage[] {
    return this.active.filter((message) => message.binding === binding);
  }

  /** The queues in turn, with the messages in their order. */
  *entries(): Generator<[QueueName, QueuedMessage], void> {
    for (const message of this.active) yield ['active', message];
    for (const message of this.delayed) yield ['delayed', message];
  }

  insert(queue: QueueName, message: QueuedMessage): void {
    const list = this[queue];
    const goesBefore = queue === 'active' ? pulledBefore : dueBefore;
    list.splice(list.findLastIndex((other) => !goesBefore(message, other)) + 1, 0, message);
    if (queue === 'active') this.#count(message.binding, 1);
  }

  /** Takes a message out of the queue that it is in; answers which one that was, undefined when it is in neither. */
  remove(message: QueuedMessage): QueueName | undefined {
    for (const queue of ['active', 'delayed'] as const) {
      const index = this[queue].indexOf(message);
      if (index === -1) continue;
      this[queue].splice(index, 1);
      if (queue === 'active') this.#count(message.binding, -1);
      return queue;
    }
    return undefined;
  }

  /**
   * Moves every active message to the delayed queue with `note` as its code. The next attempt is as if one had failed
   * now: after the back-off of its retries so far, which are not counted up. Returns the messages moved.
   */
  delayActive(note: string, now: Date, policyOf: RetryPolicyOf): QueuedMessage[] {
    const moved = this.active.splice(0);
    this.#activeCounts.clear();
    for (const message of moved) {
      message.code = note;
      message.nextAttempt = new Date(now.getTime() + retryDelayMillis(message.retries, policyOf(message)));
      this.insert('delayed', message);
    }
    return moved;
  }

  /** Takes the messages whose next attempt is due at `now` out of the delayed queue. */
  takeDue(now: Date): QueuedMessage[] {
    const firstLater = this.delayed.findIndex((message) => message.nextAttempt > now);
    return this.delayed.splice(0, firstLater === -1 ? this.delayed.length : firstLater);
  }

  #count(binding: string, change: 1 | -1): void {
    const count = (this.#activeCounts.get(binding) ?? 0) + change;
    if (count > 0) this.#activeCounts.set(binding, count);
    else this.#activeCounts.delete(binding);
  }
}

const dueBefore = (a: QueuedMessage, b: QueuedMessage) => a.nextAttempt < b.nextAttempt;

const pulledBefore = (a: QueuedMessage, b: QueuedMessage) =>
  a.priority === b.priority ? dueBefore(a, b) : a.priority > b.priority;
