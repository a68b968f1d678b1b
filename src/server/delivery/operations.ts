import { UsageError } from '../../support/errors';
import type { Bindings } from '../bindings';
import type { VirtualClock } from '../clock';
import { checkedDomainKey } from '../domain-name';
import type { DomainRecord } from '../domain-record';
import type { DomainTable } from '../domains';
import type { QueuedMessage, QueueName } from '../queues';
import type { Disposal } from './disposal';
import { matches, type MessageFilter } from './filter';
import type { DeliveryPolicy } from './policy';
import { RESPONSES } from './responses';

/** What the operations work on. */
export interface OperationParts {
  readonly clock: VirtualClock;
  readonly domains: DomainTable;
  readonly bindings: Bindings;
  readonly policy: DeliveryPolicy;
  readonly disposal: Disposal;
}

export interface FailOptions {
  /** The code of the failure; `554 5.7.0 [internal] Message manually purged`. */
  readonly note?: string;
  /** No bounces. */
  readonly quiet?: boolean;
  /** Only answer which messages it would be. */
  readonly dryRun?: boolean;
}

/** A message that is in a queue. */
export interface FoundMessage {
  readonly message: QueuedMessage;
  readonly record: DomainRecord;
  readonly queue: QueueName;
}

/**
 * What an operator does to queued messages (4/4-console-commands). Messages that are being delivered right now are in
 * no queue, and no operation gets at them. Each answers the messages concerned, in the order of their queues; a
 * binding that is not configured is a UsageError.
 */
export class QueueOperations {
  readonly #parts: OperationParts;

  constructor(parts: OperationParts) {
    this.#parts = parts;
  }

  /** The messages of the given queues, or of both, that a filter lets through. */
  select(filter: MessageFilter, queues: readonly QueueName[] = ['active', 'delayed']): QueuedMessage[] {
    return this.#matching(filter, queues).map(({ message }) => message);
  }

  /** `delay` (4/console-commands/delay): active messages, for some seconds from now, at least 1. */
  delay(seconds: number, filter: MessageFilter, dryRun = false): QueuedMessage[] {
    if (!Number.isSafeInteger(seconds) || seconds < 1)
      throw new UsageError(`delay: a whole number of seconds from 1 expected, not ${String(seconds)}`);
    const messages = this.select(filter, ['active']);
    if (dryRun) return messages;
    const until = this.#parts.clock.millis() + seconds * 1000;
    for (const message of messages) {
      this.#parts.domains.take(message);
      message.nextAttempt = new Date(until);
      this.#parts.domains.put(message, 'delayed');
    }
    return messages;
  }

  /** `flush domain` (4/console-commands/flush-domain): delayed messages are due now. */
  async flush(filter: MessageFilter, dryRun = false): Promise<QueuedMessage[]> {
    const found = this.#matching(filter, ['delayed']);
    if (!dryRun) for (const { record, message } of found) await this.#requeue(record, message);
    return found.map(({ message }) => message);
  }

  /** `fail domain`, `fail all`, `binding fail domain` (4/console-commands/fail-domain). */
  async fail(filter: MessageFilter, options: FailOptions = {}): Promise<QueuedMessage[]> {
    const { note = RESPONSES.purged, quiet = false, dryRun = false } = options;
    const found = this.#matching(filter, ['active', 'delayed']);
    if (!dryRun) for (const { record, message } of found) await this.#fail(record, message, note, quiet);
    return found.map(({ message }) => message);
  }

  /**
   * `reroute queue` (4/console-commands/reroute-queue): into the queue of `target`, whose record appears if need be.
   * Delayed messages stay delayed. The filter's domain is the source; every domain but the target without one.
   */
  reroute(filter: MessageFilter, target: string, dryRun = false): QueuedMessage[] {
    const domain = checkedDomainKey(target, 'reroute');
    const found = this.#matching(filter, ['active', 'delayed']).filter(
      ({ record }) => record.name !== domain,
    );
    if (!dryRun) {
      this.#parts.domains.ensure(domain);
      for (const { message, queue } of found) {
        this.#parts.domains.take(message);
        message.domain = domain;
        this.#parts.domains.put(message, queue);
      }
    }
    return found.map(({ message }) => message);
  }

  /**
   * `rebind` (4/console-commands/rebind): asks anew for the binding of the messages, by the hook `setBinding`. Answers
   * those whose binding has changed.
   */
  async rebind(filter: MessageFilter): Promise<QueuedMessage[]> {
    const { policy } = this.#parts;
    const changed: QueuedMessage[] = [];
    for (const { message } of this.#matching(filter, ['active', 'delayed'])) {
      const name = await policy.hooks.setBinding?.(message);
      if (name === undefined || name === message.binding || !this.bind(message, name)) continue;
      changed.push(message);
      await policy.hooks.bindingChanged?.(message);
    }
    return changed;
  }

  /** Gives a message another binding, in whichever queue it is. False when the binding is not configured. */
  bind(message: QueuedMessage, name: string): boolean {
    const { bindings, domains } = this.#parts;
    const binding = bindings.get(name);
    if (!binding) return false;
    const queue = domains.take(message);
    message.binding = binding.name;
    message.group = binding.group;
    if (queue) domains.put(message, queue);
    return true;
  }

  /** A queued message by its id. */
  find(id: string): FoundMessage | undefined {
    for (const record of this.#parts.domains)
      for (const [queue, message] of record.queue.entries())
        if (message.id === id) return { message, record, queue };
    return undefined;
  }

  /** `message retry` (4/console-commands/message-retry). Undefined when no queue has the message. */
  async retry(id: string): Promise<QueuedMessage | undefined> {
    const found = this.find(id);
    if (found?.queue === 'delayed') await this.#requeue(found.record, found.message);
    return found?.message;
  }

  /** `message fail` (4/console-commands/message-fail). Undefined when no queue has the message. */
  async failMessage(
    id: string,
    { note = RESPONSES.failedByHand, quiet = false }: Pick<FailOptions, 'note' | 'quiet'> = {},
  ): Promise<QueuedMessage | undefined> {
    const found = this.find(id);
    if (found) await this.#fail(found.record, found.message, note, quiet);
    return found?.message;
  }

  /** Forgets where the mail of a domain goes, or of all domains without one: it is looked up before the next attempt. */
  refresh(domain?: string): DomainRecord[] {
    const records = this.#records(domain);
    for (const record of records) {
      record.route = undefined;
      record.expiry = undefined;
    }
    return records;
  }

  async #requeue(record: DomainRecord, message: QueuedMessage): Promise<void> {
    const { clock, domains } = this.#parts;
    if (domains.take(message) === undefined) return;
    message.nextAttempt = clock.now();
    await domains.activate(record, message);
  }

  async #fail(record: DomainRecord, message: QueuedMessage, note: string, quiet: boolean): Promise<void> {
    const { disposal, domains } = this.#parts;
    // A hook that ran for another message may have taken it meanwhile.
    if (domains.take(message) !== undefined) await disposal.failed(record, message, note, { quiet });
  }

  #matching(filter: MessageFilter, queues: readonly QueueName[]): FoundMessage[] {
    const { binding } = filter;
    if (binding !== undefined && !this.#parts.bindings.get(binding))
      throw new UsageError(`there is no binding '${binding}'`);
    return this.#records(filter.domain).flatMap((record) =>
      [...record.queue.entries()].flatMap(([queue, message]) =>
        queues.includes(queue) && matches(filter, message) ? [{ message, record, queue }] : [],
      ),
    );
  }

  #records(domain: string | undefined): DomainRecord[] {
    if (domain === undefined) return [...this.#parts.domains];
    const record = this.#parts.domains.get(domain);
    return record ? [record] : [];
  }
}
