import type { Socket } from 'node:net';
import type { ConsoleSession } from '../../server/console/builtin/session';
import { ConsoleResult } from '../../server/console/result';
import { MomentumCrash } from '../../support/errors';
import { AccessGate, LOGIN_REQUIRED, type AccessChecks } from './access';
import { framedAnswer, plainAnswer, REQUEST_MARK } from './framing';
import { LineTooLongError, readLines } from './lines';
import type { ControlListenerOptions } from './settings';
import { systemUser } from './system-user';

/** Runs one command line, given as the bytes that came. */
export type RunCommand = (line: Buffer, session: ConsoleSession) => Promise<ConsoleResult>;

/** What the connections of a listener have in common. */
export interface ControlService extends AccessChecks {
  readonly run: RunCommand;
  /** The names of the commands there are at the moment, for completion. */
  readonly commands: () => readonly string[];
  readonly listener: ControlListenerOptions;
  /** Told of every client that is let in. */
  readonly onConnection?: (socket: Socket) => void;
  /** Bytes in one command line. */
  readonly maxLineLength: number;
}

/** Real milliseconds in which a client that we have said goodbye to may still read what was sent. */
const LINGER = 1000;

/**
 * Serves one connection until `quit`, the client's end, or an error of the connection. Lines are answered one after
 * the other; the next is read when the client takes the answers. A command's own error becomes its answer; if it is
 * the crash of the simulated server, the connection is reset instead. Never rejects.
 */
export async function serveSession(socket: Socket, service: ControlService): Promise<void> {
  // Without a listener an error of the connection would end the process; reading reports it below.
  socket.on('error', () => undefined);
  try {
    await new ControlSession(socket, service).serve();
    finish(socket);
  } catch (error) {
    if (error instanceof MomentumCrash) resetConnection(socket);
    else socket.destroy();
  }
}

class ControlSession {
  private readonly session: ConsoleSession;
  private readonly gate: AccessGate;
  /** Milliseconds. */
  private readonly timeout: number;
  private readonly requests: Readonly<
    Record<string, (...args: string[]) => ConsoleResult | Promise<ConsoleResult>>
  >;
  private format = plainAnswer;

  constructor(
    private readonly socket: Socket,
    private readonly service: ControlService,
  ) {
    const { listener } = service;
    const settings = listener.settings(peerIp(socket));
    this.timeout = settings.timeout * 1000;
    this.session = sessionOf(socket, listener);
    this.gate = new AccessGate(this.session, settings, service);
    this.requests = {
      framed: () => this.frame(),
      login: (user = '', password = '') => this.gate.login(decoded(user), decoded(password)),
      commands: () => this.names(),
    };
  }

  async serve(): Promise<void> {
    const { socket, timeout } = this;
    socket.on('timeout', () => this.timedOut());
    socket.setTimeout(timeout);
    try {
      for await (const line of readLines(chunksOf(socket), this.service.maxLineLength)) {
        if (line.toString('latin1').trim() === 'quit') return;
        socket.setTimeout(0);
        const answer = await this.answer(line);
        socket.setTimeout(timeout);
        await this.send(answer);
        // Lines that came with this one are not for a client that has gone.
        if (socket.destroyed) return;
      }
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      await this.send(new ConsoleResult(error.message, 'FAILED'));
    }
  }

  private async answer(line: Buffer): Promise<ConsoleResult> {
    try {
      if (line[0] === REQUEST_MARK) return await this.request(line.toString('latin1', 1));
      const refusal = await this.gate.refusal(line.toString('latin1'));
      return refusal ?? (await this.service.run(line, this.session));
    } catch (error) {
      if (error instanceof MomentumCrash) throw error;
      return new ConsoleResult(error instanceof Error ? error.message : String(error), 'FAILED');
    }
  }

  private async request(text: string): Promise<ConsoleResult> {
    const [name = '', ...args] = text.trim().split(/ +/);
    const request = Object.hasOwn(this.requests, name) ? this.requests[name] : undefined;
    if (!request) throw new Error(`Unknown request of the control channel: ${name}`);
    return request(...args);
  }

  private frame(): ConsoleResult {
    this.format = framedAnswer;
    return this.gate.isAuthenticated ? new ConsoleResult('') : new ConsoleResult(LOGIN_REQUIRED, 'NOT_AUTHN');
  }

  private names(): ConsoleResult {
    if (!this.gate.isAuthenticated) return new ConsoleResult(LOGIN_REQUIRED, 'NOT_AUTHN');
    return new ConsoleResult(this.service.commands().join('\n'));
  }

  /** Resolves when the client takes more, or has gone. */
  private async send(result: ConsoleResult): Promise<void> {
    const { socket } = this;
    if (socket.destroyed || socket.write(this.format(result))) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  private timedOut(): void {
    this.gate.timedOut();
    this.socket.destroy();
  }
}

function sessionOf(socket: Socket, { address }: ControlListenerOptions): ConsoleSession {
  const ip = peerIp(socket);
  return {
    // Node does not tell who is at the other end of a Unix socket (4/control-auth): whoever may open it is us.
    user: ip === undefined ? systemUser() : undefined,
    roles: [],
    peer: ip === undefined ? undefined : `${ip.includes(':') ? `[${ip}]` : ip}:${socket.remotePort ?? 0}`,
    listener: typeof address === 'object' ? `${address.address}:${address.port}` : String(address),
    state: new Map(),
  };
}

/** Undefined for a Unix socket. */
function peerIp(socket: Socket): string | undefined {
  return socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '');
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    throw new Error('The name and the password of a login are percent-encoded');
  }
}

/** Left to itself, the iterator destroys the socket when its reader stops, and with it answers not yet sent. */
function chunksOf(socket: Socket): AsyncIterable<Uint8Array> {
  return socket.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>;
}

/**
 * Ends our half; what still comes is discarded, so that the client's end is seen and the connection closes. A client
 * that never ends is cut off, but not at once: that would cost it answers it has not read.
 */
function finish(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end(() => {
    const cutOff = setTimeout(() => socket.destroy(), LINGER).unref();
    socket.once('close', () => clearTimeout(cutOff));
  });
  socket.resume();
}

/** Closes a connection as the death of the process would: on TCP the client sees it reset. */
export function resetConnection(socket: Socket): void {
  const isUnixSocket = socket.remoteFamily === undefined;
  if (isUnixSocket) socket.destroy();
  else socket.resetAndDestroy();
}
