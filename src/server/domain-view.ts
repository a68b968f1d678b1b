import type { DomainFixture } from './domain-fixtures';
import type { DomainRecord } from './domain-record';
import type { DomainTable } from './domains';
import { toPlain, type Plain } from './plain';
import type { QueuedMessage } from './queues';

/** A queued message as tests see it: a copy, without the raw bytes. */
export interface MessageView extends Readonly<Omit<QueuedMessage, 'raw'>> {
  readonly queue: 'active' | 'delayed';
}

/**
 * A domain as tests see it. The view is live: each member, read again, shows the state of then. Members are own and
 * enumerable, so that equality matchers and snapshots see them.
 */
export interface DomainView {
  readonly name: string;
  /** `mail_queue_delay_domain` is in force; `DomainRecord.delayMessages` says until when. */
  readonly delayed: boolean;
  readonly delayNote: string | undefined;
  readonly delayedAt: Date | undefined;
  readonly delayedUntil: Date | undefined;
  /** Messages in the active queue. */
  readonly active: number;
  /** Messages in the delayed queue. */
  readonly delayedCount: number;
  readonly deliveries: number;
  readonly attempts: number;
  readonly transients: number;
  readonly failures: number;
  readonly expiry: Date | undefined;
  /** Active messages, then delayed ones. */
  readonly messages: readonly MessageView[];
  /** The same as plain data, without what is undefined. */
  toJSON(): Plain;
}

const MEMBERS: {
  readonly [Member in Exclude<keyof DomainView, 'toJSON'>]: (record: DomainRecord) => DomainView[Member];
} = {
  name: (record) => record.name,
  delayed: (record) => record.delay !== undefined,
  delayNote: (record) => record.delay?.note,
  delayedAt: (record) => record.delay?.since,
  delayedUntil: (record) => record.delay?.until,
  active: (record) => record.active,
  delayedCount: (record) => record.delayedCount,
  deliveries: (record) => record.deliveries,
  attempts: (record) => record.attempts,
  transients: (record) => record.transients,
  failures: (record) => record.failures,
  expiry: (record) => record.expiry,
  messages: (record) => [
    ...record.queue.active.map((message) => messageView(message, 'active')),
    ...record.queue.delayed.map((message) => messageView(message, 'delayed')),
  ],
};

/** The view of a record; it goes on to show the record after its removal from the table. */
export function domainView(record: DomainRecord): DomainView {
  const view = {};
  for (const [member, read] of Object.entries(MEMBERS)) {
    Object.defineProperty(view, member, { enumerable: true, get: () => read(record) });
  }
  // Not enumerable, or equality matchers would compare it.
  Object.defineProperty(view, 'toJSON', { value: () => toPlain({ ...view }) });
  return view as DomainView;
}

function messageView(message: QueuedMessage, queue: 'active' | 'delayed'): MessageView {
  const { id, from, to, size, created, nextAttempt, retries, code, binding } = message;
  return { id, queue, from, to, size, created, nextAttempt, retries, code, binding };
}

/** The domains as tests see them: views over the table. */
export class DomainViews implements Iterable<DomainView> {
  readonly #table: DomainTable;
  readonly #views = new WeakMap<DomainRecord, DomainView>();

  constructor(table: DomainTable) {
    this.#table = table;
  }

  get length(): number {
    return this.#table.length;
  }

  get(name: string): DomainView | undefined {
    const record = this.#table.get(name);
    return record && this.#viewOf(record);
  }

  /** Creates a domain; throws UsageError as `DomainTable.add` does. */
  add(name: string, contents?: DomainFixture): DomainView {
    return this.#viewOf(this.#table.add(name, contents));
  }

  remove(name: string): boolean {
    return this.#table.remove(name);
  }

  *[Symbol.iterator](): Generator<DomainView, void> {
    for (const record of this.#table) yield this.#viewOf(record);
  }

  toJSON(): Plain {
    return toPlain([...this]);
  }

  #viewOf(record: DomainRecord): DomainView {
    let view = this.#views.get(record);
    if (!view) {
      view = domainView(record);
      this.#views.set(record, view);
    }
    return view;
  }
}
