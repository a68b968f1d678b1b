import type { Logs } from '../logs';
import type { Message } from './message';
import { ReceivedMessage } from './message-view';
import type { Messages } from './messages';

/** The views of the messages that are kept, each made once. */
export class MessageViews {
  readonly #views = new WeakMap<Message, ReceivedMessage>();
  readonly #messages = new WeakMap<object, Message>();
  #list: ReceivedMessage[] = [];
  /** How many messages there had been when the list was made. */
  #made = 0;

  constructor(
    private readonly messages: Messages,
    private readonly logs: Logs,
  ) {}

  /** In the order of reception. */
  get list(): readonly ReceivedMessage[] {
    const total = this.messages.length + this.messages.dropped;
    if (total !== this.#made) {
      this.#list = Array.from(this.messages, (message) => this.of(message));
      this.#made = total;
    }
    return this.#list;
  }

  of(message: Message): ReceivedMessage {
    let view = this.#views.get(message);
    if (!view) {
      view = new ReceivedMessage(message, this.logs);
      this.#views.set(message, view);
      this.#messages.set(view, message);
    }
    return view;
  }

  /** The message that a view shows; undefined for what is no view of this server. */
  messageOf(view: object): Message | undefined {
    return this.#messages.get(view);
  }
}
