/** Bytes in memory as an open file that can only be read. */
export class MemoryFile {
  constructor(
    private readonly bytes: Buffer,
    readonly isSeekable: boolean,
  ) {}

  /** Fewer bytes than `length` at the end, none behind it. */
  read(position: number, length: number): Buffer {
    return this.bytes.subarray(position, position + length);
  }

  write(): never {
    throw Object.assign(new Error('Bad file descriptor'), { code: 'EBADF' });
  }

  size(): number {
    return this.bytes.length;
  }

  close(): void {
    // Nothing is held.
  }
}
