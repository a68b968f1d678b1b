import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { VirtualFiles } from '../files/virtual-files';
import { textOfBytes } from '../bytes';

/** How configuration files are reached. Paths are absolute. */
export interface ConfigFiles {
  /** The text of a file; undefined when there is none. Throws for one that cannot be read. */
  readFile(file: string): string | undefined;
  /** Names of the files and directories in a directory; undefined when there is none. */
  listDirectory(directory: string): readonly string[] | undefined;
  writeFile(file: string, text: string): void;
}

/** Files in memory before those on disk, which are only read: what is written stays in memory. */
export function configFiles(virtual: VirtualFiles): ConfigFiles {
  return {
    readFile: (file) => virtual.text(file) ?? diskText(file),
    listDirectory(directory) {
      const inMemory = namesBelow(virtual.paths, directory);
      const onDisk = kindOnDisk(directory) === 'directory' ? readdirSync(directory) : [];
      const isDirectory = inMemory.length > 0 || kindOnDisk(directory) === 'directory';
      return isDirectory ? [...new Set([...inMemory, ...onDisk])] : undefined;
    },
    writeFile: (file, text) => virtual.set(file, text),
  };
}

function diskText(file: string): string | undefined {
  return kindOnDisk(file) === 'file' ? textOfBytes(readFileSync(file)) : undefined;
}

function kindOnDisk(at: string): 'file' | 'directory' | undefined {
  const stats = statSync(at, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return 'directory';
  return stats?.isFile() ? 'file' : undefined;
}

function namesBelow(paths: readonly string[], directory: string): string[] {
  const prefix = directory.endsWith(path.sep) ? directory : directory + path.sep;
  return paths
    .filter((file) => file.startsWith(prefix))
    .map((file) => file.slice(prefix.length).split(path.sep, 1)[0]!);
}
