import { chmodSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
// Not the global one, which jest's fake timers replace.
import { setImmediate } from 'node:timers';
import { UsageError } from '../../support/errors';
import { establish, type Connection, type ConnectionOptions } from './connection';
import { Connections, reset } from './connections';
import { listeningServer, type ListeningServer } from './listening-server';
import { RequestReceiver, type ReceiverOptions } from './receiver';
import type { HttpRouter } from './router';
import type { HttpListenerOptions } from './settings';

export interface HttpListenerContext extends HttpListenerOptions, ConnectionOptions, ReceiverOptions {
  /** Told of every client that is let in. */
  readonly onConnection?: (socket: Socket) => void;
  /** Told why connections cannot be served: TLS settings that cannot work. */
  readonly onProblem: (message: string) => void;
}

const LARGEST_HEAD = 1024 * 1024;

/**
 * One `Listen` stanza of an `HTTP_Listener`. Its server may listen and close any number of times, on any address, until
 * `close`. Requests are received completely before a handler sees them; malformed ones never reach it, and neither do
 * those that Node's parser refuses: methods it does not know, targets with bytes above 0x7f.
 *
 * Source: `4/http-listener`, `4/listeners`, `3/3-rest/rest-http-listener`.
 */
export class HttpListener {
  private readonly connections = new Connections();
  private readonly receiver: RequestReceiver;
  private readonly listening: ListeningServer;
  private isEnabled = true;
  private isClosed = false;
  /** Where it listened when it was disabled. */
  private suspended: ReturnType<Server['address']> = null;

  constructor(
    router: HttpRouter,
    private readonly context: HttpListenerContext,
  ) {
    this.receiver = new RequestReceiver(router, context, this.connections);
    this.listening = listeningServer({
      http: {
        maxHeaderSize: LARGEST_HEAD,
        keepAliveTimeout: 0,
        headersTimeout: 0,
        requestTimeout: 0,
        requireHostHeader: false,
      },
      isSecure: context.settings('127.0.0.1').tls !== undefined,
      accept: (socket) => this.accept(socket),
      objection: () => this.objection(),
    });
    this.prepare(this.server);
  }

  /** Not listening until someone makes it. */
  get server(): Server {
    return this.listening.server;
  }

  /** As configured: `*:2081`. */
  get address(): string {
    return this.context.address;
  }

  get enabled(): boolean {
    return this.isEnabled;
  }

  /**
   * The option `Enable`. Disabling closes the listening socket only: connections that exist go on. Enabling listens
   * where it listened before, if it did; rejects when that address has been taken.
   */
  async setEnabled(enabled: boolean): Promise<void> {
    this.isEnabled = enabled;
    if (!enabled && this.server.listening) this.suspend();
    if (enabled && this.suspended !== null) await this.resume(this.suspended);
  }

  /**
   * Stops listening and destroys every connection, idle, half-open or busy, for good. Resolves when nothing is left,
   * also when the server never listened or has been closed before.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    const gone = this.connections.destroyAll();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    await gone;
  }

  /** What clients see when the process dies: every connection is reset. */
  reset(): void {
    this.connections.resetAll();
  }

  private prepare(server: Server): void {
    server.maxHeadersCount = 0;
    // A client that has sent its request may close its half of the connection and still reads the response.
    Object.assign(server, { httpAllowHalfOpen: true });
    const { receiver } = this;
    server.on('request', (request, response) => receiver.accept(request, response));
    server.on('checkExpectation', (request, response) => receiver.accept(request, response));
    server.on('checkContinue', (request, response) => receiver.accept(request, response, true));
    server.on('connect', (_request: IncomingMessage, socket: Socket) => receiver.refuseMalformed(socket));
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      receiver.refuseMalformed(socket, error.code),
    );
    server.on('timeout', (socket: Socket) => receiver.dropIdle(socket));
    server.on('listening', () => {
      const address = server.address();
      if (typeof address === 'string') chmodSync(address, this.context.settings('127.0.0.1').fileMode);
      if (this.isClosed) setImmediate(() => server.close());
      else if (!this.isEnabled) this.suspend();
    });
  }

  private accept(socket: Socket): void {
    if (this.isClosed) {
      reset(socket);
      return;
    }
    this.connections.add(socket);
    this.context.onConnection?.(socket);
    // Until HTTP listens for it; what follows is its 'close'.
    socket.on('error', () => undefined);
    const connection = establish(socket, this.context);
    if (!(connection instanceof Promise)) this.serve(connection);
    else
      connection.then(
        (ready) => (ready ? this.serve(ready) : socket.destroy()),
        (error: unknown) => {
          socket.destroy();
          this.context.onProblem(error instanceof Error ? error.message : String(error));
        },
      );
  }

  private serve(connection: Connection): void {
    if (connection.stream.destroyed) return;
    this.receiver.greet(connection);
    this.listening.serve(connection.stream);
    // A PROXY header leaves the stream paused.
    connection.stream.resume();
  }

  private objection(): Error | undefined {
    if (this.isEnabled || this.isClosed) return undefined;
    return new UsageError(`the HTTP listener ${this.address} is disabled (Enable = false)`);
  }

  private suspend(): void {
    this.suspended = this.server.address();
    this.listening.deafen();
  }

  private resume(address: NonNullable<typeof this.suspended>): Promise<void> {
    this.suspended = null;
    const { server } = this;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      const listening = () => {
        server.off('error', reject);
        resolve();
      };
      if (typeof address === 'string') server.listen(address, listening);
      else server.listen(address.port, address.address, listening);
    });
  }
}
