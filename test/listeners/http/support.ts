import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { HttpRouter, type Handler, type HttpRouterOptions } from '../../../src/listeners/http/router';
import { EndpointRegistry } from '../../../src/server/http/registry';
import type { HttpSession } from '../../../src/server/http/session';

export const NOON = Date.UTC(2026, 0, 1, 12);

export type Endpoints = Record<string, Handler>;

/** Endpoints by `METHOD /path`; the method `*` stands for all. */
export function registryOf(endpoints: Endpoints): EndpointRegistry<Handler> {
  const registry = new EndpointRegistry<Handler>();
  for (const [name, handler] of Object.entries(endpoints)) {
    const [method, path] = name.split(' ');
    registry.register(method === '*' ? undefined : method, path ?? '', handler);
  }
  return registry;
}

export function routerOf(endpoints: Endpoints, options: Partial<HttpRouterOptions> = {}): HttpRouter {
  const registry = registryOf(endpoints);
  return new HttpRouter({ registry: () => registry, clock: { now: () => NOON }, ...options });
}

export const echo = (session: HttpSession): void => session.setPayload(session.request.body);

export const says =
  (text: string): Handler =>
  (session) =>
    session.append(Buffer.from(text));

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A bare client socket and what it has read. */
export class RawClient {
  private received = '';
  private readonly ended: Promise<string>;

  constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.received += text));
    this.ended = new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
      socket.once('close', () => resolve('closed'));
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** All that arrives until the server closes. */
  async text(): Promise<string> {
    await this.ended;
    return this.received;
  }

  /** `closed`, or the code of the socket's error. */
  fate(): Promise<string> {
    return this.ended;
  }

  /** What has arrived as soon as it contains `part`. */
  async until(part: string): Promise<string> {
    while (!this.received.includes(part)) await once(this.socket, 'data');
    return this.received;
  }
}
