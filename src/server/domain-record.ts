import type { Route } from './delivery/routes';
import { TrafficByBinding } from './delivery/traffic';
import { MailQueue, type QueuedMessage, type RetryPolicyOf } from './queues';

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
  readonly queue: MailQueue;
  /** When the record leaves the route cache; undefined when nothing has resolved the domain. */
  expiry: Date | undefined;
  deliveries = 0;
  attempts = 0;
  transients = 0;
  failures = 0;
  readonly traffic = new TrafficByBinding();
  lastDelivery: Date | undefined;
  /** Connections that failed since the last one that came about (4/console-commands/domain). */
  connectionFailures = 0;
  /** Lookups of its hosts that failed since the last one that did not. */
  dnsFailures = 0;
  /** Where its mail goes, as last resolved. */
  route: Route | undefined;
  #delay: DomainDelay | undefined;

  constructor(name: string) {
    this.name = name;
    this.queue = new MailQueue(name);
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
   * the instant at which a fresh message would have been due: `emptyWait` milliseconds from now. A later call replaces
   * note and end. Messages that arrive meanwhile are active, as in the product. Returns the messages moved.
   */
  delayMessages(note: string, now: Date, policyOf: RetryPolicyOf, emptyWait: number): QueuedMessage[] {
    const moved = this.queue.delayActive(note, now, policyOf);
    const ends = moved.map((message) => message.nextAttempt.getTime());
    if (ends.length === 0) ends.push(now.getTime() + emptyWait);
    const until = ends.reduce((first, end) => Math.min(first, end));
    this.#delay = { note, since: now, until: new Date(until) };
    return moved;
  }

  /** Ends a delay that is over, and takes the messages that are due out of the delayed queue. */
  maintain(now: Date): QueuedMessage[] {
    if (this.#delay && this.#delay.until <= now) this.#delay = undefined;
    return this.queue.takeDue(now);
  }
}
