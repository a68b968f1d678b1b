import type { Socket } from 'node:net';
import { createServer, type PeerCertificate, type TlsOptions, type TLSSocket } from 'node:tls';
import { byteString } from '../../server/bytes';
import type { HttpTls } from '../../server/http/messages';
import { UsageError } from '../../support/errors';
import type { TlsSettings } from './settings';
import { readTlsProtocols } from './tls-protocols';

/** The content of a file; undefined when there is none. */
export type ReadFile = (path: string) => Buffer | undefined;

export interface SecureConnection {
  readonly stream: TLSSocket;
  readonly tls: HttpTls;
  /** The common name of a client certificate that was verified, as a byte string of UTF-8. */
  readonly subjectCn: string | undefined;
}

/** `TLS_Ciphers` is about TLS 1.2; Node gives up TLS 1.3 unless its suites are listed too. */
const TLS13_SUITES = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];

/**
 * The options of Node's TLS for a listener's. Throws UsageError when a file is missing or holds no usable PEM, and for
 * protocols or ciphers that do not exist.
 *
 * Source: `4/config/tls-certificate`, `4/config/tls-key`, `4/config/tls-client-ca`, `4/config/tls-verify-mode`.
 */
export function tlsOptions(settings: TlsSettings, readFile: ReadFile): TlsOptions {
  const { certificate, key = certificate, clientCa, ciphers, protocols = '+ALL', verifyMode } = settings;
  return {
    cert: required(readFile, certificate, 'TLS_Certificate'),
    key: required(readFile, key, 'TLS_Key'),
    // An empty list, and not Node's own authorities, without TLS_Client_CA.
    ca: clientCa === undefined ? [] : required(readFile, clientCa, 'TLS_Client_CA'),
    ...(ciphers !== undefined && { ciphers: [...TLS13_SUITES, ciphers].join(':') }),
    ...readTlsProtocols(protocols),
    requestCert: verifyMode !== 'none',
    // An invalid certificate does not end the session (4/inbound-tls).
    rejectUnauthorized: false,
  };
}

function required(readFile: ReadFile, path: string, option: string): Buffer {
  const content = readFile(path);
  if (!content) throw new UsageError(`${option}: there is no file ${path}`);
  return content;
}

/**
 * Shakes hands on an accepted connection. Resolves to undefined when the handshake fails or the client does not show
 * the certificate that it must. Throws UsageError for settings that cannot work.
 *
 * @param handshakeTime in milliseconds
 */
export function secure(
  socket: Socket,
  settings: TlsSettings,
  readFile: ReadFile,
  handshakeTime: number,
): Promise<SecureConnection | undefined> {
  // One for each connection: a shared one would not tell which socket a handshake belongs to.
  const server = serverOf(settings, tlsOptions(settings, readFile), handshakeTime);
  return new Promise((resolve) => {
    server.once('secureConnection', (stream) => {
      stream.allowHalfOpen = true;
      const certificate = stream.getPeerCertificate();
      if (settings.verifyMode === 'require' && !isPresent(certificate)) {
        stream.destroy();
        resolve(undefined);
        return;
      }
      const verified = stream.authorized;
      const subjectCn = verified ? commonName(certificate) : undefined;
      const tls = { protocol: stream.getProtocol() ?? '', cipher: stream.getCipher().name, verified };
      resolve({ stream, tls, subjectCn });
    });
    server.once('tlsClientError', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
    // A client that closes its half before the end of the handshake has gone.
    socket.allowHalfOpen = false;
    server.emit('connection', socket);
  });
}

function serverOf(settings: TlsSettings, options: TlsOptions, handshakeTime: number) {
  try {
    return createServer({ ...options, handshakeTimeout: handshakeTime });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`TLS cannot work with ${JSON.stringify(settings)}: ${reason}`, { cause: error });
  }
}

/** Node says with an empty object that there is no certificate. */
function isPresent(certificate: Partial<PeerCertificate>): boolean {
  return certificate.raw !== undefined;
}

function commonName({ subject }: Partial<PeerCertificate>): string | undefined {
  const cn: string | string[] | undefined = subject?.CN;
  const first = Array.isArray(cn) ? cn[0] : cn;
  return first === undefined ? undefined : byteString(first);
}
