/** Delivery over a real socket: what a remote does that a test has given an address with `smtp`. */
import { isIP } from 'node:net';
import { shownText } from '../bytes';
import type { RemoteOutcome, SmtpServer } from '../remote';
import type { DialogueLine } from './dialogue';
import type { SmtpArguments } from './hooks';
import { RESPONSES } from './responses';
import { argumentsText } from './smtp-arguments';
import { SmtpSocket, type SmtpReply, type SmtpSilence } from './smtp-socket';

/** One message to be delivered. Addresses are byte strings. */
export interface SmtpMessage {
  readonly from: string;
  readonly to: string;
  readonly raw: Buffer;
  readonly mailArguments: SmtpArguments;
  readonly rcptArguments: SmtpArguments;
}

export interface SmtpOptions {
  /** What the server calls itself. */
  readonly hostname: string;
  /** The option `tls` (4/config/ref-tls). */
  readonly tls: 'no' | 'ifavailable' | 'required';
  /** Whether the certificate is verified: `tls_verify` is not `no`. */
  readonly verifies: boolean;
  /** Whose certificate is expected. */
  readonly servername: string;
}

export interface SmtpOutcome {
  readonly behaviour: RemoteOutcome;
  readonly dialogue: readonly DialogueLine[];
}

/** Where the dialogue is, and what is said when there is no answer (4/message-responses). */
interface Step {
  /** While the answer is waited for, and once it is there (4/4-log-formats-connection-stages). */
  readonly during: number;
  readonly after: number;
  readonly silence: string;
}

const STEPS = {
  banner: { during: 12, after: 12, silence: 'no banner' },
  ehlo: { during: 10, after: 11, silence: 'no HELO/EHLO response' },
  starttls: { during: 15, after: 16, silence: 'no tls go-ahead' },
  mail: { during: 2, after: 3, silence: 'no MAIL FROM response' },
  rcpt: { during: 4, after: 5, silence: 'no RCPT TO response' },
  data: { during: 6, after: 7, silence: 'no DATA response' },
  body: { during: 9, after: 9, silence: 'no BODY response' },
} as const satisfies Record<string, Step>;

const HANDSHAKE_STAGE = 17;
const FIRST_FAILURE = 400;

/** A dialogue that is over before its end. */
class Ended extends Error {
  constructor(readonly behaviour: SmtpOutcome['behaviour']) {
    super('ended');
  }
}

/** The handshake failed: without TLS being required, the message goes in plain text (4/config/ref-tls). */
class HandshakeFailed extends Ended {}

/** Delivers one message over a connection of its own. Never rejects. */
export async function converse(
  server: SmtpServer,
  message: SmtpMessage,
  options: SmtpOptions,
  signal: AbortSignal,
): Promise<SmtpOutcome> {
  const conversation = new Conversation(message, options);
  const { behaviour, dialogue } = await conversation.run(server, signal);
  const isPlainNext = options.tls === 'ifavailable' && conversation.handshakeFailed;
  if (!isPlainNext) return { behaviour, dialogue };
  const plain = await converse(server, message, { ...options, tls: 'no' }, signal);
  return { behaviour: plain.behaviour, dialogue: [...dialogue, ...plain.dialogue] };
}

class Conversation {
  handshakeFailed = false;
  readonly #dialogue: DialogueLine[] = [];
  #extensions = new Set<string>();
  #socket!: SmtpSocket;

  constructor(
    private readonly message: SmtpMessage,
    private readonly options: SmtpOptions,
  ) {}

  async run({ host, port, timeout }: SmtpServer, signal: AbortSignal): Promise<SmtpOutcome> {
    const socket = await SmtpSocket.connect({ host, port }, timeout, signal);
    if (typeof socket === 'string') {
      this.#dialogue.push({
        direction: '=',
        text: `connection ${socket === 'refuse' ? 'refused' : 'timed out'}`,
      });
      return { behaviour: { kind: socket }, dialogue: this.#dialogue };
    }
    this.#socket = socket;
    try {
      return { behaviour: await this.#deliver(), dialogue: this.#dialogue };
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      this.handshakeFailed = error instanceof HandshakeFailed;
      return { behaviour: error.behaviour, dialogue: this.#dialogue };
    } finally {
      socket.close();
    }
  }

  async #deliver(): Promise<SmtpOutcome['behaviour']> {
    await this.#expect(STEPS.banner);
    await this.#greet();
    if (this.options.tls !== 'no') await this.#secure();
    const { from, to, mailArguments, rcptArguments } = this.message;
    await this.#say(`MAIL FROM:<${from}>${this.#arguments(mailArguments)}`, STEPS.mail);
    await this.#say(`RCPT TO:<${to}>${argumentsText(rcptArguments)}`, STEPS.rcpt);
    await this.#say('DATA', STEPS.data);
    const stuffed = dotStuffed(this.message.raw);
    this.#note('>', `(message of ${this.message.raw.length} bytes)`);
    this.#socket.write(stuffed);
    const accepted = await this.#expect(STEPS.body);
    this.#note('>', 'QUIT');
    this.#socket.write('QUIT\r\n');
    const goodbye = await this.#socket.reply();
    if (typeof goodbye !== 'string') this.#note('<', replyText(goodbye));
    return { kind: 'reply', code: accepted.code, text: replyText(accepted), stage: STEPS.body.after };
  }

  /** EHLO, or HELO for a server that does not know it. */
  async #greet(): Promise<void> {
    const { hostname } = this.options;
    this.#write(`EHLO ${hostname}`);
    const reply = await this.#answer(STEPS.ehlo);
    if (reply.code >= 500 && reply.code < 600) {
      await this.#say(`HELO ${hostname}`, STEPS.ehlo);
      return;
    }
    this.#check(reply, STEPS.ehlo);
    this.#extensions = new Set(reply.lines.slice(1).map((line) => line.split(' ', 1)[0]!.toUpperCase()));
  }

  async #secure(): Promise<void> {
    const isRequired = this.options.tls === 'required';
    if (!this.#extensions.has('STARTTLS')) {
      if (isRequired) throw internal('451 4.7.6 [internal] STARTTLS required but not advertised', 11);
      return;
    }
    await this.#say('STARTTLS', STEPS.starttls);
    const { servername, verifies } = this.options;
    const name = isIP(servername) === 0 ? { servername } : {};
    const isSecure = await this.#socket.startTls({ ...name, rejectUnauthorized: verifies });
    this.#note('=', isSecure ? 'TLS' : 'TLS negotiation failed');
    if (!isSecure)
      throw new HandshakeFailed(reply('451 4.7.5 [internal] TLS negotiation failed', HANDSHAKE_STAGE));
    await this.#greet();
  }

  /** What goes into MAIL FROM besides the address; a message with bytes above 127 says so where it may. */
  #arguments(args: SmtpArguments): string {
    const is8Bit = this.message.raw.some((byte) => byte > 127);
    const declares = is8Bit && this.#extensions.has('8BITMIME') && !args.has('BODY');
    return argumentsText(declares ? new Map([...args, ['BODY', '8BITMIME']]) : args);
  }

  async #say(line: string, step: Step): Promise<SmtpReply> {
    this.#write(line);
    return this.#expect(step);
  }

  #write(line: string): void {
    this.#note('>', shownText(line));
    this.#socket.write(`${line}\r\n`);
  }

  async #expect(step: Step): Promise<SmtpReply> {
    return this.#check(await this.#answer(step), step);
  }

  async #answer({ during, silence }: Step): Promise<SmtpReply> {
    const answer = await this.#socket.reply();
    if (typeof answer === 'string') throw this.#silent(answer, during, silence);
    this.#note('<', replyText(answer));
    return answer;
  }

  #silent(how: SmtpSilence, stage: number, silence: string): Ended {
    this.#note('=', how === 'closed' ? 'connection closed by remote host' : silence);
    return internal(how === 'closed' ? RESPONSES.closedByRemote : `451 4.4.2 [internal] ${silence}`, stage);
  }

  #check(answer: SmtpReply, { after }: Step): SmtpReply {
    if (answer.code >= 200 && answer.code < FIRST_FAILURE) return answer;
    const text = replyText(answer);
    throw internal(answer.code >= FIRST_FAILURE && answer.code < 600 ? text : `451 ${text}`, after);
  }

  #note(direction: DialogueLine['direction'], text: string): void {
    this.#dialogue.push({ direction, text });
  }
}

const reply = (text: string, stage: number): SmtpOutcome['behaviour'] => ({
  kind: 'reply',
  code: Number(text.slice(0, 3)),
  text,
  stage,
});

const internal = (text: string, stage: number) => new Ended(reply(text, stage));

/** Code and text; the lines of a long reply one after the other. */
function replyText({ code, lines }: SmtpReply): string {
  return shownText([code > 0 ? String(code) : '', ...lines].filter(Boolean).join(' '));
}

/**
 * As it goes over the wire (RFC 5321, 4.5.2): lines that begin with a dot have one more, and a line with a dot is the
 * end. Only CRLF ends a line: a dot after a lone LF is a byte like others, and the end mark has a line of its own.
 */
function dotStuffed(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/(^|\r\n)\./g, '$1..');
  const end = text === '' || text.endsWith('\r\n') ? '.\r\n' : '\r\n.\r\n';
  return Buffer.from(text + end, 'latin1');
}
