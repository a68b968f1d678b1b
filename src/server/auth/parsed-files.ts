import { AuthProblem } from './scheme';

/** What authentication sees of the files: `VirtualFiles` is one. */
export interface FileReader {
  /** The content, undefined when there is no such file. */
  get(path: string): Uint8Array | undefined;
}

/** Files of one kind, parsed anew only when their content has changed. */
export class ParsedFiles<T> {
  readonly #parsed = new Map<string, { readonly content: Buffer; readonly value: T }>();

  constructor(
    private readonly files: FileReader,
    private readonly parse: (path: string, text: string) => T,
  ) {}

  /** Throws AuthProblem when the file is missing or malformed. */
  get(path: string): T {
    const read = path === '' ? undefined : this.files.get(path);
    if (!read)
      throw new AuthProblem(path === '' ? 'the uri names no file' : `${path}: No such file or directory`);
    const content = Buffer.from(read);
    const known = this.#parsed.get(path);
    if (known?.content.equals(content)) return known.value;
    const value = this.parse(path, content.toString('latin1'));
    this.#parsed.set(path, { content, value });
    return value;
  }
}
