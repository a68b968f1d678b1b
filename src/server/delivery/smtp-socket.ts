import net from 'node:net';
import tls from 'node:tls';

/** A reply of one or several lines (RFC 5321, 4.2). */
export interface SmtpReply {
  readonly code: number;
  /** The texts of the lines, without codes; byte strings. */
  readonly lines: readonly string[];
}

/** Why there is no reply. */
export type SmtpSilence = 'closed' | 'timeout';

/** Longer replies than this are not read to their end. */
const MAX_REPLY = 64 * 1024;

/** The client's end of an SMTP connection over a real socket. Nothing rejects: what fails is an answer, too. */
export class SmtpSocket {
  #socket: net.Socket;
  #received = '';
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(
    socket: net.Socket,
    readonly timeout: number,
    /** The server's end concerns it no more. */
    private readonly forget: () => void,
  ) {
    this.#socket = socket;
    this.#listen();
  }

  /** Undefined and why, when no connection comes about. `timeout`: real milliseconds, of each step. */
  static connect(
    options: net.TcpNetConnectOpts,
    timeout: number,
    signal: AbortSignal,
  ): Promise<SmtpSocket | 'refuse' | 'timeout'> {
    return new Promise((resolve) => {
      const socket = net.connect(options);
      const abort = () => {
        end('refuse');
        socket.destroy();
      };
      const forget = () => signal.removeEventListener('abort', abort);
      const end = (result: SmtpSocket | 'refuse' | 'timeout') => {
        socket.setTimeout(0);
        if (typeof result === 'string') {
          socket.destroy();
          forget();
        }
        resolve(result);
      };
      // Not net's own option, which leaves a listener on the signal with each connection.
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
      socket.setTimeout(timeout, () => end('timeout'));
      // A later error closes the socket, which is noticed.
      socket.on('error', () => end('refuse'));
      socket.once('connect', () => end(new SmtpSocket(socket, timeout, forget)));
    });
  }

  write(bytes: string | Buffer): void {
    if (!this.#isClosed) this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  async reply(): Promise<SmtpReply | SmtpSilence> {
    const until = performance.now() + this.timeout;
    for (;;) {
      const reply = this.#takeReply();
      if (reply) return reply;
      const left = until - performance.now();
      if (this.#isClosed || this.#received.length > MAX_REPLY) return 'closed';
      if (left <= 0) return 'timeout';
      await this.#change(left);
    }
  }

  /** Goes on over TLS; false when no session comes about. */
  startTls(options: tls.ConnectionOptions): Promise<boolean> {
    const plain = this.#socket;
    plain.removeAllListeners();
    return new Promise((resolve) => {
      const secure = tls.connect({ ...options, socket: plain });
      this.#socket = secure;
      const timer = setTimeout(() => secure.destroy(), this.timeout);
      secure.on('error', () => undefined);
      secure.once('close', () => {
        clearTimeout(timer);
        this.#isClosed = true;
        resolve(false);
      });
      secure.once('secureConnect', () => {
        clearTimeout(timer);
        this.#listen();
        resolve(true);
      });
    });
  }

  close(): void {
    this.forget();
    this.#socket.destroy();
  }

  #listen(): void {
    const closed = () => {
      this.#isClosed = true;
      this.#wake();
    };
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      this.#wake();
    });
    this.#socket.on('error', closed);
    this.#socket.on('end', closed);
    this.#socket.on('close', closed);
  }

  #change(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #takeReply(): SmtpReply | undefined {
    const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(this.#received);
    if (!whole) return this.#takeGarbage();
    this.#received = this.#received.slice(whole[0].length);
    const lines = whole[0].split(/\r?\n/).slice(0, -1);
    return { code: Number(whole[1]), lines: lines.map((line) => line.slice(4)) };
  }

  /** A line that is no reply is taken for one that cannot be understood. */
  #takeGarbage(): SmtpReply | undefined {
    const line = /^(?!\d{3}[ \r\n-])([^\n]*?)\r?\n/.exec(this.#received);
    if (!line) return undefined;
    this.#received = this.#received.slice(line[0].length);
    return { code: 0, lines: [line[1]!] };
  }
}
