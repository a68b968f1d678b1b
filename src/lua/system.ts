/**
 * What the host gives scripts of the system around them. Names are bytes, one per character (latin1). Operations throw
 * errors with the `code` that Node's own file errors have (`ENOENT`, `EACCES`, ...).
 */
import type { LuaFrame } from '../support/frames';

/** How a file is opened, as C's `fopen` takes it apart. A file opened for appending is `write` and `create`. */
export interface OpenMode {
  readonly read: boolean;
  readonly write: boolean;
  /** A missing file is made. */
  readonly create: boolean;
  /** What it held is dropped. */
  readonly truncate: boolean;
  /** It may not exist yet. */
  readonly exclusive: boolean;
}

/** An open file: bytes that can be reached by their position, or a stream that only goes forward. */
export interface LuaFile {
  readonly isSeekable: boolean;
  /** The absolute path of the real file, when that is what was opened. */
  readonly path?: string;
  /** Bytes from `position` on, at least one and at most `length`; none only at the end. */
  read(position: number, length: number): Uint8Array;
  /** Puts bytes at a position; what lies between the end and that position becomes zeros. */
  write(bytes: Uint8Array, position: number): void;
  /** Bytes in the file. */
  size(): number;
  close(): void;
}

export interface LuaFiles {
  open(name: string, mode: OpenMode): LuaFile;
  /** Removes a file or an empty directory. */
  remove(name: string): void;
  rename(from: string, to: string): void;
  /** Makes an empty file and answers its name. */
  temporaryName(): string;
  /** Opens an empty file that has no name. */
  temporaryFile(): LuaFile;
}

/** Which function of the library asks for a process. */
export type ProcessCaller = 'os.execute' | 'io.popen';

/** A process that has been run. */
export interface ProcessOutcome {
  /** Its exit status, 0 to 255. */
  readonly status: number;
  readonly stdout: Uint8Array;
  /** Takes what the script writes to its standard input. */
  readonly input: (bytes: Uint8Array) => void;
}

export interface LuaProcesses {
  /** Runs a command of the shell. `frames` are those of the script, innermost first. */
  run(command: string, caller: ProcessCaller, frames: () => LuaFrame[]): ProcessOutcome;
  /** Ends the process that scripts run in, by throwing; a host that goes on instead gives the script nil. */
  exit(status: number, frames: () => LuaFrame[]): void;
}

function missing(): never {
  throw Object.assign(new Error('no such file or directory'), { code: 'ENOENT' });
}

/** A system without a single file or directory: what a VM has that was given none. */
export const NO_FILES: LuaFiles = {
  open: missing,
  remove: missing,
  rename: missing,
  temporaryName: missing,
  temporaryFile: missing,
};
