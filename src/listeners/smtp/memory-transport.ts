import type { TlsFacts } from '../../server/reception/session';
import type { Transport } from './transport';

/** What a connection within the process tells its client. */
export interface MemoryClient {
  /** `isLast`: the server closes after it. */
  received(bytes: Buffer, isLast: boolean): void;
  closed(): void;
  /** What the client's handshake comes to; undefined when it fails. */
  readonly handshake: () => TlsFacts | undefined;
}

/** A connection without a socket: the bytes are the same. */
export class MemoryTransport implements Transport {
  #isClosed = false;

  constructor(private readonly client: MemoryClient) {}

  write(bytes: Buffer, isLast: boolean): undefined {
    if (!this.#isClosed) this.client.received(bytes, isLast);
  }

  /** There is nothing to be held back: the client's handshake is no bytes. */
  expectTls(): void {
    return;
  }

  startTls(): Promise<TlsFacts | undefined> {
    return Promise.resolve(this.client.handshake());
  }

  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.client.closed();
  }

  reset(): void {
    this.end();
  }
}
