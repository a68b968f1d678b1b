import path from 'node:path';
import { textOfBytes } from '../bytes';
import { FileError } from './file-error';
import type { FileTree } from './file-tree';
import { OpenDirectory, OpenFile } from './open-file';
import { VirtualFile } from './virtual-file';

/** How a file is opened. */
export interface OpenMode {
  readonly read: boolean;
  readonly write: boolean;
  readonly create: boolean;
  readonly truncate: boolean;
  readonly exclusive: boolean;
}

/** Something that a script did to the files. */
export interface FileChange {
  /** `write`: a file was opened and then made, emptied or written to. */
  readonly operation: 'write' | 'remove' | 'rename';
  /** Absolute path. */
  readonly path: string;
  /** The new path, after a rename. */
  readonly to?: string;
  /** Virtual time. */
  readonly at: Date;
}

type NoteChange = (change: Omit<FileChange, 'at'>) => void;

/** Files as scripts name them: byte strings, one character per byte. Everything throws errors with a `code`. */
export class ScriptFiles {
  #temporaryNames = 0;

  constructor(
    private readonly tree: FileTree,
    private readonly noteChange: NoteChange,
  ) {}

  open(name: string, mode: OpenMode): OpenFile | OpenDirectory {
    const at = this.#resolve(name, mode.create);
    const entry = this.tree.find(at);
    if (entry && mode.create && mode.exclusive) throw new FileError('EEXIST', at);
    if (entry?.kind === 'directory') {
      if (mode.write) throw new FileError('EISDIR', at);
      return new OpenDirectory(at);
    }
    if (!entry && !mode.create) throw this.tree.missing(at);
    if (!entry) this.tree.checkParent(at);
    const file = entry ? this.tree.read(at)! : new VirtualFile();
    const realPath = entry?.onDisk && !mode.write ? at : undefined;
    const open = new OpenFile(file, realPath, () => this.noteChange({ operation: 'write', path: at }));
    // A real file becomes one in memory when it is opened for writing.
    if (mode.write && entry?.onDisk !== false) this.tree.put(at, file);
    if (!entry || mode.truncate) open.truncate();
    return open;
  }

  remove(name: string): void {
    const at = this.#resolve(name);
    this.tree.remove(at);
    this.noteChange({ operation: 'remove', path: at });
  }

  rename(from: string, to: string): void {
    const source = this.#resolve(from);
    const target = this.#resolve(to);
    this.tree.rename(source, target);
    this.noteChange({ operation: 'rename', path: source, to: target });
  }

  temporaryName(): string {
    let name: string;
    do name = `/tmp/lua_${(this.#temporaryNames++).toString(36).padStart(6, '0')}`;
    while (this.tree.find(path.resolve(name)));
    this.open(name, { read: true, write: true, create: true, truncate: false, exclusive: true });
    return name;
  }

  temporaryFile(): OpenFile {
    return new OpenFile(new VirtualFile(), undefined, () => undefined);
  }

  /** The absolute path of a name; a slash at its end asks for a directory. */
  #resolve(name: string, mayCreate = false): string {
    const text = textOfBytes(Buffer.from(name, 'latin1'));
    if (text === '') throw new FileError('ENOENT', text);
    const at = path.resolve(text);
    if (!text.endsWith('/')) return at;
    const kind = this.tree.find(at)?.kind;
    if (kind === 'file') throw new FileError('ENOTDIR', text);
    if (!kind && mayCreate) throw new FileError('EISDIR', text);
    return at;
  }
}
