import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { HISTORY_SIZE, type HistoryStore } from './history';

export interface TerminalOptions {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown };
  readonly output: Writable & { readonly rows?: number };
  readonly history: HistoryStore;
  /** What the beginning of a line may become. */
  readonly completions: (line: string) => string[];
  /** Ctrl-C while no line is being read. */
  readonly onInterrupt: () => void;
}

/** Lines that are typed at a prompt, with editing, history and completion. */
export class TerminalLines {
  readonly #interface: Interface;
  readonly #options: TerminalOptions;
  /** Lines that came while none was wanted. */
  readonly #typed: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #isClosed = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { input, output, history } = options;
    this.#interface = createInterface({
      input,
      output,
      terminal: true,
      history: history.load(),
      historySize: HISTORY_SIZE,
      completer: (line: string) => [options.completions(line), line],
    });
    this.#interface.on('history', (lines) => history.save(lines));
    this.#interface.on('line', (line) => this.#add(line));
    this.#interface.on('SIGINT', () => this.#interrupted());
    this.#interface.on('close', () => {
      this.#isClosed = true;
      this.#give(undefined);
    });
  }

  /** Resolves to the next line; to undefined at the end of the input and when it is closed. */
  next(prompt: string): Promise<string | undefined> {
    const typed = this.#typed.shift();
    if (typed !== undefined || this.#isClosed) return Promise.resolve(typed);
    this.#interface.setPrompt(prompt);
    this.#interface.prompt();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Leaves the terminal to another program. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    const { input } = this.#options;
    this.#interface.pause();
    input.setRawMode?.(false);
    try {
      return await work();
    } finally {
      input.setRawMode?.(true);
      if (!this.#isClosed) this.#interface.resume();
    }
  }

  close(): void {
    this.#interface.close();
  }

  #add(line: string): void {
    if (this.#waiting) this.#give(line);
    else this.#typed.push(line);
  }

  #give(line: string | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(line);
  }

  #interrupted(): void {
    if (!this.#waiting) {
      this.#options.onInterrupt();
      return;
    }
    this.#interface.write(null, { ctrl: true, name: 'e' });
    this.#interface.write(null, { ctrl: true, name: 'u' });
  }
}
