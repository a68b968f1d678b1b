import type { Socket } from 'node:net';
// Not the globals, which jest's fake timers replace.
import { clearTimeout, setTimeout } from 'node:timers';
import type { TlsFacts } from '../../server/reception/session';
import { secure, type ReadFile } from '../http/tls';
import type { TlsSettings } from '../http/settings';
import type { Input } from './input';
import { tlsFacts } from './tls-facts';
import type { Transport } from './transport';

/** Real milliseconds for a TLS handshake. */
const LONGEST_HANDSHAKE = 60_000;
/** Real milliseconds in which a client that we have said goodbye to may still read what was sent. */
const LINGER = 1000;

/** A connection over a socket; what comes goes into `input`. */
export class SocketTransport implements Transport {
  #stream: Socket;
  readonly #onData = (chunk: Buffer) => {
    if (!this.input.push(chunk)) this.#stream.pause();
  };
  readonly #onEnd = () => this.input.end();

  constructor(
    private readonly socket: Socket,
    private readonly input: Input,
    private readonly readFile: ReadFile,
  ) {
    this.#stream = socket;
    input.onSpace = () => this.#stream.resume();
    this.#listen();
  }

  write(bytes: Buffer): Promise<void> | undefined {
    const stream = this.#stream;
    if (stream.destroyed || !stream.writable || stream.write(bytes)) return undefined;
    return new Promise((resolve) => {
      const done = () => {
        stream.off('drain', done).off('close', done);
        resolve();
      };
      stream.on('drain', done).on('close', done);
    });
  }

  expectTls(): void {
    this.#stream.pause();
    this.#stream.off('data', this.#onData).off('end', this.#onEnd);
  }

  async startTls(settings: TlsSettings): Promise<TlsFacts | undefined> {
    const secured = await secure(this.socket, settings, this.readFile, LONGEST_HANDSHAKE);
    if (!secured) return undefined;
    this.#stream = secured.stream;
    // Without a listener an error of the connection would end the process.
    this.#stream.on('error', () => undefined);
    this.#listen();
    return tlsFacts(secured.stream);
  }

  /** What still comes is discarded; a client that never ends is cut off, but not before it could read. */
  end(): void {
    const stream = this.#stream;
    if (stream.destroyed) return;
    stream.off('data', this.#onData);
    stream.end();
    stream.resume();
    const cutOff = setTimeout(() => this.socket.destroy(), LINGER).unref();
    this.socket.once('close', () => clearTimeout(cutOff));
  }

  reset(): void {
    if (this.socket.remoteFamily === undefined) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  #listen(): void {
    this.#stream.on('data', this.#onData).on('end', this.#onEnd);
    this.#stream.resume();
  }
}
