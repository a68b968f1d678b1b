import type { AcceptConstruct } from '../accept-construct';
import { shownText } from '../bytes';
import { addressParts } from '../delivery/address';
import { domainKey } from '../domain-name';
import { Message } from '../messages/message';
import { Capabilities } from './capabilities';
import { noteAddress, noteAuthentication, noteEhlo, noteTls, type TlsFacts } from './context-keys';
import type { AuthOutcome, Phase, PolicySession, PolicySubject, ReceptionPolicy } from './policy';
import { RecipientList } from './recipients';
import { Rejections } from './rejections';
import { isRelayDomain, isRelayHost, isRelaySender } from './relay';
import { REPLIES } from './responses';
import type { ReceptionServices } from './services';
import type { ReceptionSettings } from './settings';
import { STATES, type StateName } from './states';
import { Transaction } from './transaction';
import { ValidationContext } from './validation-context';
import { refusalOf, refusedWith, replyOf, verdictOf, type Reply, type Verdict } from './verdict';

export type { TlsFacts } from './context-keys';
export type { AuthOutcome } from './policy';

/** How much has come over a connection. */
export interface SessionCounters {
  /** Transactions that were begun. */
  connectionMessages: number;
  connectionRecipients: number;
  /** Of the transaction that is under way. */
  messageRecipients: number;
}

/** What a session is made of. */
export interface SessionParts {
  readonly services: ReceptionServices;
  /** Of the scripts that served when the connection was accepted: they go with it to its end. */
  readonly policy: ReceptionPolicy;
  readonly settings: ReceptionSettings;
  /** The option `Context` of the listener or peer. */
  readonly context: ReadonlyMap<string, string>;
  readonly pathway: string;
  /** Told once, when it is over. */
  readonly onClose: () => void;
}

/**
 * One inbound session: policy, relaying, and all that happens to a message after its body has been read. Syntax, sequence,
 * limits and default replies are the protocol engine's, which calls one method after the other and waits for each.
 */
export class ReceptionSession implements PolicySession {
  readonly vctx: ValidationContext;
  readonly recipients = new RecipientList();
  readonly capabilities = new Capabilities();
  stateName: StateName = 'START';
  /** The configuration has changed since: 421 at the next MAIL or RSET (4/esmtp-listener-reconfig-message). */
  isStale = false;
  readonly counters: SessionCounters = {
    connectionMessages: 0,
    connectionRecipients: 0,
    messageRecipients: 0,
  };
  readonly #rejections: Rejections;
  readonly #endInbound: () => void;
  #transaction: Transaction | undefined;
  /** Hooks that `rejected` has called. */
  #told: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(
    readonly accept: AcceptConstruct,
    private readonly parts: SessionParts,
  ) {
    const { services, context, pathway } = parts;
    this.#rejections = new Rejections(services);
    const { connection, message } = services.options.context;
    this.vctx = new ValidationContext(new Map(connection), new Map(message), message);
    this.vctx.connection.set('pathway', pathway);
    for (const [key, value] of context) this.vctx.connection.set(key, value);
    this.#endInbound = services.facilities.inboundSessions.open('SMTP', accept.remoteAddress.host);
  }

  get state(): string {
    return STATES[this.stateName].text;
  }

  get settings(): ReceptionSettings {
    return this.parts.settings;
  }

  get pathway(): string {
    return this.parts.pathway;
  }

  get message(): Message | undefined {
    return this.#transaction?.message;
  }

  /** `relay_hosts`, `open_relay`, authentication, or a script (4/4-policy-context-variables). */
  get isRelayable(): boolean {
    return (
      this.vctx.connection.get('can_relay') === 'true' ||
      isRelayHost(this.accept.remoteAddress.host, this.settings)
    );
  }

  /** Any code but 220 refuses the connection: the reply takes the banner's place, and the connection is closed. */
  async connect(): Promise<Verdict> {
    const { policy, services } = this.parts;
    const { remoteAddress } = this.accept;
    if (remoteAddress.family !== 'unix')
      services.facilities.inboundAudit.record('connections', remoteAddress.host);
    this.vctx.beginPhase();
    await policy.notify('core_inc_inbound_connections', this.#subject());
    await policy.notify('core_validate_accept', this.#subject());
    await policy.validate('connect', this.#subject());
    await policy.notify('core_validate_connect', this.#subject());
    const verdict = verdictOf(this.vctx);
    if (!verdict.reply || verdict.reply.code === 220) return this.#pass(verdict, 'EHLO');
    await this.#reject(verdict.reply);
    return { ...verdict, disconnect: true };
  }

  /** `line`: the command line with its CRLF; `name`: its argument. */
  async ehlo(line: string, name: string): Promise<Verdict> {
    this.stateName = 'EHLO';
    noteEhlo(this.vctx.connection, line, name);
    const verdict = await this.#phase('ehlo', { command: line });
    return refusalOf(verdict) ? verdict : this.#pass(verdict, 'MAILFROM');
  }

  /** After a handshake. A script that does not like it has the connection closed (4/hooks/inbound-smtp-tls-post-accept). */
  async tls(facts: TlsFacts): Promise<Verdict> {
    const { vctx } = this;
    noteTls(vctx.connection, facts);
    vctx.beginPhase();
    await this.parts.policy.notify('core_inbound_smtp_tls_post_accept', this.#subject());
    if (vctx.code === 0 || vctx.code === 220 || !vctx.disconnect) return {};
    const reply = replyOf(vctx.connection.get('_tls_note') ?? TLS_FAILED);
    await this.#reject(reply);
    return { reply, disconnect: true };
  }

  /** `core_pre_esmtp_auth`: what a script says in place of the server's own check; undefined when it leaves that to it. */
  preAuthenticate(): Promise<AuthOutcome['status'] | undefined> {
    return this.parts.policy.preAuthenticate(this.#subject());
  }

  /** After an attempt to log in. */
  async authenticated(outcome: AuthOutcome): Promise<Verdict> {
    noteAuthentication(this.vctx.connection, outcome);
    this.vctx.beginPhase();
    await this.parts.policy.authenticated(this.#subject(), outcome);
    return this.#settle(verdictOf(this.vctx));
  }

  /** `address`: without brackets; the null sender is the empty string. */
  async mail(line: string, address: string): Promise<Verdict> {
    this.stateName = 'MAILFROM';
    this.vctx.beginMessage();
    this.recipients.clear();
    this.counters.messageRecipients = 0;
    noteAddress(this.vctx.message, 'mailfrom', line, address);
    if (address === '' && !this.settings.allowNullSender) return this.#refused(REPLIES.nullSender);
    this.#transaction = new Transaction(this, this.parts, address);
    const verdict = await this.#phase('mailfrom', { command: line });
    if (refusalOf(verdict)) {
      this.#transaction = undefined;
      return verdict;
    }
    this.vctx.connection.set('connection_message_count', String(++this.counters.connectionMessages));
    return this.#pass(verdict, 'RCPTTO');
  }

  /** The recipient is in the list afterwards, unless the verdict refuses it. */
  async rcpt(line: string, address: string): Promise<Verdict> {
    const { message } = this.#begun;
    this.stateName = 'RCPTTO';
    noteAddress(this.vctx.message, 'rcptto', line, address);
    const domain = domainKey(shownText(addressParts(address).domain));
    message.to = address;
    message.domain = domain;
    const refusal = await this.#refusalOfDomain(domain);
    if (refusal) return this.#refused(refusal);
    const verdict = await this.#phase('rcptto', { command: line, message });
    if (refusalOf(verdict)) return verdict;
    this.#begun.addRecipient(message.to, line);
    this.counters.messageRecipients++;
    this.vctx.connection.set('connection_rcpt_count', String(++this.counters.connectionRecipients));
    return this.#pass(verdict, 'RCPTTO');
  }

  /**
   * DATA, before its `354`. From here on the list of recipients is final, for scripts that know that phase. A code of 2xx
   * does not replace the reply: the client would not send its message.
   */
  async dataCommand(): Promise<Verdict> {
    const { recipients } = this;
    const { policy } = this.parts;
    let verdict: Verdict = {};
    for (const [phase, state] of LIST_PHASES) {
      this.stateName = state;
      const said = await this.#phase(phase, { recipients });
      if (refusalOf(said)) return said;
      verdict = { ...verdict, ...said, tarpit: (verdict.tarpit ?? 0) + (said.tarpit ?? 0) };
    }
    if (policy.has('validate_rcptto_list_final')) recipients.isFinal = true;
    this.stateName = 'DATA';
    if (recipients.length === 0) return this.#refused(REPLIES.noRecipients);
    const { reply, ...others } = verdict;
    return this.#pass(reply && reply.code >= 300 ? verdict : others, 'BODY');
  }

  /** The content without dot-stuffing and end marker. The reply is always there. */
  async data(raw: Buffer): Promise<Verdict> {
    this.stateName = 'ASYNC_BODY_RESPONSE';
    try {
      const verdict = await this.#begun.receive(raw);
      return this.vctx.disconnect ? { ...verdict, disconnect: true } : verdict;
    } finally {
      this.reset();
    }
  }

  /** Any complete command line, after it was dealt with. */
  async command(line: string): Promise<void> {
    await this.#told;
    await this.parts.policy.notify('core_post_smtp_command', this.#subject({ command: line }));
  }

  /** RSET, a new EHLO, and the end of a transaction. */
  reset(): void {
    this.#transaction = undefined;
    this.recipients.clear();
    this.counters.messageRecipients = 0;
    this.vctx.beginMessage();
    if (this.stateName !== 'START' && this.stateName !== 'EHLO') this.stateName = 'MAILFROM';
  }

  /** A refusal of the protocol engine's own. */
  rejected(code: number, text: string): void {
    const before = this.#told;
    const told = this.#reject({ code, text });
    this.#told = before.then(() => told);
    // Whoever waits for it gets the error; until then it is nobody's.
    for (const promise of [told, this.#told]) promise.catch(() => undefined);
  }

  /** Idempotent. `isAborted`: the client has gone without QUIT. */
  close(isAborted: boolean): Promise<void> {
    return (this.#closing ??= this.#close(isAborted));
  }

  async #close(isAborted: boolean): Promise<void> {
    const { policy, onClose } = this.parts;
    this.#endInbound();
    onClose();
    await this.#told;
    if (isAborted) await policy.notify('core_server_esmtp_session_abort', this.#subject());
    await policy.notify('core_dec_inbound_connections', this.#subject());
    await policy.dealloc(this.#subject());
    this.reset();
  }

  /** Runs a phase; a refusal is noted. */
  async #phase(phase: Phase, about: Partial<PolicySubject>): Promise<Verdict> {
    this.vctx.beginPhase();
    await this.parts.policy.validate(phase, this.#subject(about));
    return this.#settle(verdictOf(this.vctx));
  }

  async #settle(verdict: Verdict): Promise<Verdict> {
    const refusal = refusalOf(verdict);
    if (refusal) await this.#reject(refusal);
    return verdict;
  }

  #pass(verdict: Verdict, awaited: StateName): Verdict {
    this.stateName = awaited;
    return verdict;
  }

  async #refused(reply: Reply): Promise<Verdict> {
    await this.#reject(reply);
    return refusedWith(reply);
  }

  #reject(reply: Reply): Promise<void> {
    const { policy, settings } = this.parts;
    const source = { subject: this.#subject({ message: this.message }), policy, settings };
    return this.#rejections.note(source, { ...reply, state: this.stateName });
  }

  /** No relaying, or `blackhole = inline`. */
  async #refusalOfDomain(domain: string): Promise<Reply | undefined> {
    if (!(await this.#mayRelayTo(domain))) {
      this.stateName = 'RELAYING_DENIED';
      return REPLIES.relayingDenied;
    }
    const { settings } = this.parts.services.delivery.policy;
    const blackhole = settings.text('blackhole', { domain })?.toLowerCase();
    return blackhole === 'inline' || settings.boolean('blackhole', { domain })
      ? REPLIES.blackholed
      : undefined;
  }

  async #mayRelayTo(domain: string): Promise<boolean> {
    const { settings } = this;
    if (this.isRelayable) {
      this.vctx.connection.set('can_relay', 'true');
      return true;
    }
    const sender = shownText(addressParts(this.#begun.message.from).domain);
    if (isRelaySender(sender, settings)) return true;
    const answer = await this.parts.policy.canRelayTo(domain, this.#subject());
    return answer ?? isRelayDomain(domain, settings);
  }

  #subject(about: Partial<PolicySubject> = {}): PolicySubject {
    return { session: this, vctx: this.vctx, ...about };
  }

  get #begun(): Transaction {
    if (!this.#transaction) throw new Error('no transaction has been begun: mail() comes first');
    return this.#transaction;
  }
}

const TLS_FAILED = '421 4.7.0 TLS Negotiation failed.';

const LIST_PHASES = [
  ['rcptto_list', 'RCPTTO_LIST_RESPONSE'],
  ['rcptto_list_final', 'RCPTTO_LIST_FINAL_RESPONSE'],
] as const;
