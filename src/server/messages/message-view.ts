import { DEFAULT_BINDING } from '../bindings';
import { shownDictionary, shownText } from '../bytes';
import type { LogEntry, Logs } from '../logs';
import { toPlain, type Plain } from '../plain';
import { HeadersView } from './headers-view';
import type { Disposition, Message, ReceptionMethod } from './message';
import { partViews, type PartView } from './part-view';

/** Logs whose entries name the message that they are about. */
const MESSAGE_LOGS = ['mainlog', 'bouncelog', 'rejectlog'] as const;

/** Keys that reception itself fills in (4/4-policy-context-mess): they say nothing that the envelope does not. */
const PREDEFINED = /^(?:mailfrom|rcptto)_(?:string|localpart|domain)$/;

/** A message that reception created, for one recipient, as tests see it. It is live: read again, it shows the state of then. */
export class ReceivedMessage {
  readonly #message: Message;
  readonly #logs: Logs;
  readonly headers: HeadersView;

  constructor(message: Message, logs: Logs) {
    this.#message = message;
    this.#logs = logs;
    this.headers = new HeadersView(() => message.content);
  }

  get id(): string {
    return this.#message.id;
  }

  /** Shared by the recipients of one transaction. */
  get batchId(): string {
    return this.#message.batchId;
  }

  /** Of the inbound connection. */
  get connectionId(): string {
    return this.#message.origin.connectionId;
  }

  /** The bytes as they are now: what delivery sends, before dot-stuffing. */
  get raw(): Buffer {
    return Buffer.from(this.#message.raw ?? []);
  }

  /** Octets. */
  get size(): number {
    return this.#message.size ?? 0;
  }

  /** The null sender is the empty string. */
  get envelope(): { readonly from: string; readonly to: string } {
    return { from: shownText(this.#message.from), to: shownText(this.#message.to) };
  }

  /** The parts that are no containers, in the order of the message. */
  get parts(): PartView[] {
    const { content } = this.#message;
    return content ? partViews(content.mime(true)) : [];
  }

  /** The decoded text of the first text part. */
  get text(): string | undefined {
    return this.parts.find(({ text }) => text !== undefined)?.text;
  }

  /** The context dictionaries. */
  get context(): {
    readonly message: Readonly<Record<string, string>>;
    readonly connection: Readonly<Record<string, string>>;
  } {
    const { message, connection } = this.#message.context;
    return { message: shownDictionary(message), connection: shownDictionary(connection) };
  }

  /** What modules put into the message's dictionary, without the keys that every message has. */
  get ownContext(): Readonly<Record<string, string>> {
    const pairs = Object.entries(this.context.message);
    return Object.fromEntries(pairs.filter(([key]) => !PREDEFINED.test(key)));
  }

  get binding(): string {
    return this.#message.binding;
  }

  /** The group of the binding. */
  get bindingGroup(): string {
    return this.#message.group;
  }

  /** The routing domain, in lower case. */
  get domain(): string {
    return this.#message.domain;
  }

  get priority(): 0 | 1 {
    return this.#message.priority;
  }

  /** How it came: `esmtp`, `rest`, `internal`. */
  get method(): ReceptionMethod {
    return this.#message.origin.method;
  }

  get disposition(): Disposition {
    return this.#message.disposition;
  }

  /** Why it was discarded, rejected, delayed or failed: an SMTP code and text. */
  get reason(): string | undefined {
    const { reason, code } = this.#message;
    const text = reason ?? code;
    return text === undefined ? undefined : shownText(text);
  }

  /** How often delivery has been tried and failed. */
  get retries(): number {
    return this.#message.retries;
  }

  get created(): Date {
    return this.#message.created;
  }

  /** When it was delivered, or failed for good. */
  get finalTime(): Date | undefined {
    return this.#message.finalTime;
  }

  /** The lines of mainlog, bouncelog and rejectlog that are about it. */
  get log(): string[] {
    const isOwn = (entry: LogEntry) => (entry as { readonly id?: unknown }).id === this.id;
    return MESSAGE_LOGS.flatMap((name) => this.#logs[name].filter(isOwn).map(({ text }) => text));
  }

  /** What a snapshot shows: no ids, no times, no bytes. */
  toJSON(): Plain {
    const {
      envelope,
      disposition,
      reason,
      domain,
      binding,
      bindingGroup,
      priority,
      size,
      ownContext: own,
    } = this;
    return toPlain({
      ...envelope,
      subject: this.headers.get('Subject'),
      size,
      disposition,
      reason,
      domain,
      ...(binding !== DEFAULT_BINDING && { binding, bindingGroup }),
      ...(priority === 1 && { priority }),
      context: Object.keys(own).length > 0 ? own : undefined,
    });
  }
}
