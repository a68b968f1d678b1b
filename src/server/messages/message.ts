import { MessageContent } from '../../mail/content';
import { DEFAULT_BINDING } from '../bindings';
import type { AttemptTrace, MessageContext, QueuedMessage } from '../queues';
import type { SocketAddress } from '../socket-address';

/** How a message came to the server, as the mainlog names it (4/log-formats-mainlog). */
export type ReceptionMethod = 'esmtp' | 'rest' | 'internal' | 'xfer';

/** What has become of a message. `received` is one that policy has not finished with. */
export type Disposition = 'received' | 'queued' | 'delivered' | 'failed' | 'discarded' | 'rejected' | 'taken';

export interface MessageOrigin {
  readonly id: string;
  /** Shared by the recipients of one transaction. */
  readonly batchId: string;
  /** Of the inbound connection. */
  readonly connectionId: string;
  readonly created: Date;
  readonly method: ReceptionMethod;
  /** The peer; undefined for what no socket brought. */
  readonly receivedFrom?: SocketAddress | undefined;
  /** The listener. */
  readonly receivedVia?: SocketAddress | undefined;
  readonly pathway?: string | undefined;
}

/**
 * One message for one recipient: the product's `ec_message` (3/3-api/structs-ec-message). Addresses and contexts are
 * byte strings, the routing domain is text.
 */
export class Message implements QueuedMessage {
  /** Envelope addresses without brackets; the null sender is the empty string. */
  from = '';
  to = '';
  /** Undefined for a fixture of which only the envelope is known. */
  content: MessageContent | undefined;
  context: MessageContext = { message: new Map(), connection: new Map() };
  /** The queue's domain, in lower case; that of the recipient until something else routes it. */
  domain = '';
  /** What `msg:routing_domain` set. */
  routingDomain: string | undefined;
  nextAttempt: Date;
  /** When it was delivered, or failed for good. */
  finalTime: Date | undefined;
  retries = 0;
  code: string | undefined;
  binding: string = DEFAULT_BINDING;
  group: string = DEFAULT_BINDING;
  priority: 0 | 1 = 0;
  bounce: boolean | undefined;
  lastAttempt: AttemptTrace | undefined;
  /** The binding that `msg:binding` or `msg:binding_group` chose in the phase `set_binding`, which is not in force yet. */
  chosenBinding: string | undefined;
  /** `msg:discard`: the SMTP code and text it was given; policy goes on, and the message is dropped at its end. */
  discarded: string | undefined;
  disposition: Disposition = 'received';
  /** Why it was discarded or rejected: an SMTP code and text. */
  reason: string | undefined;
  /** Octets, as a fixture has them. */
  #announcedSize: number | undefined;

  constructor(readonly origin: MessageOrigin) {
    this.nextAttempt = origin.created;
  }

  get id(): string {
    return this.origin.id;
  }

  get batchId(): string {
    return this.origin.batchId;
  }

  get created(): Date {
    return this.origin.created;
  }

  get raw(): Buffer | undefined {
    return this.content?.raw;
  }

  get size(): number | undefined {
    return this.#announcedSize ?? this.content?.size;
  }

  /** What a fixture says that it is, whatever is known of the content. */
  set size(octets: number | undefined) {
    this.#announcedSize = octets;
  }

  /**
   * A message of its own with the same content, envelope, context and binding: the copy for one recipient, or a
   * snapshot.
   */
  copy(id: string): Message {
    const copy = new Message({ ...this.origin, id });
    const { from, to, domain, routingDomain, binding, group, priority, bounce, code } = this;
    Object.assign(copy, { from, to, domain, routingDomain, binding, group, priority, bounce, code });
    copy.content = this.content?.copy();
    copy.size = this.#announcedSize;
    copy.context = {
      message: new Map(this.context.message),
      connection: new Map(this.context.connection),
    };
    return copy;
  }
}
