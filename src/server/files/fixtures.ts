import { UsageError } from '../../support/errors';

/** Files by path, as text (UTF-8) or bytes; a path that ends with `/` is an empty directory, its content ''. */
export type FilesOption = Readonly<Record<string, string | Uint8Array>>;

export interface FixtureFile {
  readonly path: string;
  /** Undefined for a directory. */
  readonly content: string | Uint8Array | undefined;
}

/** Throws UsageError for anything that is no FilesOption. */
export function readFilesOption(files: unknown): FixtureFile[] {
  if (typeof files !== 'object' || files === null || Array.isArray(files))
    throw new UsageError("option files: an object { 'path': text or Buffer } expected");
  return Object.entries(files).map(([path, content]: [string, unknown]) => {
    if (typeof content !== 'string' && !(content instanceof Uint8Array))
      throw new UsageError(`option files, '${path}': text or a Buffer expected`);
    if (!path.endsWith('/')) return { path, content };
    if (content.length > 0)
      throw new UsageError(`option files, '${path}': a path that ends with / is a directory, its content ''`);
    return { path, content: undefined };
  });
}
