import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { UsageError } from '../../support/errors';
import { socketOptions, type BoundControlAddress, type ControlAddress } from './address';
import { resetConnection, serveSession, type RunCommand, type SessionLimits } from './session';

const DEFAULT_LIMITS: SessionLimits = { maxLineLength: 65_536, idleTimeout: 60_000 };

/**
 * The control channel on a socket. The product's wire format is not documented; this is a protocol of lines that any
 * line tool speaks: one command per line (LF or CRLF), answered by the command's output and a NUL byte; several per
 * connection, in order; `quit` and the client's end close it. Idle connections are closed after 60 s of real time
 * (4/control-listener).
 */
export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(run: RunCommand, limits: SessionLimits) {
    // Half-open, so that a client which sends its commands and ends still gets the answers.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      void serveSession(socket, run, limits);
    });
    // `listen` reports its own; a later one concerns a single connection and must not end the process.
    this.#server.on('error', () => undefined);
  }

  /** Resolves to where it listens. Rejects with UsageError when it cannot; `cause` is the system's error. */
  async listen(address: ControlAddress): Promise<BoundControlAddress> {
    const options = socketOptions(address);
    this.#server.listen(options);
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(`the control channel cannot listen: ${reason}`, { cause });
    }
    return this.address!;
  }

  /** Where it listens; undefined while it does not. */
  get address(): BoundControlAddress | undefined {
    const bound = this.#server.address();
    if (bound === null) return undefined;
    return typeof bound === 'string' ? { path: bound } : { address: bound.address, port: bound.port };
  }

  /** Resets all connections, as the end of the process would. */
  reset(): void {
    for (const socket of this.#sockets) resetConnection(socket);
  }

  /** Stops listening and destroys all connections; resolves when none is left. Harmless when it does not listen. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

export function createControlServer(run: RunCommand, limits: Partial<SessionLimits> = {}): ControlServer {
  return new ControlServer(run, { ...DEFAULT_LIMITS, ...limits });
}
