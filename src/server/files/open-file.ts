import { FileError } from './file-error';
import type { VirtualFile } from './virtual-file';

/** A file that a script has open; it stays when the file is removed or gets another name. */
export class OpenFile {
  readonly isSeekable = true;
  #isChanged = false;

  constructor(
    private readonly file: VirtualFile,
    /** The absolute path of the real file that is read. */
    readonly path: string | undefined,
    private readonly onFirstChange: () => void,
  ) {}

  read(position: number, length: number): Uint8Array {
    return this.file.read(position, length);
  }

  write(bytes: Uint8Array, position: number): void {
    this.file.write(bytes, position);
    this.#noteChange();
  }

  truncate(): void {
    this.file.truncate();
    this.#noteChange();
  }

  size(): number {
    return this.file.size;
  }

  close(): void {
    // What was written is in the file already.
  }

  #noteChange(): void {
    if (!this.#isChanged) this.onFirstChange();
    this.#isChanged = true;
  }
}

/** A directory can be opened, and not be read. */
export class OpenDirectory {
  readonly isSeekable = true;
  readonly path = undefined;

  constructor(private readonly at: string) {}

  read(): never {
    throw new FileError('EISDIR', this.at);
  }

  write(): never {
    throw new FileError('EISDIR', this.at);
  }

  size(): number {
    return 0;
  }

  close(): void {
    // Nothing is held.
  }
}
