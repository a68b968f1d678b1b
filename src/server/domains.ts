import { UsageError } from '../support/errors';
import type { VirtualClock } from './clock';
import { readDomainFixture, type DomainFixture, type MessageFixture } from './domain-fixtures';
import { checkedDomainKey, domainKey } from './domain-name';
import { DomainRecord } from './domain-record';
import { QueueMaintainer } from './maintainer';
import { DEFAULT_RETRY_POLICY, retryDelayMillis, type QueuedMessage, type RetryPolicy } from './queues';
import type { SpoolIds } from './spool-ids';

const DEFAULT_SENDER = 'sender@example.com';
const DEFAULT_BINDING = 'default';

/** The route cache: the domains that the server knows, in the order in which they appeared. */
export class DomainTable implements Iterable<DomainRecord> {
  readonly #clock: VirtualClock;
  readonly #ids: SpoolIds;
  readonly #retryPolicy: RetryPolicy;
  readonly #records = new Map<string, DomainRecord>();
  readonly #maintainer: QueueMaintainer;

  constructor(clock: VirtualClock, ids: SpoolIds, retryPolicy: RetryPolicy = DEFAULT_RETRY_POLICY) {
    this.#clock = clock;
    this.#ids = ids;
    this.#retryPolicy = retryPolicy;
    this.#maintainer = new QueueMaintainer(clock);
  }

  get length(): number {
    return this.#records.size;
  }

  /** The record of a name, in whatever case; looking for it never creates one (4/lua/ref-msys-core-dns-get-domain). */
  get(name: string): DomainRecord | undefined {
    return this.#records.get(domainKey(name));
  }

  /** Creates a record. Throws UsageError for what is no name, for bad contents, and when it exists already. */
  add(name: string, contents: DomainFixture = {}): DomainRecord {
    const key = checkedDomainKey(name, 'domains.add');
    if (this.#records.has(key)) throw new UsageError(`domains.add: ${key} exists already`);
    const fixture = readDomainFixture(contents, `domains.add, ${key}`);
    const record = this.#create(key);
    record.expiry = fixture.expiry;
    record.deliveries = fixture.deliveries ?? 0;
    record.attempts = fixture.attempts ?? 0;
    record.transients = fixture.transients ?? 0;
    record.failures = fixture.failures ?? 0;
    for (const message of messagesOf(fixture.active)) this.enqueue(key, message);
    for (const message of messagesOf(fixture.delayed)) this.enqueue(key, message, 'delayed');
    return record;
  }

  /**
   * Puts a message into a queue of the domain, whose record appears with it if need be. Missing members: a message
   * for `recipient@<domain>` from `sender@example.com`, created now, in binding `default`; an active one has not been
   * tried and is due, a delayed one has failed once and waits for the back-off.
   */
  enqueue(name: string, message: MessageFixture, queue: 'active' | 'delayed' = 'active'): QueuedMessage {
    const key = checkedDomainKey(name, 'domains.enqueue');
    const record = this.#records.get(key) ?? this.#create(key);
    const now = this.#clock.millis();
    const retries = message.retries ?? (queue === 'active' ? 0 : 1);
    const wait = queue === 'active' ? 0 : retryDelayMillis(Math.max(retries - 1, 0), this.#retryPolicy);
    const queued: QueuedMessage = {
      ...message,
      id: this.#ids.next(),
      from: message.from ?? DEFAULT_SENDER,
      to: message.to ?? `recipient@${key}`,
      size: message.size ?? message.raw?.length,
      created: message.created ?? new Date(now),
      nextAttempt: message.nextAttempt ?? new Date(now + wait),
      retries,
      binding: message.binding ?? DEFAULT_BINDING,
    };
    record.queue.insert(queue, queued);
    this.#maintainer.reschedule(record);
    return queued;
  }

  /**
   * `mail_queue_delay_domain`; `DomainRecord.delayMessages` says what it does. Returns the messages moved. Throws
   * UsageError for a record that has been removed.
   */
  delayDomain(record: DomainRecord, note: string): QueuedMessage[] {
    if (this.#records.get(record.name) !== record) {
      throw new UsageError(`the record of ${record.name} has been removed: it cannot be delayed`);
    }
    const moved = record.delayMessages(note, this.#clock.now(), this.#retryPolicy);
    this.#maintainer.reschedule(record);
    return moved;
  }

  /** Drops a record and the messages in its queue; false when there was none. */
  remove(name: string): boolean {
    const record = this.get(name);
    if (!record) return false;
    this.#maintainer.forget(record);
    return this.#records.delete(record.name);
  }

  [Symbol.iterator](): IterableIterator<DomainRecord> {
    return this.#records.values();
  }

  #create(key: string): DomainRecord {
    const record = new DomainRecord(key);
    this.#records.set(key, record);
    return record;
  }
}

function messagesOf(messages: number | readonly MessageFixture[] = []): readonly MessageFixture[] {
  return typeof messages === 'number' ? Array.from({ length: messages }, () => ({})) : messages;
}
