import path from 'node:path';
import type { Disk } from './disk';
import { FileError } from './file-error';
import { VirtualFile } from './virtual-file';

/** What is at a path: in memory or, read-only, on the disk. */
export type Entry =
  | { readonly kind: 'directory'; readonly onDisk: boolean }
  | { readonly kind: 'file'; readonly onDisk: false; readonly file: VirtualFile }
  | { readonly kind: 'file'; readonly onDisk: true };

/** Directories that every Linux machine with the product has. */
const STANDARD_DIRECTORIES = [
  '/tmp',
  '/var/tmp',
  '/var/log/ecelerity',
  '/var/run/ecelerity',
  '/var/spool/ecelerity',
  '/opt/msys/ecelerity/etc',
];

/** Files and directories in memory over those of the disk, by absolute path. */
export class FileTree {
  readonly #nodes = new Map<string, VirtualFile | 'directory' | 'removed'>();

  constructor(readonly disk: Disk) {
    for (const directory of STANDARD_DIRECTORIES) this.makeDirectory(path.resolve(directory));
  }

  find(at: string): Entry | undefined {
    const node = this.#nodes.get(at);
    if (node instanceof VirtualFile) return { kind: 'file', onDisk: false, file: node };
    if (node === 'directory') return { kind: node, onDisk: false };
    const real = node === 'removed' ? undefined : this.disk.kindOf(at);
    return real && { kind: real, onDisk: true };
  }

  /** The file at a path if it is in memory; the disk is not looked at. */
  memory(at: string): VirtualFile | undefined {
    const node = this.#nodes.get(at);
    return node instanceof VirtualFile ? node : undefined;
  }

  /** The file at a path for reading; one of the disk is read anew. */
  read(at: string): VirtualFile | undefined {
    const entry = this.find(at);
    if (entry?.kind !== 'file') return undefined;
    return entry.onDisk ? new VirtualFile(this.disk.read(at)) : entry.file;
  }

  /** Puts a file at a path, in place of what file was there. */
  put(at: string, file: VirtualFile): void {
    this.#nodes.set(at, file);
  }

  makeDirectory(at: string): void {
    const parent = path.dirname(at);
    if (parent !== at) this.makeDirectory(parent);
    const kind = this.find(at)?.kind;
    if (kind === 'file') throw new FileError('ENOTDIR', at);
    if (!kind) this.#nodes.set(at, 'directory');
  }

  /** Removes a file, or a directory that holds nothing. */
  remove(at: string): void {
    const entry = this.find(at);
    if (!entry) throw this.missing(at);
    if (entry.kind === 'directory' && this.#holdsSomething(at)) throw new FileError('ENOTEMPTY', at);
    this.#nodes.set(at, 'removed');
  }

  /** Moves a file, over one that is there, or a directory with all that it holds. */
  rename(from: string, to: string): void {
    const source = this.find(from);
    if (!source) throw this.missing(from);
    const target = this.find(to);
    if (!target) this.checkParent(to);
    if (source.kind === 'file') {
      if (target?.kind === 'directory') throw new FileError('EISDIR', to);
      if (from === to) return;
      this.put(to, this.read(from)!);
      this.remove(from);
    } else this.#renameDirectory(from, to, source, target);
  }

  #renameDirectory(from: string, to: string, source: Entry, target: Entry | undefined): void {
    if (from === to) return;
    if (to.startsWith(below(from))) throw new FileError('EINVAL', to);
    if (target?.kind === 'file') throw new FileError('ENOTDIR', to);
    if (target && this.#holdsSomething(to)) throw new FileError('ENOTEMPTY', to);
    if (source.onDisk) throw new FileError('EXDEV', from);
    const moved = [...this.#nodes].filter(([at]) => at === from || at.startsWith(below(from)));
    for (const [at, node] of moved) {
      this.#nodes.set(to + at.slice(from.length), node);
      this.#nodes.set(at, 'removed');
    }
  }

  /** Throws what the system says of a new file at a path when its directory is none. */
  checkParent(at: string): void {
    if (this.find(path.dirname(at))?.kind !== 'directory') throw this.missing(at);
  }

  /** The failure of looking up a path: on the way to it there may be a file. */
  missing(at: string): FileError {
    for (let parent = path.dirname(at); parent !== path.dirname(parent); parent = path.dirname(parent))
      if (this.find(parent)?.kind === 'file') return new FileError('ENOTDIR', at);
    return new FileError('ENOENT', at);
  }

  /** The files in memory, by path. */
  *files(): Generator<[path: string, file: VirtualFile]> {
    for (const at of [...this.#nodes.keys()].sort()) {
      const node = this.#nodes.get(at);
      if (node instanceof VirtualFile) yield [at, node];
    }
  }

  #holdsSomething(directory: string): boolean {
    for (const [at, node] of this.#nodes)
      if (node !== 'removed' && at !== directory && at.startsWith(below(directory))) return true;
    if (this.disk.kindOf(directory) !== 'directory') return false;
    return this.disk.entries(directory).some((name) => this.find(path.join(directory, name)));
  }
}

const below = (directory: string) => (directory.endsWith(path.sep) ? directory : directory + path.sep);
