import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HeaderList, HttpResponseData } from '../../server/http/messages';
import type { RequestHead } from './authentication';
import { receiveBody } from './body';
import type { Connection } from './connection';
import type { Connections } from './connections';
import { hasHeader, toHeaderList } from './headers';
import { respond, respondAndClose, respondAndDrain, respondRaw } from './respond';
import type { HttpRouter } from './router';
import type { HttpListenerOptions, HttpSettings } from './settings';

export interface ReceiverOptions extends HttpListenerOptions {
  /** Told when handling a request rejects: the simulated process is dead. All sockets have been reset by then. */
  readonly onCrash: (error: unknown) => void;
}

/** What happens to each request of one listener, from its head to its response. */
export class RequestReceiver {
  private readonly connectionOf = new WeakMap<Socket, Connection>();
  private readonly refused = new WeakSet<Socket>();
  /** Resolved when the last request on a stream so far has been answered. */
  private readonly turns = new WeakMap<Socket, Promise<void>>();
  /** Streams that close after the response on its way: what still arrives is no request. */
  private readonly closing = new WeakSet<Socket>();

  constructor(
    private readonly router: HttpRouter,
    private readonly options: ReceiverOptions,
    private readonly connections: Connections,
  ) {}

  /** A connection from which requests will come. */
  greet(connection: Connection): void {
    this.connectionOf.set(connection.stream, connection);
    this.limitIdleness(connection.stream, this.options.settings(connection.remote.address));
  }

  /**
   * Pipelined requests have to wait for their turn.
   *
   * @param expectsContinue the client waits for `100 Continue` before it sends the body
   */
  accept(request: IncomingMessage, response: ServerResponse, expectsContinue = false): void {
    const { socket } = request;
    this.connections.begin(request, response);
    const turn = (this.turns.get(socket) ?? Promise.resolve())
      .then(() => this.exchange(request, response, expectsContinue))
      .catch((error: unknown) => {
        this.connections.resetAll();
        this.options.onCrash(error);
      });
    this.turns.set(socket, turn);
  }

  /** Answers what could not be read as a request, after the responses that are due before it, and closes. */
  refuseMalformed(socket: Socket, code?: string): void {
    if (this.refused.has(socket)) return;
    this.refused.add(socket);
    this.connections.afterResponses(socket, () => {
      if (code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else respondRaw(socket, this.router.refuse(code === 'HPE_HEADER_OVERFLOW' ? 431 : 400));
    });
  }

  /** `Idle_Time` does not end connections that are parked for asynchronous work (`4/config/ref-idle-time`). */
  dropIdle(socket: Socket): void {
    if (!this.connections.owesResponse(socket)) socket.destroy();
  }

  private async exchange(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): Promise<void> {
    if (this.closing.has(request.socket) || response.destroyed) return;
    const head = this.headOf(request);
    const settings = this.options.settings(head.remote.address);
    response.once('close', () => this.limitIdleness(request.socket, settings));
    response.useChunkedEncodingByDefault &&= !settings.disableChunked;
    if (isAmbiguous(head)) {
      this.dismiss(request, response, this.router.refuse(400), expectsContinue);
      return;
    }
    const exchange = this.router.open(head, settings);
    const refused = await exchange.admit();
    const limit = settings.maxRequestSize ?? Infinity;
    if (refused && refused.status !== 403 && !expectsContinue) this.respond(response, refused);
    else if (refused) this.dismiss(request, response, refused, expectsContinue);
    else if (expectsContinue && announcedSize(head) > limit)
      this.dismiss(request, response, exchange.refuse(413), expectsContinue);
    else {
      if (expectsContinue) response.writeContinue();
      const received = await receiveBody(request, limit);
      if (received.outcome === 'too-large') this.dismiss(request, response, exchange.refuse(413));
      if (received.outcome === 'complete') this.respond(response, await exchange.answer(received.body));
    }
  }

  private respond(response: ServerResponse, data: HttpResponseData): void {
    const { socket } = response.req;
    respond(response, data);
    if (!response.shouldKeepAlive || hasToken(data.headers, 'connection', 'close')) this.closing.add(socket);
  }

  /** Refuses and closes. A body that the client holds back does not have to be waited for. */
  private dismiss(
    request: IncomingMessage,
    response: ServerResponse,
    refusal: HttpResponseData,
    isHeldBack = false,
  ): void {
    this.closing.add(request.socket);
    if (isHeldBack) respondAndClose(response, refusal);
    else respondAndDrain(request, response, refusal);
  }

  private headOf(request: IncomingMessage): RequestHead {
    const { remote, local, tls, subjectCn } = this.connectionOf.get(request.socket)!;
    return {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: toHeaderList(request.rawHeaders),
      remote,
      local,
      listener: this.options.address,
      httpVersion: request.httpVersion,
      tls,
      subjectCn,
    };
  }

  private limitIdleness(socket: Socket, { idleTime }: HttpSettings): void {
    if (!socket.destroyed) socket.setTimeout(idleTime * 1000);
  }
}

/**
 * Whether parties on the way could disagree about the request's end or its host (RFC 9112, 3.2 and 6.1), or it is of
 * another version. The parser refuses most of these itself.
 */
function isAmbiguous({ httpVersion, headers }: RequestHead): boolean {
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').length;
  const isChunked = hasHeader(headers, 'transfer-encoding');
  return (
    !['1.0', '1.1'].includes(httpVersion) ||
    hosts > 1 ||
    (httpVersion === '1.1' && hosts === 0) ||
    (isChunked && (httpVersion !== '1.1' || hasHeader(headers, 'content-length')))
  );
}

function hasToken(headers: HeaderList, name: string, token: string): boolean {
  return headers.some(
    ([key, value]) =>
      key.toLowerCase() === name &&
      value
        .toLowerCase()
        .split(/[\s,]+/)
        .includes(token),
  );
}

function announcedSize({ headers }: RequestHead): number {
  return Number(headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
}
