import { isIP } from 'node:net';
import { Input } from '../listeners/smtp/input';
import { MemoryTransport } from '../listeners/smtp/memory-transport';
import { cipherBits } from '../listeners/smtp/tls-facts';
import type { Product } from '../product/product';
import { byteString } from '../server/bytes';
import type { ReceivedMessage } from '../server/messages/message-view';
import type { TlsFacts } from '../server/reception/session';
import { SocketAddress } from '../server/socket-address';
import { UsageError } from '../support/errors';
import { messageOf, transact, type SendOptions, type SmtpOutcome } from './send';
import { SmtpSession, type SmtpLogin } from './session';

/** The client's side of a TLS handshake. */
export interface ClientTls {
  /** OpenSSL's name; `TLS_AES_256_GCM_SHA384` when left out. */
  readonly cipher?: string;
  /** `TLSv1.3` when left out. */
  readonly protocol?: string;
  /** The client's certificate: its subject, `/CN=client`, and its issuer. */
  readonly subject?: string;
  readonly issuer?: string;
  /** The certificate was verified. */
  readonly verified?: boolean;
}

export interface SmtpSessionOptions {
  /** The client's IP address, with a port or without (`192.0.2.1:4711`); 127.0.0.1 when left out. */
  readonly peer?: string;
  /** The address of a listener as the configuration has it; the first one when left out. */
  readonly listener?: string;
  /** `ehlo()` goes on with STARTTLS, and EHLO again. */
  readonly tls?: boolean | ClientTls;
  /** `ehlo()` goes on with AUTH. */
  readonly auth?: SmtpLogin;
}

const SESSION_OPTIONS = ['peer', 'listener', 'tls', 'auth'];
const SEND_OPTIONS = [...SESSION_OPTIONS, 'from', 'to', 'data', 'message', 'ehlo'];
const PORT = 40_000;

/** Mail for the server over SMTP, without a socket: the engine and the bytes are those of a socket. */
export class Smtp {
  constructor(private readonly product: Product) {}

  /** A session, step by step. Throws UsageError for wrong options and when there is no such listener. */
  session(options: SmtpSessionOptions = {}): SmtpSession {
    this.product.ensureRunning();
    checkNames('session', options, SESSION_OPTIONS);
    const { listener, tls, auth } = options;
    const remote = remoteOf(options.peer);
    const facts = factsOf(tls);
    return new SmtpSession(
      (client) => {
        const input = new Input();
        const transport = new MemoryTransport({ ...client, handshake: () => facts });
        const { engine, over } = this.product.smtp.connect(transport, input, remote, listener);
        const { connectionId } = engine.session.accept;
        return { input, over, connectionId, hangUp: () => engine.closed() };
      },
      { login: auth, wantsTls: Boolean(tls) },
    );
  }

  /**
   * One whole transaction, from the banner to QUIT. A tarpit waits for `mta.clock.advance()`. Rejects with MomentumCrash
   * when policy takes the server down.
   */
  async send(options: SmtpSessionOptions & SendOptions): Promise<SmtpOutcome> {
    checkNames('send', options, SEND_OPTIONS);
    checkEnvelope(options);
    const { server } = this.product;
    const message = messageOf(options, server.clock.now());
    const { peer, listener, tls, auth } = options;
    const before = server.messages.length + server.messages.dropped;
    const session = this.session({ peer, listener, tls, auth });
    const outcome = await transact(session, options, message);
    return { ...outcome, messages: this.#messagesOf(session, before) };
  }

  /** Those that came over a session, among all but the first `before`. */
  #messagesOf({ connectionId }: SmtpSession, before: number): ReceivedMessage[] {
    const { messages, messageViews } = this.product.server;
    const found: ReceivedMessage[] = [];
    for (let index = Math.max(0, before - messages.dropped); index < messages.length; index++) {
      const message = messages.at(index)!;
      if (message.origin.connectionId === connectionId) found.push(messageViews.of(message));
    }
    return found;
  }
}

function checkNames(method: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`${method}: unknown option '${unknown}'; known are ${known.join(', ')}`);
}

function checkEnvelope({ from, to }: { from: unknown; to: unknown }): void {
  if (typeof from !== 'string') throw new UsageError("send: from is an address; '' is the null sender");
  const addresses: unknown[] = Array.isArray(to) ? to : [to];
  if (addresses.length === 0 || addresses.some((address) => typeof address !== 'string'))
    throw new UsageError('send: to is an address or a list of at least one');
}

function remoteOf(peer = '127.0.0.1'): SocketAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(peer) ?? [];
  const host = isIP(peer) ? peer : (bracketed ?? plain ?? '');
  if (isIP(host) === 0)
    throw new UsageError(
      `peer: an IP address, with a port or without, expected, not ${JSON.stringify(peer)}`,
    );
  return SocketAddress.ip(host, isIP(peer) || port === undefined ? PORT : Number(port));
}

function factsOf(tls: boolean | ClientTls = {}): TlsFacts {
  const given = typeof tls === 'boolean' ? {} : tls;
  const {
    cipher = 'TLS_AES_256_GCM_SHA384',
    protocol = 'TLSv1.3',
    subject,
    issuer,
    verified = false,
  } = given;
  return {
    cipher,
    ...cipherBits(cipher),
    protocol,
    ...(subject !== undefined && {
      subject: byteString(subject),
      subjectCommonName: commonName(subject),
      issuer: byteString(issuer ?? ''),
      issuerCommonName: commonName(issuer ?? ''),
      verified,
    }),
  };
}

const commonName = (name: string) => byteString(/\/CN=([^/]*)/.exec(name)?.[1] ?? '');
