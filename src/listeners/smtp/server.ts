import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { SocketAddress } from '../../server/socket-address';
import { receiveProxyHeader } from '../http/receive-proxy-header';
import type { ReadFile } from '../http/tls';
import type { SmtpEngine } from './engine';
import { Input } from './input';
import type { SmtpSettings } from './settings';
import { SocketTransport } from './socket-transport';
import type { Transport } from './transport';

/** Who is at both ends of a connection. */
export interface Ends {
  readonly remote: SocketAddress;
  readonly local: SocketAddress | undefined;
}

export interface SmtpServerOptions {
  readonly settings: (peerIp: string) => SmtpSettings;
  readonly readFile: ReadFile;
  /** Serves a connection. */
  readonly serve: (transport: Transport, input: Input, ends: Ends) => SmtpEngine;
}

/** One `Listen` of an ESMTP_Listener (4/esmtp-listener). */
export class SmtpServer {
  readonly server: Server;
  readonly #options: SmtpServerOptions;
  readonly #sockets = new Set<Socket>();

  constructor(options: SmtpServerOptions) {
    this.#options = options;
    // Half-open: a client that sends all its commands and ends still gets the replies.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    this.server.on('listening', () => {
      const bound = this.server.address();
      if (typeof bound === 'string') chmodSync(bound, options.settings(LOOPBACK).fileMode);
    });
  }

  /** Resets all connections, as the end of the process would. */
  reset(): void {
    for (const socket of this.#sockets) resetSocket(socket);
  }

  /** Stops listening only: sessions go on. */
  deafen(): void {
    if (this.server.listening) this.server.close();
  }

  /** Stops listening and destroys all connections. */
  async close(): Promise<void> {
    const closed = this.server.listening
      ? new Promise<void>((resolve) => this.server.close(() => resolve()))
      : undefined;
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    // Without a listener an error of the connection would end the process; what follows is its 'close'.
    socket.on('error', () => undefined);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    void this.#serve(socket);
  }

  async #serve(socket: Socket): Promise<void> {
    const ends = await this.#ends(socket);
    // One that has gone already closes no more.
    if (!ends || socket.destroyed) {
      socket.destroy();
      return;
    }
    const input = new Input();
    const transport = new SocketTransport(socket, input, this.#options.readFile);
    const engine = this.#options.serve(transport, input, ends);
    socket.once('close', () => engine.closed());
  }

  /** Undefined for a client that is refused without a word. */
  async #ends(socket: Socket): Promise<Ends | undefined> {
    const isUnix = typeof this.server.address() === 'string';
    if (!isUnix && socket.remoteAddress === undefined) return undefined;
    const { remoteAddress = LOOPBACK, remotePort = 0, localAddress, localPort = 0 } = socket;
    const local = localAddress === undefined ? undefined : SocketAddress.ip(localAddress, localPort);
    const remote = isUnix ? SocketAddress.unix() : SocketAddress.ip(remoteAddress, remotePort);
    const settings = this.#options.settings(isUnix ? LOOPBACK : remote.host);
    if (!settings.proxyProtocol) return { remote, local };
    const header = await receiveProxyHeader(socket, settings);
    if (header === 'refused') return undefined;
    const { client } = header;
    return { remote: client ? SocketAddress.ip(client.address, client.port) : remote, local };
  }
}

/** Clients of Unix sockets have no address; as on the control listener, they count as local ones. */
const LOOPBACK = '127.0.0.1';

function resetSocket(socket: Socket): void {
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
