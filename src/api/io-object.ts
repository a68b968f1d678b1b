import type { LuaFile } from '../lua';
import { Stream, type Access, type Origin } from '../lua/stdlib/stream';
import type { Dictionary } from '../server/http/dictionary';

/** How an io object came about: what its `get_*` functions answer. */
export interface IoOrigin {
  readonly scheme?: string;
  readonly path?: string;
  /** Flags as `io_wrapper_open` takes them. */
  readonly options?: number;
  /** The file mode. */
  readonly mode?: number;
  readonly context?: Dictionary | undefined;
  /** The memory type of an object in memory. */
  readonly memoryType?: number;
}

/**
 * The product's `io_object`: bytes with a position, counted references, and what it was opened as. Operations throw
 * errors with a `code` where the system refuses.
 *
 * Source: `3/3-api/structs-io-object`, `3/3-api/io-wrapper`.
 */
export class IoObject {
  scheme: string | undefined;
  path: string | undefined;
  context: Dictionary | undefined;
  readonly mode: number;
  readonly options: number;
  /** 0 for what is not in memory. */
  readonly memoryType: number;
  private readonly stream: Stream;
  private references = 1;

  constructor(
    readonly file: LuaFile,
    private readonly access: Access,
    origin: IoOrigin = {},
  ) {
    this.scheme = origin.scheme;
    this.path = origin.path;
    this.context = origin.context;
    this.mode = origin.mode ?? 0;
    this.options = origin.options ?? 0;
    this.memoryType = origin.memoryType ?? 0;
    this.stream = new Stream(file, access);
  }

  /** The last reference is gone. */
  get isClosed(): boolean {
    return this.references === 0;
  }

  get isSeekable(): boolean {
    return this.file.isSeekable;
  }

  /** Up to `count` bytes (infinite: all), undefined at the end. */
  read(count: number): string | undefined {
    if (count === 0) return this.stream.atEnd() ? undefined : '';
    return this.stream.readCount(count);
  }

  readLine(): string | undefined {
    return this.stream.readLine();
  }

  readNumber(): number | undefined {
    return this.stream.readNumber();
  }

  /** Everything from the position on: what `response_io` sends. */
  readRest(): Buffer {
    if (this.isClosed) throw new Error('it was closed before the response was sent');
    return Buffer.from(this.read(Infinity) ?? '', 'latin1');
  }

  /** Answers how many bytes were written. */
  write(bytes: string): number {
    this.stream.write(bytes);
    return bytes.length;
  }

  /** The new position, in bytes from the start. */
  seek(origin: Origin, offset: number): number {
    return this.stream.seek(origin, offset);
  }

  /** An independent position in the same bytes. */
  clone(): IoObject {
    const clone = new IoObject(this.file, this.access, this);
    if (this.isSeekable) clone.seek('set', this.seek('cur', 0));
    return clone;
  }

  addReference(): void {
    this.references++;
  }

  /** Closes it with the last reference. */
  dropReference(): void {
    if (--this.references === 0) this.file.close();
  }

  /** Closes it whatever references there are: the deprecated `io_wrapper_close`. */
  close(): void {
    this.references = 0;
    this.file.close();
  }
}
