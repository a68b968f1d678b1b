import { MailQueue, retryDelayMillis, type QueuedMessage, type RetryPolicy } from './queues';

/** What `mail_queue_delay_domain` left on a domain. */
export interface DomainDelay {
  readonly note: string;
  readonly since: Date;
  /** When it ends; see `DomainRecord.delayMessages`. */
  readonly until: Date;
}

/** One routing domain in the route cache, with its mail queue (3/3-api/structs-domain-record). */
export class DomainRecord {
  /** In lower case. */
  readonly name: string;
  readonly queue = new MailQueue();
  /** When the record leaves the route cache; undefined when nothing has resolved the domain. */
  expiry: Date | undefined;
  deliveries = 0;
  attempts = 0;
  transients = 0;
  failures = 0;
  #delay: DomainDelay | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Messages in the active queue. */
  get active(): number {
    return this.queue.active.length;
  }

  /** Messages in the delayed queue, for whatever reason they are there. */
  get delayedCount(): number {
    return this.queue.delayed.length;
  }

  /** The delay of the domain as a whole that is in force; messages delayed one by one are none. */
  get delay(): DomainDelay | undefined {
    return this.#delay;
  }

  /** When the maintainer has to look at the queue next: the first delayed message is due, or the delay ends. */
  get nextMaintenance(): Date | undefined {
    const due = this.queue.nextDue;
    const until = this.#delay?.until;
    if (!due || !until) return due ?? until;
    return due < until ? due : until;
  }

  /**
   * `mail_queue_delay_domain` (4/lua/ref-msys-core-mail-queue-delay-domain): all active messages become delayed ones
   * with `note` as their code, and the domain counts as delayed until the first of these messages is due again. In
   * the product a call that finds no active message leaves no trace; here it marks the domain all the same, until
   * the instant at which a fresh message would have been due (now + retry interval). A later call replaces note and
   * end. Messages that arrive meanwhile are active, as in the product. Returns the messages moved.
   */
  delayMessages(note: string, now: Date, policy: RetryPolicy): QueuedMessage[] {
    const moved = this.queue.delayActive(note, now, policy);
    const ends = moved.map((message) => message.nextAttempt.getTime());
    if (ends.length === 0) ends.push(now.getTime() + retryDelayMillis(0, policy));
    const until = ends.reduce((first, end) => Math.min(first, end));
    this.#delay = { note, since: now, until: new Date(until) };
    return moved;
  }

  /** What the product's maintainer event does: due messages become active, and a delay that is over ends. */
  maintain(now: Date): QueuedMessage[] {
    if (this.#delay && this.#delay.until <= now) this.#delay = undefined;
    return this.queue.releaseDue(now);
  }
}
