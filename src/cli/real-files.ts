/** The machine's own files for the stand-alone interpreter. Failures are Node's, with their `code`. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LuaFile, LuaFiles, OpenMode } from '../lua';

class RealFile implements LuaFile {
  readonly isSeekable = true;

  constructor(
    private readonly descriptor: number,
    readonly path?: string,
  ) {}

  read(position: number, length: number): Uint8Array {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(this.descriptor, buffer, 0, length, position));
  }

  write(bytes: Uint8Array, position: number): void {
    let written = 0;
    while (written < bytes.length)
      written += writeSync(this.descriptor, bytes, written, bytes.length - written, position + written);
  }

  size(): number {
    return fstatSync(this.descriptor).size;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

const READ_AND_WRITE = { read: true, write: true, create: true, truncate: false, exclusive: true };

function flagsOf({ read, write, create, truncate, exclusive }: OpenMode): number {
  const access = !write ? constants.O_RDONLY : read ? constants.O_RDWR : constants.O_WRONLY;
  return (
    access |
    (create ? constants.O_CREAT : 0) |
    (truncate ? constants.O_TRUNC : 0) |
    (create && exclusive ? constants.O_EXCL : 0)
  );
}

const pathOf = (name: string) => Buffer.from(name, 'latin1').toString('utf8');

function open(name: string, mode: OpenMode): RealFile {
  const file = pathOf(name);
  return new RealFile(openSync(file, flagsOf(mode), 0o666), path.resolve(file));
}

/** Opens a new file under a name that nobody else has. */
function createTemporary(): { file: string; open: RealFile } {
  for (;;) {
    const file = path.join(tmpdir(), `lua_${randomBytes(3).toString('hex')}`);
    try {
      return { file, open: new RealFile(openSync(file, flagsOf(READ_AND_WRITE), 0o600)) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export const realFiles: LuaFiles = {
  open,
  remove(name) {
    const file = pathOf(name);
    if (lstatSync(file).isDirectory()) rmdirSync(file);
    else unlinkSync(file);
  },
  rename: (from, to) => renameSync(pathOf(from), pathOf(to)),
  temporaryName() {
    const { file, open } = createTemporary();
    open.close();
    return Buffer.from(file, 'utf8').toString('latin1');
  },
  temporaryFile() {
    const { file, open } = createTemporary();
    unlinkSync(file);
    return open;
  },
};

/** Standard input as it comes: bytes are kept until they have been read past. */
export class StandardInput implements LuaFile {
  readonly isSeekable = false;
  #bytes: Buffer = Buffer.alloc(0);
  /** Where the bytes lie in the stream. */
  #start = 0;

  read(position: number, length: number): Uint8Array {
    this.#bytes = this.#bytes.subarray(position - this.#start);
    this.#start = position;
    if (this.#bytes.length === 0) this.#bytes = readChunk();
    return this.#bytes.subarray(0, length);
  }

  write(): void {
    throw Object.assign(new Error('standard input is for reading'), { code: 'EBADF' });
  }

  size(): number {
    return this.#start + this.#bytes.length;
  }

  close(): void {
    // It is the process's.
  }
}

const CHUNK = 65536;
const RETRY_MS = 10;
const never = new Int32Array(new SharedArrayBuffer(4));

function readChunk(): Buffer {
  const buffer = Buffer.alloc(CHUNK);
  for (;;) {
    try {
      return buffer.subarray(0, readSync(0, buffer));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return Buffer.alloc(0);
      if (code !== 'EAGAIN') throw error;
      // Another program has made the terminal non-blocking.
      Atomics.wait(never, 0, 0, RETRY_MS);
    }
  }
}
