import { shownDictionary, shownText } from './bytes';
import type { DomainFixture } from './domain-fixtures';
import type { DomainRecord } from './domain-record';
import type { DomainTable } from './domains';
import { toPlain, type Plain } from './plain';
import { DEFAULT_BINDING } from './bindings';
import type { QueuedMessage, QueueName } from './queues';

/** A queued message as tests see it: a copy, without the raw bytes. */
export interface MessageView extends Readonly<
  Pick<
    QueuedMessage,
    'id' | 'from' | 'to' | 'size' | 'created' | 'nextAttempt' | 'retries' | 'code' | 'binding'
  >
> {
  readonly queue: QueueName;
  /** The binding group; undefined for `default`. */
  readonly group: string | undefined;
  /** Undefined for 0. */
  readonly priority: 1 | undefined;
  /** The context dictionaries that have something in them. */
  readonly context:
    | {
        readonly message?: Readonly<Record<string, string>>;
        readonly connection?: Readonly<Record<string, string>>;
      }
    | undefined;
}

/** What one binding has in the queues of a domain. */
export interface BindingQueueView {
  readonly binding: string;
  readonly active: number;
  readonly delayed: number;
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
  /** Bindings with queued messages. This member and the following ones are not part of snapshots. */
  readonly bindings: readonly BindingQueueView[];
  readonly lastDelivery: Date | undefined;
  /** Connections that failed since the last one that came about. */
  readonly connectionFailures: number;
  /** Messages that are being delivered right now. */
  readonly trying: number;
  /** The same as plain data, without what is undefined. */
  toJSON(): Plain;
}

type Readers<Member extends keyof DomainView> = {
  readonly [Name in Member]: (record: DomainRecord) => DomainView[Name];
};
type Detail = 'bindings' | 'lastDelivery' | 'connectionFailures' | 'trying';

const MEMBERS: Readers<Exclude<keyof DomainView, Detail | 'toJSON'>> = {
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

/** Not enumerable: what equality matchers and snapshots see of a domain stays what it is. */
const DETAILS: Readers<Detail> = {
  bindings: bindingQueues,
  lastDelivery: (record) => record.lastDelivery,
  connectionFailures: (record) => record.connectionFailures,
  trying: (record) => record.queue.trying.size,
};

/** The view of a record; it goes on to show the record after its removal from the table. */
export function domainView(record: DomainRecord): DomainView {
  const view = {};
  for (const [member, read] of Object.entries(MEMBERS)) {
    Object.defineProperty(view, member, { enumerable: true, get: () => read(record) });
  }
  for (const [member, read] of Object.entries(DETAILS)) {
    Object.defineProperty(view, member, { get: () => read(record) });
  }
  // Not enumerable, or equality matchers would compare it.
  Object.defineProperty(view, 'toJSON', { value: () => toPlain({ ...view }) });
  return view as DomainView;
}

function messageView(message: QueuedMessage, queue: QueueName): MessageView {
  const { id, from, to, size, created, nextAttempt, retries, code, binding } = message;
  return {
    ...{
      id,
      queue,
      from: shownText(from),
      to: shownText(to),
      size,
      created,
      nextAttempt,
      retries,
      code,
      binding,
    },
    group: message.group === DEFAULT_BINDING ? undefined : message.group,
    priority: message.priority === 1 ? 1 : undefined,
    context: contextView(message),
  };
}

function contextView({ context }: QueuedMessage): MessageView['context'] {
  const filled = Object.entries(context).filter(
    ([, dictionary]: [string, Map<string, string>]) => dictionary.size > 0,
  );
  if (filled.length === 0) return undefined;
  return Object.fromEntries(
    filled.map(([name, dictionary]: [string, Map<string, string>]) => [name, shownDictionary(dictionary)]),
  );
}

function bindingQueues({ queue }: DomainRecord): BindingQueueView[] {
  const counts = new Map<string, { active: number; delayed: number }>();
  for (const [name, { binding }] of queue.entries()) {
    const count = counts.get(binding) ?? { active: 0, delayed: 0 };
    count[name]++;
    counts.set(binding, count);
  }
  return [...counts].map(([binding, count]) => ({ binding, ...count }));
}

/** The domains as tests see them: views over the table. */
export class DomainViews implements Iterable<DomainView> {
  readonly #table: DomainTable;
  readonly #views = new WeakMap<DomainRecord, DomainView>();
  readonly #records = new WeakMap<object, DomainRecord>();

  constructor(table: DomainTable) {
    this.#table = table;
  }

  get length(): number {
    return this.#table.length;
  }

  get(name: string): DomainView | undefined {
    const record = this.#table.get(name);
    return record && this.of(record);
  }

  /** The record that a view shows; undefined for what is no view of this server. */
  recordOf(view: object): DomainRecord | undefined {
    return this.#records.get(view);
  }

  /** Creates a domain; throws UsageError as `DomainTable.add` does. */
  add(name: string, contents?: DomainFixture): DomainView {
    return this.of(this.#table.add(name, contents));
  }

  remove(name: string): boolean {
    return this.#table.remove(name);
  }

  *[Symbol.iterator](): Generator<DomainView, void> {
    for (const record of this.#table) yield this.of(record);
  }

  toJSON(): Plain {
    return toPlain([...this]);
  }

  of(record: DomainRecord): DomainView {
    let view = this.#views.get(record);
    if (!view) {
      view = domainView(record);
      this.#views.set(record, view);
      this.#records.set(view, record);
    }
    return view;
  }
}
