import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpResponseData } from '../../server/http/messages';
import { UsageError } from '../../support/errors';
import { receiveBody } from './body';
import { Connections } from './connections';
import { hasHeader, toHeaderList } from './headers';
import { PatientServer } from './patient-server';
import type { HttpRouter, RequestHead } from './router';

export interface HttpServerOptions {
  /** Told when `router.handle` rejects: the simulated process is dead. All sockets have been reset by then. */
  readonly onCrash: (error: unknown) => void;
  /** `Max_Request_Size`: bytes of one request's body; no limit when absent. */
  readonly maxRequestSize?: number;
  /** `Idle_Time`: seconds, in real time, before an idle client is dropped; 0 or absent means never. */
  readonly idleTime?: number;
  /** The listener's address as configured, for the log: `*:2081`. Absent: `*` and the bound port. */
  readonly listenAddress?: string;
}

const LARGEST_HEAD = 1024 * 1024;
/** Milliseconds without input before a refused client's connection is destroyed. */
const LONGEST_FAREWELL = 2000;
const connectionsOf = new WeakMap<Server, Connections>();

/**
 * A server that is not listening yet. Requests are received completely before the router sees them; malformed ones
 * never reach it, and neither do those that Node's parser refuses: methods it does not know, targets with bytes
 * above 0x7f. May listen and close any number of times until `closeHttpServer`.
 *
 * Source: `4/http-listener`, `3/3-rest/rest-http-listener`.
 */
export function createHttpServer(router: HttpRouter, options: HttpServerOptions): Server {
  const server = new PatientServer({
    maxHeaderSize: LARGEST_HEAD,
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
    requireHostHeader: false,
  });
  server.maxHeadersCount = 0;
  server.timeout = (options.idleTime ?? 0) * 1000;
  // A client that has sent its request may close its half of the connection and still reads the response.
  Object.assign(server, { httpAllowHalfOpen: true });
  const connections = new Connections(server);
  connectionsOf.set(server, connections);
  const listener = new HttpListener(router, options, connections);

  server.on('request', (request, response) => listener.accept(request, response));
  server.on('checkExpectation', (request, response) => listener.accept(request, response));
  server.on('checkContinue', (request, response) => listener.acceptExpectant(request, response));
  server.on('connect', (_request: IncomingMessage, socket: Socket) => listener.refuseMalformed(socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    listener.refuseMalformed(socket, error.code),
  );
  return server;
}

/**
 * Stops listening and destroys every connection, idle, half-open or busy. Resolves when nothing is left, also when
 * the server never listened or has been closed before. The server cannot be used again.
 */
export async function closeHttpServer(server: Server): Promise<void> {
  const connections = connectionsOf.get(server);
  if (!connections)
    throw new UsageError('closeHttpServer closes what createHttpServer made, and nothing else');
  await connections.close();
}

/** What happens to each request of one server. */
class HttpListener {
  private readonly refused = new WeakSet<Socket>();

  constructor(
    private readonly router: HttpRouter,
    private readonly options: HttpServerOptions,
    private readonly connections: Connections,
  ) {}

  accept(request: IncomingMessage, response: ServerResponse): void {
    this.connections.begin(request, response);
    this.exchange(request, response).catch((error: unknown) => {
      this.connections.resetAll();
      this.options.onCrash(error);
    });
  }

  /** `Expect: 100-continue`: a body that is announced as too large need not be sent at all. */
  acceptExpectant(request: IncomingMessage, response: ServerResponse): void {
    if (Number(request.headers['content-length'] ?? 0) > this.limit) {
      startResponse(response, this.router.refuse(413, this.headOf(request)), 'close');
      response.end();
      return;
    }
    response.writeContinue();
    this.accept(request, response);
  }

  /** Answers what could not be read as a request, after the responses that are due before it, and closes. */
  refuseMalformed(socket: Socket, code?: string): void {
    if (this.refused.has(socket)) return;
    this.refused.add(socket);
    this.connections.afterResponses(socket, () => {
      if (code === 'ECONNRESET' || !socket.writable) {
        socket.destroy();
        return;
      }
      const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
      socket.end(serialize(this.router.refuse(status)));
      // Destroying it with unread input would make the client lose the answer.
      socket.setTimeout(LONGEST_FAREWELL);
      socket.resume();
    });
  }

  private async exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = this.headOf(request);
    const received = await receiveBody(request, this.limit);
    if (received.outcome === 'aborted') return;
    if (received.outcome === 'too-large') {
      startResponse(response, this.router.refuse(413, head), 'close');
      // Closing on a client that is still sending would make it lose the response.
      whenComplete(request, () => response.end());
      return;
    }
    if (lacksHost(head)) {
      startResponse(response, this.router.refuse(400), 'close');
    } else {
      startResponse(response, await this.router.handle({ ...head, body: received.body }));
    }
    response.end();
  }

  private headOf(request: IncomingMessage): RequestHead {
    const { socket } = request;
    return {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: toHeaderList(request.rawHeaders),
      remote: { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 },
      local: { address: plainAddress(socket.localAddress), port: socket.localPort ?? 0 },
      listener: this.options.listenAddress,
      httpVersion: request.httpVersion,
    };
  }

  private get limit(): number {
    return this.options.maxRequestSize ?? Infinity;
  }
}

/** Writes everything but the end. The connection closes after a status that promises a further response. */
function startResponse(response: ServerResponse, data: HttpResponseData, connection?: 'close'): void {
  response.sendDate = false;
  if (connection === 'close' || data.status < 200) response.shouldKeepAlive = false;
  response.writeHead(data.status, data.statusText, data.headers.flat());
  if (data.body.length > 0) response.write(data.body);
}

function serialize(data: HttpResponseData): Buffer {
  const lines = [
    `HTTP/1.1 ${data.status} ${data.statusText}`,
    ...data.headers.map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), data.body]);
}

function whenComplete(request: IncomingMessage, action: () => void): void {
  if (request.complete) action();
  else request.once('end', action);
}

function lacksHost({ httpVersion, headers }: RequestHead): boolean {
  return httpVersion === '1.1' && !hasHeader(headers, 'host');
}

/** An IPv4 client on a socket that speaks both families shows as IPv4. */
function plainAddress(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
