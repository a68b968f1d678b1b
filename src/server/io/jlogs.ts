/** Journalled logs: written record by record, kept for subscribers that read them (4/modules/jlog). */
import { textOfBytes } from '../bytes';

/** What one call of `write` wrote. */
export interface JlogRecord {
  /** UTF-8 where it is that, otherwise one character per byte. */
  readonly text: string;
  readonly bytes: Buffer;
  /** Virtual time. */
  readonly at: Date;
}

/** One jlog: a directory in the file system, whose format is the product's own. */
export interface Jlog {
  /** Absolute path of the directory. */
  readonly path: string;
  /** Those for whom records are kept, in the order in which they came. */
  readonly subscribers: readonly string[];
  readonly records: readonly JlogRecord[];
}

/** Scripts' handle: records go in, nothing comes out. */
interface JlogWriter {
  readonly isSeekable: false;
  read(): never;
  write(bytes: Uint8Array): void;
  size(): number;
  close(): void;
}

/** Who keeps the records when a writer names nobody (4/modules/ec-logger). */
const DEFAULT_SUBSCRIBER = 'master';

export class Jlogs implements Iterable<Jlog> {
  readonly #logs = new Map<string, { path: string; subscribers: string[]; records: JlogRecord[] }>();
  /** Makes a jlog visible in the file system; throws an error with a `code` where something else is. */
  makeDirectory: (path: string) => void = () => undefined;

  constructor(private readonly clock: { now(): Date }) {}

  /** Undefined when nobody has written one there. */
  get(path: string): Jlog | undefined {
    return this.#logs.get(path);
  }

  [Symbol.iterator](): Iterator<Jlog> {
    return this.#logs.values();
  }

  /** Opens a jlog for writing and makes it where there is none. */
  open(path: string, subscriber = DEFAULT_SUBSCRIBER): JlogWriter {
    let log = this.#logs.get(path);
    if (!log) {
      this.makeDirectory(path);
      this.#logs.set(path, (log = { path, subscribers: [], records: [] }));
    }
    if (!log.subscribers.includes(subscriber)) log.subscribers.push(subscriber);
    const { records } = log;
    return {
      isSeekable: false,
      read() {
        throw Object.assign(new Error('Bad file descriptor'), { code: 'EBADF' });
      },
      write: (given) => {
        const bytes = Buffer.from(given);
        records.push({ text: textOfBytes(bytes), bytes, at: this.clock.now() });
      },
      size: () => 0,
      close: () => undefined,
    };
  }
}
