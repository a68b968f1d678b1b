import type { Socket } from 'node:net';
import type { HttpTls, SocketAddress } from '../../server/http/messages';
import { receiveProxyHeader } from './receive-proxy-header';
import type { HttpListenerOptions } from './settings';
import { secure, type ReadFile } from './tls';

/** A connection that may speak HTTP: PROXY header and TLS handshake are behind it. */
export interface Connection {
  /** The socket itself, or TLS over it. */
  readonly stream: Socket;
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  readonly tls?: HttpTls;
  readonly subjectCn?: string;
}

export interface ConnectionOptions extends Pick<HttpListenerOptions, 'settings'> {
  /** Reads the files that TLS settings name; virtual ones, too. */
  readonly readFile: ReadFile;
}

/** Clients of Unix sockets have no address; as on the control listener, they count as local ones. */
const LOOPBACK = '127.0.0.1';
/** Milliseconds for the TLS handshake where `Idle_Time` sets no limit. */
const LONGEST_HANDSHAKE = 120_000;

/**
 * Prepares an accepted socket: PROXY header first, then TLS, as the settings for its peer ask. At once for a plain
 * socket, otherwise a promise, undefined when the client is refused. Throws UsageError when the TLS settings cannot
 * work.
 */
export function establish(
  socket: Socket,
  options: ConnectionOptions,
): Connection | Promise<Connection | undefined> {
  const plain: Connection = {
    stream: socket,
    remote: { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 },
    local: { address: plainAddress(socket.localAddress), port: socket.localPort ?? 0 },
  };
  const settings = options.settings(plain.remote.address);
  return settings.proxyProtocol || settings.tls ? establishSlowly(plain, options) : plain;
}

async function establishSlowly(
  plain: Connection,
  options: ConnectionOptions,
): Promise<Connection | undefined> {
  const proxied = await behindProxy(plain, options);
  if (!proxied) return undefined;
  const { tls, idleTime } = options.settings(proxied.remote.address);
  if (!tls) return proxied;
  const secured = await secure(plain.stream, tls, options.readFile, idleTime * 1000 || LONGEST_HANDSHAKE);
  return secured && { ...proxied, ...secured };
}

async function behindProxy(plain: Connection, options: ConnectionOptions): Promise<Connection | undefined> {
  const settings = options.settings(plain.remote.address);
  if (!settings.proxyProtocol) return plain;
  const header = await receiveProxyHeader(plain.stream, settings);
  if (header === 'refused') return undefined;
  return { ...plain, remote: header.client ?? plain.remote };
}

/** An IPv4 client on a socket that speaks both families shows as IPv4. */
function plainAddress(address = LOOPBACK): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
