import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A program that is talked to: what it prints is waited for, then something is typed. */
export class Conversation {
  /** All that was printed, to standard output and standard error. */
  printed = '';
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #isEnded = false;
  /** Called when something was printed, and at the end. */
  #notice: () => void = () => undefined;

  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    // A session of its own has no terminal, whatever the tests are run from.
    this.#process = spawn(file, args, { env: { ...process.env, ...env }, detached: true });
    this.#process.stdin!.on('error', () => undefined);
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      stream.on('data', (bytes: Buffer) => {
        this.printed += bytes.toString();
        this.#notice();
      });
    this.#ended = once(this.#process, 'close').then(() => {
      this.#isEnded = true;
      this.#notice();
    });
  }

  /** Resolves when the pattern is printed; rejects when the program ends before. */
  async waitFor(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.printed)) {
      if (this.#isEnded) throw new Error(`ended without ${String(pattern)}: ${this.printed}`);
      await new Promise<void>((resolve) => {
        this.#notice = resolve;
      });
    }
  }

  type(text: string): void {
    this.#process.stdin!.write(text);
  }

  /** Resolves to the exit status. */
  async status(): Promise<number | null> {
    await this.#ended;
    return this.#process.exitCode;
  }

  kill(): void {
    if (!this.#isEnded) this.#process.kill('SIGKILL');
  }
}
