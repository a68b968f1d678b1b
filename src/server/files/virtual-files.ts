import path from 'node:path';
import { byteString, textOfBytes } from '../bytes';
import type { VirtualClock } from '../clock';
import { Disk } from './disk';
import type { FixtureFile } from './fixtures';
import { FileTree } from './file-tree';
import { ScriptFiles, type FileChange } from './script-files';
import { VirtualFile } from './virtual-file';

/**
 * The files of one simulated server, by path; a relative one starts at the working directory. Scripts find what the
 * test gave and what they wrote, all of it in memory, and then the real files of the project, which nothing changes.
 *
 * Iterating gives path and content (a copy) of all files in memory, sorted by path.
 */
export class VirtualFiles implements Iterable<[path: string, content: Buffer]> {
  readonly #changes: FileChange[] = [];
  readonly #tree: FileTree;
  /** The same files as scripts open them. */
  readonly scripts: ScriptFiles;

  /** `roots`: directories whose real files can be read. */
  constructor(fixtures: readonly FixtureFile[], roots: readonly string[], clock: Pick<VirtualClock, 'now'>) {
    this.#tree = new FileTree(new Disk(roots));
    this.scripts = new ScriptFiles(this.#tree, (change) =>
      this.#changes.push({ ...change, at: clock.now() }),
    );
    for (const { path: at, content } of fixtures) {
      if (content !== undefined) this.set(at, content);
      else this.#tree.makeDirectory(path.resolve(at));
    }
  }

  /** What scripts did, in order. */
  get changes(): readonly FileChange[] {
    return this.#changes;
  }

  /** Paths of the files in memory, sorted. */
  get paths(): string[] {
    return [...this.#tree.files()].map(([at]) => at);
  }

  has(file: string): boolean {
    return this.#tree.find(path.resolve(file))?.kind === 'file';
  }

  /** The content as scripts would read it now (a copy), undefined when there is no such file. */
  get(file: string): Buffer | undefined {
    return this.#tree.read(path.resolve(file))?.content;
  }

  /** The content of a file in memory; real files are not looked at. */
  memory(file: string): Buffer | undefined {
    return this.#tree.memory(path.resolve(file))?.content;
  }

  /** The same as text: UTF-8 where it is that, otherwise one character per byte. */
  text(file: string): string | undefined {
    const content = this.get(file);
    return content && textOfBytes(content);
  }

  /** Puts a file there, with the directories that lead to it. Text becomes UTF-8. */
  set(file: string, content: string | Uint8Array): void {
    const at = path.resolve(file);
    this.#tree.makeDirectory(path.dirname(at));
    this.#tree.put(at, new VirtualFile(Buffer.from(byteString(content), 'latin1')));
  }

  /** Makes a directory and those that lead to it. Throws an error with a `code` where a file is. */
  makeDirectory(directory: string): void {
    this.#tree.makeDirectory(path.resolve(directory));
  }

  /** Takes a file away from scripts, a real one too; answers whether there was one. */
  delete(file: string): boolean {
    if (!this.has(file)) return false;
    this.#tree.remove(path.resolve(file));
    return true;
  }

  *[Symbol.iterator](): Generator<[path: string, content: Buffer]> {
    for (const [at, file] of this.#tree.files()) yield [at, file.content];
  }
}
