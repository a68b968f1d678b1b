import http, { type Server, type ServerOptions } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
// Not the global one, which jest's fake timers replace.
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface ListeningServerOptions {
  readonly http: ServerOptions;
  /** Makes a `tls.Server` of it, by which test clients know that they have to speak HTTPS. */
  readonly isSecure: boolean;
  /** Gets every accepted socket, to hand it back to `serve` when it is ready. */
  readonly accept: (socket: Socket) => void;
  /** Why the server must not listen now; undefined when it may. */
  readonly objection: () => Error | undefined;
}

/** Node's HTTP server with what this simulator needs of its listening side. */
export interface ListeningServer {
  readonly server: Server;
  /** Serves HTTP on a stream. */
  serve(stream: Socket): void;
  /** Closes the listening socket only: idle clients stay. */
  deafen(): void;
}

/**
 * A server that is not listening yet. Its `close` accepts the clients that are already connecting before it stops
 * listening: the test client that finds the server not listening makes it listen and closes it after its own
 * response, and Node accepts one connection a turn, so that, of many requests at the same time, the system would
 * reset all those still in its queue.
 */
export function listeningServer({
  http: options,
  isSecure,
  accept,
  objection,
}: ListeningServerOptions): ListeningServer {
  // An https.Server takes streams that have shaken hands as 'secureConnection', an http.Server all as 'connection'.
  const server: Server = isSecure
    ? new https.Server({ ...options, allowHalfOpen: true, noDelay: true })
    : new http.Server(options);
  const streamEvent = isSecure ? 'secureConnection' : 'connection';
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
  const listen = server.listen.bind(server) as (...args: unknown[]) => Server;
  const close = server.close.bind(server);
  let accepted = 0;
  const untilQueueIsEmpty = async (): Promise<void> => {
    let before: number;
    do {
      before = accepted;
      await nextTurn();
      await nextTurn();
    } while (accepted > before);
  };
  const overrides = {
    emit(event: string, ...args: unknown[]): boolean {
      if (event !== 'connection') return emit(event, ...args);
      accepted++;
      accept(args[0] as Socket);
      return true;
    },
    listen(...args: unknown[]): Server {
      const error = objection();
      if (!error) return listen(...args);
      // As Node reports that an address is in use.
      process.nextTick(() => server.emit('error', error));
      return server;
    },
    close(callback?: (error?: Error) => void): Server {
      if (!server.listening) return close(callback);
      void untilQueueIsEmpty().then(() => close(callback));
      return server;
    },
  };
  Object.assign(server, overrides);
  return {
    server,
    serve: (stream) => void emit(streamEvent, stream),
    deafen: () => void net.Server.prototype.close.call(server),
  };
}
