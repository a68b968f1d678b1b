import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The open sockets of one server, and on each stream the requests that wait for their response. */
export class Connections {
  private readonly sockets = new Set<Socket>();
  private readonly unanswered = new WeakMap<Socket, Set<IncomingMessage>>();
  private readonly whenAnswered = new WeakMap<Socket, () => void>();

  /** Follows an accepted socket until it closes. */
  add(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  /** Counts a request as unanswered until its response is over. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const requests = this.unanswered.get(socket) ?? new Set();
    this.unanswered.set(socket, requests.add(request));
    response.once('close', () => {
      requests.delete(request);
      if (!this.owesResponse(socket)) this.whenAnswered.get(socket)?.();
    });
  }

  /** Whether a request that arrived completely has not been answered. */
  owesResponse(stream: Socket): boolean {
    return [...(this.unanswered.get(stream) ?? [])].some((request) => request.complete);
  }

  /** Runs `action` when every request that arrived completely has been answered. */
  afterResponses(stream: Socket, action: () => void): void {
    if (this.owesResponse(stream)) this.whenAnswered.set(stream, action);
    else action();
  }

  /** What clients see when the process dies. */
  resetAll(): void {
    for (const socket of this.sockets) reset(socket);
  }

  /** Resolves when all are closed. */
  async destroyAll(): Promise<void> {
    await Promise.all(
      [...this.sockets].map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.once('close', () => resolve());
            socket.destroy();
          }),
      ),
    );
  }
}

/** A Unix socket has no reset; it is closed. */
export function reset(socket: Socket): void {
  if (socket.remoteFamily) socket.resetAndDestroy();
  else socket.destroy();
}
