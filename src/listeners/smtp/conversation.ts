import type { ReceptionSession } from '../../server/reception/session';
import { STATE_TEXTS } from '../../server/reception/states';
import type { Verdict } from '../../server/reception/verdict';
import type { VirtualClock } from '../../server/clock';
import type { Random } from '../../server/random';
import type { SocketAddress } from '../../server/socket-address';
import type { SmtpAuthenticator } from './authenticator';
import { capabilityLines, keywordOf } from './capabilities';
import type { Input } from './input';
import type { Answer } from './replies';
import type { SmtpSettings } from './settings';
import type { Transport } from './transport';

/** What the conversations of a server have in common. */
export interface SmtpService {
  readonly clock: VirtualClock;
  /** For challenges. */
  readonly random: Random;
  readonly authenticator: SmtpAuthenticator;
  /** What the banner names: `ecelerity 5.3`. */
  readonly software: string;
}

export interface ConversationParts {
  readonly service: SmtpService;
  readonly transport: Transport;
  readonly input: Input;
  /** The client; XCLIENT and XREMOTEIP may name another. */
  readonly remote: SocketAddress;
  /** The settings for a peer; they hold as long as the peer does. */
  readonly settings: (peerIp: string) => SmtpSettings;
  readonly open: (remote: SocketAddress, settings: SmtpSettings) => ReceptionSession;
}

/** What the commands of one connection know, and leave to each other. */
export class Conversation {
  readonly service: SmtpService;
  readonly transport: Transport;
  readonly input: Input;
  remote: SocketAddress;
  settings: SmtpSettings;
  session: ReceptionSession;
  /** How the client said hello, if it did. */
  greeting: 'HELO' | 'EHLO' | undefined;
  /** A MAIL was accepted. */
  hasSender = false;
  isSecure = false;
  /** Who is logged in. */
  user: string | undefined;
  /** One of STATES, and when it was entered in milliseconds of the virtual clock. */
  state: string = STATES.connected;
  stateSince: number;
  readonly #parts: ConversationParts;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.service = parts.service;
    this.transport = parts.transport;
    this.input = parts.input;
    this.remote = parts.remote;
    this.settings = parts.settings(parts.remote.host);
    this.session = this.#open();
    this.stateSince = this.service.clock.millis();
  }

  enter(state: string): void {
    this.state = state;
    this.stateSince = this.service.clock.millis();
  }

  /** The same connection as if another client had made it. The session before has to be closed. */
  reopen(remote: SocketAddress): void {
    const { isStale } = this.session;
    this.remote = remote;
    this.settings = this.#parts.settings(remote.host);
    this.session = this.#open();
    this.session.isStale = isStale;
    this.hasSender = false;
  }

  /** Whether `SMTP_Extensions` has an extension. */
  offers(extension: string): boolean {
    const { extensions, useSsl, tls } = this.settings;
    if (extension === 'STARTTLS' && (useSsl || !tls)) return false;
    return extensions.some((line) => keywordOf(line) === extension);
  }

  /** The end of a transaction, whatever became of it. */
  endTransaction(): void {
    this.hasSender = false;
    this.session.reset();
    this.enter(this.greeting ? STATES.awaitingMail : STATES.awaitingEhlo);
  }

  /** A refusal that is not the policy's. */
  refuse(answer: Answer): Answer {
    this.session.rejected(answer.code, answer.text);
    return answer;
  }

  /** What policy said, or the usual answer where it said nothing. */
  answer({ reply, disconnect, tarpit }: Verdict, usual: Answer): Answer {
    const said = reply ? { code: reply.code, text: reply.text } : usual;
    return { ...said, disconnect: disconnect ?? usual.disconnect, tarpit };
  }

  /** A success, with its enhanced status code for clients that are told about them (RFC 2034). */
  success({ code, text }: Answer, enhanced: string): Answer {
    return {
      code,
      text: this.session.capabilities.has('ENHANCEDSTATUSCODES') ? `${enhanced} ${text}` : text,
    };
  }

  #open(): ReceptionSession {
    const session = this.#parts.open(this.remote, this.settings);
    session.capabilities.replace(capabilityLines(this.settings, this.isSecure));
    return session;
  }
}

/** What the protocol is at: finer than the states that policy sees. */
export const STATES = {
  connected: STATE_TEXTS[0],
  banner: STATE_TEXTS[1],
  awaitingEhlo: STATE_TEXTS[2],
  awaitingMail: STATE_TEXTS[4],
  awaitingRcpt: STATE_TEXTS[6],
  data: STATE_TEXTS[8],
  body: STATE_TEXTS[9],
  bodyResponse: STATE_TEXTS[12],
  concurrency: STATE_TEXTS[18],
} as const;
