/** SMTP over real sockets by hand: a client that sends any bytes, and a far side that keeps what it was sent. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Another octet before each dot that begins a line, and the end mark (RFC 5321, 4.5.2). Byte strings. */
export function stuffed(message: string): string {
  const ended = endedWithLine(message);
  const lines = ended === '' ? [] : ended.slice(0, -2).split('\r\n');
  return [...lines.map((line) => (line.startsWith('.') ? `.${line}` : line)), '.', ''].join('\r\n');
}

/** SMTP has no way to send a message whose last line does not end. */
export const endedWithLine = (message: string): string =>
  message === '' || message.endsWith('\r\n') ? message : `${message}\r\n`;

/** A client's connection. Texts are byte strings. */
export class Wire {
  said = '';
  /** However the connection ends. */
  readonly closed: Promise<void>;
  #wake: () => void = () => undefined;
  #isClosed = false;

  static async open(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const wire = new Wire(socket);
    await once(socket, 'connect');
    return wire;
  }

  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.said += chunk.toString('latin1');
      this.#wake();
    });
    socket.once('end', () => socket.end());
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
  }

  write(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  /** Sends the last bytes; replies are still read. */
  end(bytes = ''): void {
    this.socket.end(bytes, 'latin1');
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Resolves when so many replies are there, or the connection is closed; to the codes of all. */
  async replies(count: number): Promise<number[]> {
    while (this.codes.length < count && !this.#isClosed)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.codes;
  }

  /** Of the replies that are complete. */
  get codes(): number[] {
    return codesOf(this.said);
  }
}

/** The codes of the replies' last lines. */
export const codesOf = (said: string): number[] =>
  Array.from(said.matchAll(/^(\d{3}) .*\r\n/gm), ([, code]) => Number(code));

/** A whole transaction and QUIT, all sent at once. Byte strings. */
export const dialogue = (message: string, to: readonly string[] = ['c@d.example']): string =>
  [
    'EHLO client.test',
    'MAIL FROM:<a@b.example>',
    ...to.map((address) => `RCPT TO:<${address}>`),
    'DATA',
    `${stuffed(message)}QUIT`,
    '',
  ].join('\r\n');

/** What the far side got. */
interface SunkMail {
  readonly to: string;
  /** As it came over the wire, without the end mark. */
  readonly wire: string;
  /** The same, with the dots taken off that the client put on. */
  readonly raw: string;
}

/** A far side that takes everything, and knows as little about mail as it can: only CRLF ends a line. */
export class Sink {
  readonly mails: SunkMail[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async open(): Promise<Sink> {
    const sink = new Sink();
    sink.#server.listen(0, '127.0.0.1');
    await once(sink.#server, 'listening');
    return sink;
  }

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      this.#serve(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    let pending = '';
    let to = '';
    let isBody = false;
    const answer = (line: string) => socket.write(`${line}\r\n`);
    const take = (): boolean => {
      const mark = isBody ? '\r\n.\r\n' : '\r\n';
      const end = pending.indexOf(mark);
      if (end === -1) return false;
      const taken = pending.slice(0, end);
      pending = pending.slice(end + mark.length);
      if (isBody) {
        const wire = taken === '' ? '' : `${taken.slice(2)}\r\n`;
        this.mails.push({ to, wire, raw: wire.replace(/(^|\r\n)\./g, '$1') });
        isBody = false;
        answer('250 taken');
      } else if (taken === 'DATA') {
        isBody = true;
        // The line of the command ends where the first line of the message begins.
        pending = `\r\n${pending}`;
        answer('354 go');
      } else {
        to = /^RCPT TO:<(.*)>/.exec(taken)?.[1] ?? to;
        answer(taken === 'QUIT' ? '221 bye' : '250 fine');
      }
      return true;
    };
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (text: string) => {
      pending += text;
      while (take());
    });
    answer('220 sink');
  }
}
