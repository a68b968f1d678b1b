import type { AcceptConstruct } from '../accept-construct';
import { NO_CONNECTION } from '../delivery/log-lines';
import { MessageContent } from '../../mail/content';
import { Message, type ReceptionMethod } from '../messages/message';
import type { MessageContext } from '../queues';
import { UsageError } from '../../support/errors';
import { Acceptance, type Outcome } from './acceptance';
import { NO_POLICY, type PolicySubject, type ReceptionPolicy } from './policy';
import { Rejections } from './rejections';
import type { ReceptionOptions, ReceptionServices } from './services';
import { ReceptionSession } from './session';
import { DEFAULT_RECEPTION_SETTINGS, type ReceptionSettings } from './settings';
import { ValidationContext } from './validation-context';

/** What the server gives to reception; the options have defaults. */
export type ReceptionParts = Omit<ReceptionServices, 'options'>;

export interface OpenOptions {
  /** The option `Context` of the listener or peer. */
  readonly context?: Readonly<Record<string, string>>;
  readonly pathway?: string;
  /** In place of what the configuration says about the peer. */
  readonly settings?: ReceptionSettings;
}

/** A mail that no SMTP session brings. Addresses and contexts are byte strings. */
export interface OwnMail {
  /** The null sender is the empty string. */
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  readonly context?: MessageContext;
  /** A bounce that the server made itself: none is made about it. */
  readonly bounce?: boolean;
}

/** Mails that scripts have injected, and callouts for these that inject again: more of them inside each other are endless. */
const MAX_UNDER_WAY = 100;

/** How mail gets into the server: sessions, the HTTP path, scripts. */
export class Reception {
  /** What modules have to say now. */
  policy: () => ReceptionPolicy = () => NO_POLICY;
  /** What the configuration says about the peer of a connection; about nobody without one. */
  settings: (accept?: AcceptConstruct, pathway?: string) => ReceptionSettings = () =>
    DEFAULT_RECEPTION_SETTINGS;
  readonly options: ReceptionOptions = {
    logsRejections: () => true,
    matches: () => false,
    contextOrder: 'insertion',
    acceptedText: '2.0.0 OK ',
    context: { message: new Map(), connection: new Map() },
  };
  readonly #services: ReceptionServices;
  readonly #sessions = new Set<ReceptionSession>();
  #underWay = 0;

  constructor(parts: ReceptionParts) {
    this.#services = { ...parts, options: this.options };
  }

  /** The sessions that are open. */
  get sessions(): ReadonlySet<ReceptionSession> {
    return this.#sessions;
  }

  /** Sessions that are open are told at their next MAIL or RSET (4/esmtp-listener-reconfig-message). */
  configurationChanged(): void {
    for (const session of this.#sessions) session.isStale = true;
  }

  /** A connection has been accepted. */
  open(accept: AcceptConstruct, options: OpenOptions = {}): ReceptionSession {
    const { context = {}, pathway = 'default' } = options;
    const session = new ReceptionSession(accept, {
      services: this.#services,
      policy: this.policy(),
      settings: options.settings ?? this.settings(accept, pathway),
      context: new Map(Object.entries(context)),
      pathway,
      onClose: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    return session;
  }

  /**
   * The way of HTTP and msg_gen: `msg_gen_data_spool`, `set_binding`, final validation; no callout that needs a session
   * (4/4-policy). Answers the messages, one for each recipient, whatever became of them.
   */
  inject({ method, context, ...mail }: OwnMail & { readonly method: ReceptionMethod }): Promise<Message[]> {
    const preset = this.options.context;
    const message = new Map([...preset.message, ...(context?.message ?? [])]);
    const connection = new Map([...preset.connection, ...(context?.connection ?? [])]);
    return this.#take({ ...mail, context: { message, connection } }, method, async (subject, policy) => {
      await policy.notify('msg_gen_data_spool', subject);
    });
  }

  /**
   * Messages that scripts make (`msg:inject`, `msg:forward`) and bounces: `set_binding` and final validation. Throws
   * UsageError when the callouts for such a message make another one without end.
   */
  async submit(mail: OwnMail): Promise<Message[]> {
    if (this.#underWay >= MAX_UNDER_WAY)
      throw new UsageError(
        `${MAX_UNDER_WAY} messages that scripts inject are under way at once: a callout that is called for every message (validate_set_binding, core_final_validation) injects one itself, which calls it again`,
      );
    this.#underWay++;
    try {
      return await this.#take(mail, 'internal');
    } finally {
      this.#underWay--;
    }
  }

  async #take(
    mail: OwnMail,
    method: ReceptionMethod,
    before?: (subject: PolicySubject, policy: ReceptionPolicy) => Promise<void>,
  ): Promise<Message[]> {
    const policy = this.policy();
    const batchId = this.#services.ids.next();
    const messages = mail.to.map((to) => this.#messageFor(mail, to, batchId, method));
    for (const message of messages) {
      this.#services.messages.add(message);
      const vctx = new ValidationContext(message.context.connection, message.context.message);
      const subject = { session: undefined, vctx, message };
      await before?.(subject, policy);
      const acceptance = new Acceptance(this.#services, policy);
      const outcome = await acceptance.accept(subject);
      const isDeferred = outcome.kind === 'deferred';
      const last = isDeferred ? await acceptance.queueDeferred(subject, outcome.reply) : outcome;
      await this.#settle(subject, last, policy);
      await policy.dealloc(subject);
    }
    return messages;
  }

  #messageFor(mail: OwnMail, to: string, batchId: string, method: ReceptionMethod): Message {
    const { ids, clock } = this.#services;
    const message = new Message({
      id: ids.next(),
      batchId,
      connectionId: NO_CONNECTION.connectionId,
      created: clock.now(),
      method,
    });
    const { context } = mail;
    message.from = mail.from;
    message.to = to;
    message.bounce = mail.bounce;
    message.content = new MessageContent(mail.raw);
    message.context = { message: new Map(context?.message), connection: new Map(context?.connection) };
    return message;
  }

  /** Notes what was not accepted. Nobody is told of it but the logs. */
  async #settle(
    subject: PolicySubject & { readonly message: Message },
    outcome: Outcome,
    policy: ReceptionPolicy,
  ): Promise<void> {
    if (outcome.kind === 'accepted') return;
    const { message } = subject;
    const { code, text } = outcome.reply;
    message.disposition = outcome.kind === 'discarded' ? 'discarded' : 'rejected';
    message.reason = `${code} ${text}`;
    const source = { subject, policy, settings: this.settings() };
    await new Rejections(this.#services).note(source, { code, text, state: 'ASYNC_BODY_RESPONSE' });
  }
}
