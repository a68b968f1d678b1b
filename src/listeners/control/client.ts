import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { textOfBytes } from '../../server/bytes';
import type { ConsoleStatus } from '../../server/console/result';
import { UsageError } from '../../support/errors';
import { socketOptions, type BoundControlAddress, type ControlAddress } from './address';
import { FrameReader, FramingError, REQUEST_MARK, type Frame } from './framing';

/** The answer to one command. */
export interface ControlAnswer {
  readonly status: ConsoleStatus;
  /** Output as text: UTF-8 if it is that, otherwise one character per byte. */
  readonly output: string;
  readonly outputBytes: Buffer;
}

interface Waiting {
  readonly resolve: (answer: ControlAnswer) => void;
  readonly reject: (error: UsageError) => void;
}

/** A client's connection to a served control channel; the protocol is that of `framing.ts`, with framed answers. */
export class ControlConnection {
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #shown: string;
  readonly #frames = new FrameReader();
  readonly #waiting: Waiting[] = [];
  #problem = 'closed the connection';
  #greeting!: ControlAnswer;

  /** Rejects with UsageError when nobody answers at the address (`cause` is the system's error), or somebody else. */
  static async open(address: ControlAddress | BoundControlAddress): Promise<ControlConnection> {
    const shown = shownAddress(address);
    const socket = connect(socketOptions(address));
    try {
      await once(socket, 'connect');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(`the control channel at ${shown} does not answer: ${reason}`, { cause });
    }
    const connection = new ControlConnection(socket, shown);
    connection.#greeting = await connection.#ask('framed');
    return connection;
  }

  private constructor(socket: Socket, shown: string) {
    this.#socket = socket;
    this.#shown = shown;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('end', () => socket.destroy());
    socket.on('error', ({ message }) => {
      this.#problem = `does not answer: ${message}`;
    });
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(this.#ended());
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** What the server says first: NOT_AUTHN and a text to show when it wants a login. */
  get greeting(): ControlAnswer {
    return this.#greeting;
  }

  /**
   * Runs a command. Rejects with UsageError when it is no single line, and when the connection ends before the answer
   * does; `quit` ends it.
   */
  async request(line: string | Uint8Array): Promise<ControlAnswer> {
    const bytes = Buffer.from(line);
    if (bytes.includes('\n') || bytes.includes('\r') || bytes[0] === REQUEST_MARK)
      throw new UsageError('a console command is one line without control characters before it');
    return this.#send(bytes);
  }

  /** COMPLETED, or NOT_AUTHN with a text to show. */
  login(user: string, password: string): Promise<ControlAnswer> {
    return this.#ask(`login ${encodeURIComponent(user)} ${encodeURIComponent(password)}`);
  }

  /** The names of the commands; none where the server does not tell. */
  async commandNames(): Promise<string[]> {
    const { status, output } = await this.#ask('commands');
    return status === 'COMPLETED' ? output.split('\n').filter(Boolean) : [];
  }

  /** What still waits for an answer rejects. */
  close(): void {
    this.#socket.destroy();
  }

  #ask(request: string): Promise<ControlAnswer> {
    return this.#send(Buffer.concat([Buffer.of(REQUEST_MARK), Buffer.from(request)]));
  }

  #send(line: Buffer): Promise<ControlAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(this.#ended());
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.write(Buffer.concat([line, Buffer.from('\n')]));
    });
  }

  #receive(bytes: Buffer): void {
    try {
      for (const frame of this.#frames.push(bytes)) {
        const waiting = this.#waiting.shift();
        if (!waiting) throw new FramingError();
        waiting.resolve(answerOf(frame));
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#problem = 'is no control channel of momentum-sim: its answer is none';
      this.#socket.destroy();
    }
  }

  #ended(): UsageError {
    return new UsageError(`the control channel at ${this.#shown} ${this.#problem}`);
  }
}

function answerOf({ status, output }: Frame): ControlAnswer {
  return { status, output: textOfBytes(output), outputBytes: output };
}

/** `host:port`, `[v6]:port`, or the path of a Unix socket. */
function shownAddress(address: ControlAddress | BoundControlAddress): string {
  if (typeof address !== 'object') return String(address);
  if ('path' in address) return address.path;
  return address.address.includes(':')
    ? `[${address.address}]:${address.port}`
    : `${address.address}:${address.port}`;
}
