import type { TlsFacts } from '../../server/reception/session';
import type { TlsSettings } from '../http/settings';

/** The way back to a client: what the engine asks of a connection. */
export interface Transport {
  /**
   * A promise when the client has to take something first; it resolves too when the client has gone. `isLast`: the server
   * closes after it.
   */
  write(bytes: Buffer, isLast: boolean): Promise<void> | undefined;
  /** What comes from now on is no plain text any more: it belongs to the handshake. */
  expectTls(): void;
  /** Shakes hands; undefined when that fails. Throws UsageError for settings that cannot work. */
  startTls(settings: TlsSettings): Promise<TlsFacts | undefined>;
  /** Sends what is left and closes. */
  end(): void;
  /** Closes at once, as the death of the process would. */
  reset(): void;
}
