import { byteString } from '../bytes';
import { DataSourceError } from './data-source';
import { withoutSecrets, type SourceUri } from './uri';

interface Closeable {
  end(): Promise<unknown>;
}

/** One connection to a server, opened when it is first asked for; after it broke, asking opens another. */
export class LazyConnection<C extends Closeable> {
  #connection: Promise<C> | undefined;

  constructor(
    private readonly uri: SourceUri,
    private readonly connect: () => Promise<C>,
  ) {}

  /** Rejects with DataSourceError when there is no getting at the server. */
  get(): Promise<C> {
    return (this.#connection ??= this.#open());
  }

  /** To be called when it is no longer of use. */
  lost(): void {
    this.#connection = undefined;
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.lost();
    await connection?.then(
      (open) => open.end(),
      () => undefined,
    );
  }

  async #open(): Promise<C> {
    try {
      return await this.connect();
    } catch (error) {
      this.lost();
      throw new DataSourceError('connect', byteString(reasonOf(error)), byteString(withoutSecrets(this.uri)));
    }
  }
}

/** Of several addresses that were tried, each has its reason. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
