/** The named CIDR objects of a server (4/lua/ref-msys-cidr-define). */
import type { CidrBlock } from './cidr-block';
import { CidrTable, type CidrValue } from './cidr-table';
import type { VirtualClock } from './clock';

export interface CidrSource {
  /** Seconds until it is read anew, 0: only when asked to. */
  readonly refresh: number;
  /** Reads it; throws when that is not possible. */
  readonly read: () => CidrTable;
}

/** A defined object, with what a query makes of its values. */
export interface DefinedCidr {
  readonly cidr: NamedCidr;
  /** The answer where nothing matches, a value of Lua's. */
  readonly defaultValue: unknown;
  /** Dollar signs in values stand for the peer's address. */
  readonly interpolates: boolean;
}

/** What a source holds, as it was last read. */
export class NamedCidr {
  #table: CidrTable;
  #readAt: number;

  /** `source` is undefined for a table that stays empty. Throws what its `read` throws. */
  constructor(
    readonly name: string,
    private readonly source: CidrSource | undefined,
    private readonly clock: VirtualClock,
    /** Told when the source cannot be read again; the old contents stay. */
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#table = source ? source.read() : new CidrTable();
    this.#readAt = clock.millis();
  }

  /** Undefined when nothing matches. */
  find(address: CidrBlock): CidrValue | undefined {
    const refresh = this.refreshInterval;
    if (refresh > 0 && this.clock.millis() >= this.#readAt + refresh * 1000) this.reload();
    return this.#table.find(address);
  }

  /** Seconds from one reading to the next, 0: only when asked to. */
  get refreshInterval(): number {
    return this.source?.refresh ?? 0;
  }

  /** Undefined when it is read only when asked to. */
  get secondsToRefresh(): number | undefined {
    const interval = this.refreshInterval;
    if (interval === 0) return undefined;
    const elapsed = Math.max(0, this.clock.millis() - this.#readAt) / 1000;
    return Math.ceil(interval - (elapsed % interval));
  }

  /** Answers whether it could be read. */
  reload(): boolean {
    if (!this.source) return true;
    this.#readAt = this.clock.millis();
    try {
      this.#table = this.source.read();
      return true;
    } catch (error) {
      this.onFailure(error);
      return false;
    }
  }
}
