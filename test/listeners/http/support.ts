import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { AuthenticationOptions, HttpAuthenticator } from '../../../src/listeners/http/authentication';
import { HttpListener, type HttpListenerContext } from '../../../src/listeners/http/listener';
import { HttpRouter, type Handler, type HttpRouterOptions } from '../../../src/listeners/http/router';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../../../src/listeners/http/settings';
import type { HttpRequest } from '../../../src/server/http/messages';
import { EndpointRegistry } from '../../../src/server/http/registry';
import type { HttpSession } from '../../../src/server/http/session';
import { Random } from '../../../src/server/random';

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

export const rethrow = (error: unknown): never => {
  throw error;
};

const listeners: HttpListener[] = [];

/** A listener that `closeListeners` closes. Settings may change while it runs. */
export function listenerOf(
  router: HttpRouter,
  settings: Partial<HttpSettings> | HttpListenerContext['settings'] = {},
  context: Partial<HttpListenerContext> = {},
): HttpListener {
  const listener = new HttpListener(router, {
    address: '*:2081',
    settings: typeof settings === 'function' ? settings : () => ({ ...DEFAULT_HTTP_SETTINGS, ...settings }),
    readFile: (path) => (existsSync(path) ? readFileSync(path) : undefined),
    onCrash: rethrow,
    onProblem: (message) => rethrow(new Error(message)),
    ...context,
  });
  listeners.push(listener);
  return listener;
}

export async function closeListeners(): Promise<void> {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
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

  get soFar(): string {
    return this.received;
  }

  /** Forgets what has arrived. */
  clear(): void {
    this.received = '';
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

export function requestOf(method: string, target: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method,
    target,
    headers: [],
    body: Buffer.alloc(0),
    remote: { address: '192.0.2.1', port: 40000 },
    local: { address: '192.0.2.2', port: 2081 },
    httpVersion: '1.1',
    ...more,
  };
}

/** An authenticator that knows passwords by user, as byte strings; the user `broken` is an error verdict. */
export function authenticatorOf(passwords: Record<string, string>): HttpAuthenticator {
  const ha1 = (user: string, realm: string) =>
    createHash('md5').update(`${user}:${realm}:${passwords[user]}`, 'latin1').digest('hex');
  return {
    plain: (user, password) => {
      if (user === 'broken') return Promise.resolve('error');
      return Promise.resolve(passwords[user] === password ? 'ok' : 'fail');
    },
    ha1: (user, realm) => {
      if (user === 'broken') return Promise.resolve('not a hash');
      return Promise.resolve(user in passwords ? ha1(user, realm) : undefined);
    },
  };
}

export function authenticationOf(
  passwords: Record<string, string>,
  more: Partial<AuthenticationOptions> = {},
): AuthenticationOptions {
  const random = new Random(1);
  return {
    authenticator: authenticatorOf(passwords),
    hostname: 'mta.example.com',
    random: () => random.uint32(),
    ...more,
  };
}
