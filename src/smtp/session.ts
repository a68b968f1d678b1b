import { createHmac } from 'node:crypto';
import type { Input } from '../listeners/smtp/input';
import { byteString } from '../server/bytes';
import { UsageError } from '../support/errors';
import { NO_REPLY, ReplyReader, type SmtpReply } from './replies';
import { stuffed } from './stuffing';

/** Who logs in, and how: LOGIN, PLAIN or CRAM-MD5; the first of them that the server offers when left out. */
export interface SmtpLogin {
  readonly user: string;
  readonly password: string;
  readonly method?: string;
}

/** The other end of a session: what its listener offers to a client without a socket. */
export interface ClientEnd {
  readonly input: Input;
  /** The client goes, without a word. */
  hangUp(): void;
  /** The end of the session; rejects with what took the server down. */
  readonly over: Promise<void>;
  readonly connectionId: string;
}

type Connect = (client: { received(bytes: Buffer, isLast: boolean): void; closed(): void }) => ClientEnd;

const METHODS = ['CRAM-MD5', 'PLAIN', 'LOGIN'] as const;

/**
 * One SMTP session without a socket, step by step. A step sends what a client sends and resolves to the reply; steps wait
 * for each other. Rejects with MomentumCrash when policy takes the server down, with UsageError when the server has
 * closed the session before.
 */
export class SmtpSession {
  readonly #reader = new ReplyReader();
  readonly #end: ClientEnd;
  readonly #transcript: string[] = [];
  readonly #waiting: ((reply: SmtpReply) => void)[] = [];
  readonly #early: SmtpReply[] = [];
  readonly #login: SmtpLogin | undefined;
  readonly #wantsTls: boolean;
  #last = NO_REPLY;
  #isClosed = false;
  #crash: unknown;
  #steps: Promise<unknown>;
  /** The connect phase refused: what `greeting` answered. */
  #refusal: SmtpReply | undefined;

  constructor(connect: Connect, options: { readonly login?: SmtpLogin; readonly wantsTls?: boolean } = {}) {
    this.#login = options.login;
    this.#wantsTls = options.wantsTls ?? false;
    this.#end = connect({
      received: (bytes, isLast) => {
        if (isLast) this.#isClosed = true;
        this.#received(bytes);
      },
      closed: () => this.#closed(),
    });
    this.#end.over.then(
      () => this.#closed(),
      (error: unknown) => {
        this.#crash = error;
        this.#closed();
      },
    );
    this.#steps = this.greeting = this.#greet();
    // Whoever takes the next step is told.
    this.greeting.catch(() => undefined);
  }

  /** The banner, or what the connect phase said in its place. */
  readonly greeting: Promise<SmtpReply>;

  /** Of the connection; messages that it brings have it as their `connectionId`. */
  get connectionId(): string {
    return this.#end.connectionId;
  }

  /** What was said so far: `S: 220 …`, `C: EHLO …`; of a message only its size. */
  get transcript(): readonly string[] {
    return this.#transcript;
  }

  /** The server has closed the connection, or the client has. */
  get disconnected(): boolean {
    return this.#isClosed;
  }

  /** What the last EHLO offered: `STARTTLS`, `AUTH LOGIN`. */
  capabilities: readonly string[] = [];

  /**
   * EHLO. With the options `tls` and `auth` it goes on as a mail client does: STARTTLS and EHLO again, AUTH. Resolves to the
   * first refusal, or the last reply to EHLO.
   */
  async ehlo(name = 'client.test'): Promise<SmtpReply> {
    let reply = await this.#hello('EHLO', name);
    if (reply.code !== 250) return reply;
    if (this.#wantsTls) {
      const started = await this.starttls();
      if (started.code !== 220) return started;
      reply = await this.#hello('EHLO', name);
    }
    if (!this.#login || reply.code !== 250) return reply;
    const loggedIn = await this.auth(this.#login);
    return loggedIn.code === 235 ? reply : loggedIn;
  }

  helo(name = 'client.test'): Promise<SmtpReply> {
    return this.#hello('HELO', name);
  }

  /** `MAIL FROM:<address>`; the null sender is ''. */
  mail(address: string, parameters = ''): Promise<SmtpReply> {
    return this.command(`MAIL FROM:${path(address)}${parameters && ` ${parameters}`}`);
  }

  rcpt(address: string, parameters = ''): Promise<SmtpReply> {
    return this.command(`RCPT TO:${path(address)}${parameters && ` ${parameters}`}`);
  }

  /**
   * DATA and the message: resolves to the reply after it, or to the refusal of DATA. A text is sent as UTF-8; one without
   * CRLF gets CRLF for its line ends. Dots at the beginning of lines are doubled on the way.
   */
  async data(message: string | Uint8Array): Promise<SmtpReply> {
    const reply = await this.command('DATA');
    if (reply.code !== 354) return reply;
    const bytes = stuffed(message);
    return this.#step(bytes, [`C: (message of ${bytes.length - '.\r\n'.length} octets)`]);
  }

  rset(): Promise<SmtpReply> {
    return this.command('RSET');
  }

  noop(): Promise<SmtpReply> {
    return this.command('NOOP');
  }

  vrfy(address: string): Promise<SmtpReply> {
    return this.command(`VRFY ${address}`);
  }

  async quit(): Promise<SmtpReply> {
    const reply = await this.command('QUIT');
    if (reply.code === 221) await this.#over();
    return reply;
  }

  /** STARTTLS; from its 220 on the session is as after a handshake. */
  starttls(): Promise<SmtpReply> {
    return this.command('STARTTLS');
  }

  /** AUTH with all its steps; resolves to the last reply. */
  async auth(login: SmtpLogin | undefined = this.#login): Promise<SmtpReply> {
    if (!login)
      throw new UsageError('auth: a user and a password are needed, here or in the options of the session');
    const offered = this.capabilities
      .filter((line) => /^AUTH /i.test(line))
      .join(' ')
      .toUpperCase();
    const method = (login.method ?? METHODS.find((name) => offered.includes(name)) ?? 'LOGIN').toUpperCase();
    const reply = await this.command(`AUTH ${method}`);
    if (reply.code !== 334) return reply;
    const { user, password } = { user: byteString(login.user), password: byteString(login.password) };
    if (method === 'PLAIN') return this.#respond(`\0${user}\0${password}`);
    if (method === 'CRAM-MD5') {
      const digest = createHmac('md5', Buffer.from(password, 'latin1'));
      return this.#respond(`${user} ${digest.update(Buffer.from(reply.text, 'base64')).digest('hex')}`);
    }
    if (method !== 'LOGIN') return this.command('*');
    const next = await this.#respond(user);
    return next.code === 334 ? this.#respond(password) : next;
  }

  /** Any line; CRLF is added. Characters are sent as UTF-8. */
  async command(line: string): Promise<SmtpReply> {
    if (/[\r\n]/.test(line))
      throw new UsageError('command: one line expected; pipeline() sends several, write() any bytes');
    return this.#step(Buffer.from(`${line}\r\n`, 'utf8'), [`C: ${line}`]);
  }

  /** Lines that are sent at once (PIPELINING); resolves to their replies. */
  async pipeline(...lines: readonly string[]): Promise<SmtpReply[]> {
    const replies: SmtpReply[] = [];
    const all = Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'utf8');
    const shown = lines.map((line) => `C: ${line}`);
    await this.#step(all, shown, async () => {
      for (let i = 0; i < lines.length; i++) replies.push(await this.#next());
      return replies.at(-1) ?? NO_REPLY;
    });
    return replies;
  }

  /** Bytes as they are, when their reply is not waited for. */
  write(bytes: string | Uint8Array): void {
    const sent = Buffer.from(bytes);
    this.#transcript.push(`C: (${sent.length} octets)`);
    this.#end.input.push(sent);
  }

  /** The next reply, whatever it is to. */
  reply(): Promise<SmtpReply> {
    return this.#step(Buffer.alloc(0), []);
  }

  /** The client goes without QUIT, if it has not gone; resolves when the server is through with the session. */
  async disconnect(): Promise<void> {
    if (!this.#isClosed) this.#end.hangUp();
    this.#closed();
    await this.#over();
  }

  async #hello(verb: string, name: string): Promise<SmtpReply> {
    const greeting = await this.greeting;
    if (this.#refusal) return greeting;
    const reply = await this.command(`${verb} ${name}`);
    if (reply.code === 250) this.capabilities = reply.text.split('\n').slice(1);
    return reply;
  }

  #respond(response: string): Promise<SmtpReply> {
    const line = Buffer.from(response, 'latin1').toString('base64') || '=';
    return this.#step(Buffer.from(`${line}\r\n`), [`C: ${line}`]);
  }

  async #greet(): Promise<SmtpReply> {
    const reply = await this.#next();
    if (this.#isClosed) this.#refusal = reply;
    return reply;
  }

  #step(bytes: Buffer, shown: readonly string[], answers = () => this.#next()): Promise<SmtpReply> {
    const step = this.#steps.then(() => {
      this.#checkOpen();
      this.#transcript.push(...shown);
      this.#end.input.push(bytes);
      return answers();
    });
    this.#steps = step.catch(() => undefined);
    return step;
  }

  #checkOpen(): void {
    if (this.#crash instanceof Error) throw this.#crash;
    if (!this.#isClosed || this.#early.length > 0) return;
    const [last = 'without a reply'] = this.#last.lines.slice(-1);
    throw new UsageError(`the SMTP session is over: the connection was closed after '${last}'`);
  }

  async #next(): Promise<SmtpReply> {
    const reply =
      this.#early.shift() ??
      (this.#isClosed ? NO_REPLY : await new Promise<SmtpReply>((resolve) => this.#waiting.push(resolve)));
    this.#last = reply;
    if (reply === NO_REPLY) await this.#over();
    return reply;
  }

  #received(bytes: Buffer): void {
    for (const reply of this.#reader.read(bytes)) {
      this.#transcript.push(...reply.lines.map((line) => `S: ${line}`));
      const waiting = this.#waiting.shift();
      if (waiting) waiting(reply);
      else this.#early.push(reply);
    }
  }

  async #over(): Promise<void> {
    await this.#end.over.catch(() => undefined);
    if (this.#crash instanceof Error) throw this.#crash;
  }

  #closed(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(NO_REPLY);
  }
}

const path = (address: string) => (/^<.*>$/s.test(address) ? address : `<${address}>`);
