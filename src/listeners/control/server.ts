import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { UsageError } from '../../support/errors';
import { socketOptions, type BoundControlAddress, type ControlAddress } from './address';
import { resetConnection, serveSession, type ControlService, type RunCommand } from './session';
import { DEFAULT_SETTINGS } from './settings';
import { removeStaleSocket } from './unix-socket';

const DEFAULTS: Omit<ControlService, 'run'> = {
  commands: () => [],
  listener: { address: '/tmp/2025', settings: () => DEFAULT_SETTINGS },
  maxLineLength: 65_536,
};

/**
 * One listener of the control channel (4/control-listener), which speaks the protocol of `framing.ts`. Idle connections
 * are closed after the listener's Timeout, in real time.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #service: ControlService;
  readonly #sockets = new Set<Socket>();

  constructor(service: ControlService) {
    this.#service = service;
    // Half-open, so that a client which sends its commands and ends still gets the answers.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
    // `listen` reports its own; a later one concerns a single connection and must not end the process.
    this.#server.on('error', () => undefined);
  }

  /**
   * Listens at the configured address, or at another one in its place. A Unix socket's file gets File_Mode; one that
   * is left over from a dead server is replaced. Rejects with UsageError when it cannot; `cause` is the system's error.
   */
  async listen(address: ControlAddress = this.#service.listener.address): Promise<BoundControlAddress> {
    const options = socketOptions(address);
    try {
      await this.#bind(options).catch(async (error: unknown) => {
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' && 'path' in options;
        if (!isTaken || !(await removeStaleSocket(options.path))) throw error;
        await this.#bind(options);
      });
      if ('path' in options) await chmod(options.path, this.#service.listener.settings(undefined).fileMode);
    } catch (cause) {
      await this.close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(`the control channel cannot listen: ${reason}`, { cause });
    }
    return this.address!;
  }

  async #bind(options: ReturnType<typeof socketOptions>): Promise<void> {
    this.#server.listen(options);
    await once(this.#server, 'listening');
  }

  #accept(socket: Socket): void {
    const isUnixSocket = typeof this.#server.address() === 'string';
    // A client that has gone already has no address, and must not pass for one of a Unix socket.
    if (!isUnixSocket && socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#service.onConnection?.(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    void serveSession(socket, this.#service);
  }

  /** Where it listens; undefined while it does not. */
  get address(): BoundControlAddress | undefined {
    const bound = this.#server.address();
    if (bound === null) return undefined;
    return typeof bound === 'string' ? { path: bound } : { address: bound.address, port: bound.port };
  }

  /** Connections at the moment. */
  get connections(): number {
    return this.#sockets.size;
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

/** A listener with the product's defaults, where `options` do not say otherwise. */
export function createControlServer(
  run: RunCommand,
  options: Partial<Omit<ControlService, 'run'>> = {},
): ControlServer {
  return new ControlServer({ ...DEFAULTS, ...options, run });
}
