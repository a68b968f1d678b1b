import { setImmediate } from 'node:timers';
import type { ReceptionSession } from '../../server/reception/session';
import type { SocketAddress } from '../../server/socket-address';
import { refuses } from '../../server/reception/verdict';
import { MomentumCrash } from '../../support/errors';
import { allowEverybody } from './auth';
import { countCommand, holdBanner } from './conntrol';
import { runCommand } from './commands';
import { Conversation, STATES, type ConversationParts } from './conversation';
import { banner } from './greeting';
import { IdleTimer } from './idle-timer';
import { REPLIES, replyBytes, type Answer } from './replies';
import { secure } from './starttls';
import { Wait } from './wait';

export interface EngineParts extends ConversationParts {
  /** `Listener_Sessions` and `Service_Sessions` have room for one more. */
  readonly hasRoom: boolean;
}

/** After so many commands in a row the others have their turn. */
const COMMANDS_PER_TURN = 64;

/**
 * The protocol of one connection: takes what comes out of `input`, one command after the other, and writes the replies
 * in that order; what comes meanwhile waits.
 */
export class SmtpEngine {
  readonly #conversation: Conversation;
  readonly #idle: IdleTimer;
  readonly #wait: Wait;
  #isClosed = false;
  #isFinished = false;

  constructor(private readonly parts: EngineParts) {
    const { input, service } = parts;
    this.#conversation = new Conversation(parts);
    this.#wait = new Wait(service.clock);
    this.#idle = new IdleTimer(
      service.clock,
      () => this.#conversation.settings.idleTime,
      () => this.#dropIdle(),
    );
    input.onWaiting = (isWaiting) => this.#idle.waiting(isWaiting);
  }

  get session(): ReceptionSession {
    return this.#conversation.session;
  }

  /** The client, also one that XCLIENT named. */
  get remote(): SocketAddress {
    return this.#conversation.remote;
  }

  /** What the session is at, and since when in milliseconds of the virtual clock. */
  get state(): { readonly text: string; readonly since: number } {
    return { text: this.#conversation.state, since: this.#conversation.stateSince };
  }

  /** The client has gone: nothing is written any more, and what it sent before is not looked at. */
  closed(): void {
    this.#isClosed = true;
    this.parts.input.abort();
    this.#wait.end();
  }

  /**
   * Serves until the client or the server ends the session, and closes the connection. Rejects with MomentumCrash when
   * policy takes the server down; the connection is reset then, as for any other error.
   */
  async serve(): Promise<void> {
    const { transport } = this.parts;
    try {
      await this.#converse();
      this.#wait.end();
      await this.session.close(!this.#isFinished);
      transport.end();
    } catch (error) {
      transport.reset();
      if (!(error instanceof MomentumCrash)) await this.session.close(true);
      throw error;
    } finally {
      this.#idle.stop();
      this.#wait.end();
    }
  }

  async #converse(): Promise<void> {
    if (!(await this.#begin())) return;
    const { input } = this.parts;
    for (let count = 1; ; count++) {
      const line = await input.line();
      if (!line) return;
      const answer = line.isTooLong ? REPLIES.unrecognized : await runCommand(this.#conversation, line.text);
      countCommand(this.#conversation, answer);
      await this.session.command(`${line.text}\r\n`);
      if (!(await this.#reply(answer))) return;
      if (count % COMMANDS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Everything up to the banner; false when the session is over. */
  async #begin(): Promise<boolean> {
    const conversation = this.#conversation;
    if (!this.parts.hasRoom) {
      conversation.enter(STATES.concurrency);
      return this.#reply({ ...conversation.refuse(REPLIES.concurrency), disconnect: true });
    }
    if (conversation.settings.useSsl) {
      this.parts.transport.expectTls();
      const refusal = await secure(conversation);
      if (refusal) return this.#reply(refusal);
      if (this.parts.input.isOver) return false;
    }
    const early = await holdBanner(conversation, this.#wait);
    if (early) return this.#reply(early);
    const verdict = await this.session.connect();
    conversation.enter(STATES.banner);
    const answer = conversation.answer(verdict, banner(conversation));
    if (refuses(verdict) || verdict.disconnect) return this.#reply({ ...answer, disconnect: true });
    await allowEverybody(conversation);
    if (!(await this.#reply(answer, conversation.settings.conntrol?.banner))) return false;
    conversation.enter(STATES.awaitingEhlo);
    return true;
  }

  /** Sends a reply and those that follow from it; false when the session is over. */
  async #reply(first: Answer, before = ''): Promise<boolean> {
    for (let answer: Answer | undefined = first; answer; answer = await answer.next?.()) {
      if (answer.tarpit !== undefined && answer.tarpit > 0) await this.#wait.seconds(answer.tarpit);
      const bytes = Buffer.concat([Buffer.from(before, 'latin1'), replyBytes(answer)]);
      await this.#write(bytes, answer.disconnect ?? false);
      if (!answer.disconnect) continue;
      this.#isFinished = true;
      return false;
    }
    return !this.#isClosed;
  }

  async #write(bytes: Buffer, isLast: boolean): Promise<void> {
    if (this.#isClosed) return;
    const written = this.parts.transport.write(bytes, isLast);
    if (!written) return;
    this.#idle.waiting(true);
    await written;
    this.#idle.waiting(false);
  }

  #dropIdle(): void {
    this.closed();
    this.parts.transport.end();
  }
}
