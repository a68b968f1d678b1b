import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The real files below some directories; nothing is ever written to them. */
export class Disk {
  readonly #roots: readonly string[];

  /** `roots`: absolute paths. */
  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** What is at an absolute path, undefined for nothing and for what lies elsewhere. */
  kindOf(file: string): 'file' | 'directory' | undefined {
    if (!this.#roots.some((root) => isWithin(root, file))) return undefined;
    // A path that leads through a file throws.
    const stats = attempt(() => statSync(file, { throwIfNoEntry: false }));
    return stats?.isFile() ? 'file' : stats?.isDirectory() ? 'directory' : undefined;
  }

  /** The content of a file; throws Node's error when it may not be read. */
  read(file: string): Buffer {
    return readFileSync(file);
  }

  entries(directory: string): string[] {
    return readdirSync(directory);
  }
}

function isWithin(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function attempt<Result>(operation: () => Result): Result | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}
