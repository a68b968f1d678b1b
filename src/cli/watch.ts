/** Watches files for changes, whether they are there or not. */
import { realpathSync, statSync, watch, type Stats } from 'node:fs';
import path from 'node:path';

export interface DirectoryEvents {
  /** Something happened to an entry of the directory, or to the directory itself; the system may not say to which. */
  readonly changed: (name: string | undefined) => void;
  /** The directory is watched no longer. */
  readonly failed: (error: Error) => void;
}

/** Watches the entries of one directory until it is closed. Throws the system's error. */
export type WatchDirectory = (directory: string, events: DirectoryEvents) => { close(): void };

export interface FileWatchEvents {
  readonly onChange: () => void;
  /** A directory cannot be watched; told once for each. */
  readonly onProblem: (message: string) => void;
}

const statsOf = (at: string): Stats | undefined => statSync(at, { throwIfNoEntry: false });

/**
 * Tells when a file changes, appears or goes. Directories are watched rather than files, for editors that put a new
 * file in the place of the old one; for a file whose directory is missing, the next one above it that is there.
 */
export class FileWatch {
  readonly #watchers = new Map<string, { close(): void }>();
  readonly #refused = new Set<string>();
  /** What counts, by directory. */
  #wanted = new Map<string, Set<string>>();

  constructor(
    private readonly events: FileWatchEvents,
    private readonly watchDirectory: WatchDirectory = watchOnDisk,
  ) {}

  /**
   * Watches these files in the place of those that it watched before. As a name, `*` stands for all entries of the
   * directory that are not hidden, and `*.conf` for those of this extension.
   */
  follow(files: Iterable<string>): void {
    this.#wanted = new Map();
    for (const file of files) for (const place of withTarget(file)) this.#want(place);
    for (const directory of [...this.#watchers.keys()])
      if (!this.#wanted.has(directory)) this.#forget(directory);
    for (const directory of this.#wanted.keys()) this.#watch(directory);
  }

  close(): void {
    for (const directory of [...this.#watchers.keys()]) this.#forget(directory);
  }

  #want(file: string): void {
    let directory = path.dirname(file);
    let name = path.basename(file);
    while (!isDirectory(directory) && path.dirname(directory) !== directory) {
      name = path.basename(directory);
      directory = path.dirname(directory);
    }
    const names = this.#wanted.get(directory) ?? new Set();
    this.#wanted.set(directory, names.add(name));
  }

  #watch(directory: string): void {
    if (this.#watchers.has(directory)) return;
    try {
      const watcher = this.watchDirectory(directory, {
        changed: (name) => this.#changed(directory, name),
        failed: () => this.#forget(directory),
      });
      this.#watchers.set(directory, watcher);
    } catch (error) {
      if (this.#refused.has(directory)) return;
      this.#refused.add(directory);
      this.events.onProblem(`cannot watch ${directory}: ${(error as Error).message}`);
    }
  }

  #forget(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }

  #changed(directory: string, name: string | undefined): void {
    if (name === path.basename(directory)) {
      // The directory itself went, and another one of its name may have come.
      this.#forget(directory);
      if (isDirectory(directory)) this.#watch(directory);
    } else if (name !== undefined && !this.#isWanted(directory, name)) return;
    this.events.onChange();
  }

  #isWanted(directory: string, name: string): boolean {
    const names = this.#wanted.get(directory);
    if (!names) return false;
    const patterns = name.startsWith('.') ? [] : ['*', `*${path.extname(name)}`];
    return [name, ...patterns].some((wanted) => names.has(wanted));
  }
}

const isDirectory = (at: string) => statsOf(at)?.isDirectory() === true;

/** A file, and where it really is when it is reached through links. */
function withTarget(file: string): string[] {
  try {
    return [...new Set([file, realpathSync(file)])];
  } catch {
    return [file];
  }
}

/** Does not keep the process alive. */
const watchOnDisk: WatchDirectory = (directory, { changed, failed }) => {
  const watcher = watch(directory, { persistent: false }, (_event, name) => changed(name ?? undefined));
  watcher.on('error', (error) => {
    watcher.close();
    failed(error);
  });
  return watcher;
};
