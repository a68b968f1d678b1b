import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers';

/** The open sockets of one server and the requests on each that wait for their response. */
export class Connections {
  private readonly open = new Map<Socket, Set<IncomingMessage>>();
  private readonly whenAnswered = new WeakMap<Socket, () => void>();
  private closed = false;

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      if (this.closed) socket.resetAndDestroy();
      else this.follow(socket);
    });
    server.on('listening', () => {
      if (this.closed) setImmediate(() => server.close());
    });
  }

  /** Counts a request as unanswered until its response is over. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.open.get(socket)?.add(request);
    response.once('close', () => {
      this.open.get(socket)?.delete(request);
      if (!this.owesResponse(socket)) this.whenAnswered.get(socket)?.();
    });
  }

  /** Runs `action` when every request that arrived completely has been answered. */
  afterResponses(socket: Socket, action: () => void): void {
    if (this.owesResponse(socket)) this.whenAnswered.set(socket, action);
    else action();
  }

  /** What clients see when the process dies. */
  resetAll(): void {
    for (const socket of this.open.keys()) socket.resetAndDestroy();
  }

  /** Closes at once, for good; a socket that gets through afterwards is reset. */
  close(): Promise<void> {
    this.closed = true;
    for (const socket of this.open.keys()) socket.destroy();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private follow(socket: Socket): void {
    this.open.set(socket, new Set());
    socket.once('close', () => this.open.delete(socket));
  }

  private owesResponse(socket: Socket): boolean {
    return [...(this.open.get(socket) ?? [])].some((request) => request.complete);
  }
}
