import { FileError } from './file-error';

const MAX_SIZE = 2 ** 28;

/** The bytes of one file in memory. */
export class VirtualFile {
  #bytes: Buffer;
  #size: number;

  constructor(content: Uint8Array = Buffer.alloc(0)) {
    this.#bytes = Buffer.from(content);
    this.#size = content.length;
  }

  get size(): number {
    return this.#size;
  }

  /** A copy of the whole content. */
  get content(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#size));
  }

  /** The bytes from `position` on, as they are until the next write; fewer than `length` at the end. */
  read(position: number, length: number): Buffer {
    return this.#bytes.subarray(Math.min(position, this.#size), Math.min(position + length, this.#size));
  }

  /** Puts bytes at `position`, after zeros when that lies behind the end. Throws FileError EFBIG beyond 256 MiB. */
  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    if (end > MAX_SIZE) throw new FileError('EFBIG', '');
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(end, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, position);
    this.#size = Math.max(this.#size, end);
  }

  truncate(): void {
    this.#bytes = Buffer.alloc(0);
    this.#size = 0;
  }
}
