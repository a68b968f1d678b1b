import { UsageError } from '../support/errors';
import { Bindings, DEFAULT_BINDING } from './bindings';
import type { VirtualClock } from './clock';
import { DeliveryPolicy } from './delivery/policy';
import {
  contextOf,
  rawOf,
  readDomainFixture,
  type DomainFixture,
  type MessageFixture,
} from './domain-fixtures';
import { byteString } from './bytes';
import { NO_CONNECTION } from './delivery/log-lines';
import { checkedDomainKey, domainKey } from './domain-name';
import { DomainRecord } from './domain-record';
import { QueueMaintainer } from './maintainer';
import { retryDelayMillis, type QueuedMessage, type QueueName } from './queues';
import type { SpoolIds } from './spool-ids';
import { MessageContent } from '../mail/content';
import { Message } from './messages/message';

const DEFAULT_SENDER = 'sender@example.com';

/** What a domain table shares with the rest of the server; a part that is left out is one of its own. */
export interface DomainTableParts {
  readonly policy?: DeliveryPolicy;
  readonly bindings?: Bindings;
}

/** A message to be queued; what is missing is filled in by `DomainTable.enqueue`. */
export interface NewMessage extends MessageFixture {
  readonly batchId?: string;
  readonly bounce?: boolean;
}

/** The route cache: the domains that the server knows, in the order in which they appeared. */
export class DomainTable implements Iterable<DomainRecord> {
  readonly #clock: VirtualClock;
  readonly #ids: SpoolIds;
  readonly #policy: DeliveryPolicy;
  readonly #bindings: Bindings;
  readonly #records = new Map<string, DomainRecord>();
  readonly #maintainer: QueueMaintainer;
  /** Messages that a module has taken with `core_mailq_insert_active`, by id: they are in no queue. */
  readonly taken = new Map<string, QueuedMessage>();
  /** Called when there may be something to deliver in an active queue. */
  onActive: (record: DomainRecord) => void = () => undefined;
  /** Called when a record has left the table. */
  onRemove: (record: DomainRecord) => void = () => undefined;

  constructor(clock: VirtualClock, ids: SpoolIds, parts: DomainTableParts = {}) {
    this.#clock = clock;
    this.#ids = ids;
    this.#policy = parts.policy ?? new DeliveryPolicy();
    this.#bindings = parts.bindings ?? new Bindings();
    this.#maintainer = new QueueMaintainer(
      clock,
      (record, message) => this.activate(record, message),
      () => this.#policy.hooks,
    );
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
    const queues = (['active', 'delayed'] as const).map(
      (queue) => [queue, messagesOf(fixture[queue])] as const,
    );
    for (const [queue, messages] of queues)
      messages.forEach(({ binding }, index) => {
        this.#checkBinding(binding, `domains.add, ${key}, ${queue}[${index}].binding`);
      });
    const record = this.#create(key);
    record.expiry = fixture.expiry;
    record.deliveries = fixture.deliveries ?? 0;
    record.attempts = fixture.attempts ?? 0;
    record.transients = fixture.transients ?? 0;
    record.failures = fixture.failures ?? 0;
    for (const [queue, messages] of queues) for (const message of messages) this.enqueue(key, message, queue);
    return record;
  }

  /** The record of a name, created if need be. Throws UsageError for what is no name. */
  ensure(name: string): DomainRecord {
    const key = checkedDomainKey(name, 'domains.ensure');
    return this.#records.get(key) ?? this.#create(key);
  }

  /**
   * Puts a message into a queue of the domain, whose record appears with it if need be. Missing members: a message
   * for `recipient@<domain>` from `sender@example.com`, created now, in binding `default`; an active one has not been
   * tried and is due, a delayed one has failed once and waits for the back-off. Throws UsageError for what is no
   * domain, and for a binding that is not configured.
   */
  enqueue(name: string, message: NewMessage, queue: QueueName = 'active'): Message {
    const key = checkedDomainKey(name, 'domains.enqueue');
    this.#checkBinding(message.binding, 'domains.enqueue');
    const queued = this.#complete(key, message, queue);
    this.put(queued, queue);
    return queued;
  }

  /** Puts a message that is in no queue into one of its domain's, whose record appears if need be. */
  put(message: QueuedMessage, queue: QueueName): void {
    const record = this.#records.get(message.domain) ?? this.#create(message.domain);
    record.queue.insert(queue, message);
    if (queue === 'delayed') this.#maintainer.reschedule(record);
    else this.onActive(record);
  }

  /** Takes a message out of the queue that it is in; answers which one that was, undefined when it is in none. */
  take(message: QueuedMessage): QueueName | undefined {
    const record = this.#records.get(message.domain);
    const queue = record?.queue.remove(message);
    if (record && queue === 'delayed') this.#maintainer.reschedule(record);
    return queue;
  }

  /**
   * Puts a message that is in no queue into the active one, unless a module takes it
   * (3/3-api/hooks-core-mailq-insert-active). A hook that fails changes nothing, and its error goes on.
   */
  async activate(record: DomainRecord, message: QueuedMessage): Promise<void> {
    record.queue.trying.add(message);
    let isTaken = false;
    try {
      isTaken = (await this.#policy.hooks.insertActive?.(record, message)) === false;
    } finally {
      record.queue.trying.delete(message);
      if (isTaken) this.taken.set(message.id, message);
      else if (this.has(record)) this.put(message, 'active');
    }
  }

  /**
   * `mail_queue_delay_domain`; `DomainRecord.delayMessages` says what it does. Returns the messages moved. Throws
   * UsageError for a record that has been removed.
   */
  delayDomain(record: DomainRecord, note: string): QueuedMessage[] {
    if (!this.has(record)) {
      throw new UsageError(`the record of ${record.name} has been removed: it cannot be delayed`);
    }
    const emptyWait = retryDelayMillis(0, this.#policy.retryPolicy({ domain: record.name }));
    const moved = record.delayMessages(note, this.#clock.now(), this.#policy.retryPolicyOf, emptyWait);
    this.#maintainer.reschedule(record);
    return moved;
  }

  /** Drops a record and the messages in its queue; false when there was none. */
  remove(name: string): boolean {
    const record = this.get(name);
    if (!record) return false;
    this.#maintainer.forget(record);
    this.#records.delete(record.name);
    this.onRemove(record);
    return true;
  }

  /** Whether a record is still in the table. */
  has(record: DomainRecord): boolean {
    return this.#records.get(record.name) === record;
  }

  [Symbol.iterator](): IterableIterator<DomainRecord> {
    return this.#records.values();
  }

  #create(key: string): DomainRecord {
    const record = new DomainRecord(key);
    this.#records.set(key, record);
    return record;
  }

  #checkBinding(binding: string | undefined, where: string): void {
    if (binding === undefined || this.#bindings.get(binding)) return;
    const known = [...this.#bindings].map(({ name }) => name).join(', ');
    throw new UsageError(
      `${where}: there is no binding '${binding}'; the option bindings makes one (known: ${known})`,
    );
  }

  #complete(domain: string, message: NewMessage, queue: QueueName): Message {
    const raw = rawOf(message);
    const binding = message.binding ?? DEFAULT_BINDING;
    const group = this.#bindings.get(binding)!.group;
    const created = message.created ?? this.#clock.now();
    const retries = message.retries ?? (queue === 'active' ? 0 : 1);
    const policy = this.#policy.retryPolicy({ domain, binding, group });
    const wait = queue === 'active' ? 0 : retryDelayMillis(Math.max(retries - 1, 0), policy);
    const completed = new Message({
      id: this.#ids.next(),
      batchId: message.batchId ?? this.#ids.next(),
      connectionId: NO_CONNECTION.connectionId,
      created,
      method: 'internal',
    });
    completed.content = raw && new MessageContent(raw);
    completed.size = message.size;
    return Object.assign(completed, {
      from: byteString(message.from ?? DEFAULT_SENDER),
      to: byteString(message.to ?? `recipient@${domain}`),
      domain,
      nextAttempt: message.nextAttempt ?? new Date(this.#clock.millis() + wait),
      retries,
      code: message.code,
      binding,
      group,
      priority: message.priority ?? 0,
      context: contextOf(message),
      bounce: message.bounce,
      disposition: 'queued',
    } as const);
  }
}

function messagesOf(messages: number | readonly MessageFixture[] = []): readonly MessageFixture[] {
  return typeof messages === 'number' ? Array.from({ length: messages }, () => ({})) : messages;
}
