/** `serve --watch`: reloads the configuration when something that it was made from changes. */
import path from 'node:path';
import type { Momentum, ReloadResult } from '../momentum';
import { MomentumSimError, type ConfigError } from '../support/errors';
import { FileWatch, type WatchDirectory } from './watch';

export interface ReloadOnChangeOptions {
  /** Takes each verdict, which may have several lines. */
  readonly print: (text: string) => void;
  /** Takes what is wrong with the watching itself. */
  readonly warn: (text: string) => void;
  readonly watchDirectory?: WatchDirectory;
}

/** An editor that saves makes several changes; real milliseconds. */
const SETTLE_MILLIS = 100;
/** Scripts may require more while they serve, and the console may reload; real milliseconds. */
const LOOK_AGAIN_MILLIS = 500;

/** Begins; the function that it returns ends it, without waiting for a reload that runs. */
export function reloadOnChange(mta: Momentum, options: ReloadOnChangeOptions): () => void {
  const reloader = new Reloader(mta, options);
  return () => reloader.close();
}

class Reloader {
  readonly #watch: FileWatch;
  readonly #lookAgain: NodeJS.Timeout;
  #settle: NodeJS.Timeout | undefined;
  #isReloading = false;
  #isClosed = false;
  /** Why the latest reload failed. */
  #error: ConfigError | undefined;

  constructor(
    private readonly mta: Momentum,
    private readonly options: ReloadOnChangeOptions,
  ) {
    const { warn, watchDirectory } = options;
    this.#watch = new FileWatch({ onChange: () => this.#changed(), onProblem: warn }, watchDirectory);
    this.#follow();
    this.#lookAgain = setInterval(() => this.#follow(), LOOK_AGAIN_MILLIS).unref();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#lookAgain);
    clearTimeout(this.#settle);
    this.#watch.close();
  }

  #changed(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.#reload(), SETTLE_MILLIS);
  }

  async #reload(): Promise<void> {
    if (this.#isReloading) {
      this.#changed();
      return;
    }
    this.#isReloading = true;
    try {
      const result = await this.mta.reload();
      this.#error = result.error;
      this.#tell(result);
    } catch (error) {
      // The server is down, or being stopped: who ends it says so.
      if (!(error instanceof MomentumSimError)) throw error;
      this.close();
    } finally {
      this.#isReloading = false;
    }
  }

  #tell(result: ReloadResult): void {
    if (this.#isClosed) return;
    this.options.print(verdict(this.mta, result));
    this.#follow();
  }

  #follow(): void {
    this.#watch.follow([...this.mta.sources, ...this.#besides()]);
  }

  /** Files that count although nobody has read them. */
  *#besides(): Iterable<string> {
    const { mainFile, files } = this.mta.configuration;
    const main = mainFile && path.dirname(mainFile);
    // What lies beside an included file may be included, too, with its directory.
    const included = files.slice(1).map((file) => path.dirname(file.path));
    for (const directory of included) if (directory !== main) yield path.join(directory, '*');
    if (!this.#error) return;
    // The cure of a failure may be a new file of the configuration: not any file, there may be logs.
    if (mainFile !== undefined) yield beside(mainFile);
    if (this.#error.file !== undefined) yield beside(path.resolve(this.#error.file));
  }
}

const beside = (file: string) => path.join(path.dirname(file), `*${path.extname(file)}`);

function verdict(mta: Momentum, { ok, output, error }: ReloadResult): string {
  if (ok) return `reloaded: ${mta.endpoints.length} endpoints, ${mta.commands.length} commands`;
  return `not reloaded, what served before goes on: ${error ? described(error) : output}`;
}

/** The reason with its place in the source; the product's sentences about it are in the paniclog. */
function described({ message, cause, excerpt }: ConfigError): string {
  const reason = cause instanceof Error ? cause.message : message;
  return reason.includes(excerpt) ? reason : `${reason}\n\n${excerpt}`;
}
