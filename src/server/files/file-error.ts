const TEXTS = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file exists',
  EXDEV: 'a directory of the real disk cannot be moved',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EINVAL: 'invalid argument',
  EFBIG: 'file too large',
  ENOTEMPTY: 'directory not empty',
} as const;

/** A failed operation on a virtual file, with the `code` that Node's own errors have. */
export class FileError extends Error {
  constructor(
    readonly code: keyof typeof TEXTS,
    path: string,
  ) {
    super(`${code}: ${TEXTS[code]}, '${path}'`);
  }
}
