import { LuaError, toDisplay } from '../lua';
import type { Diagnostics } from '../server/diagnostics';
import type { Logs } from '../server/logs';
import { MomentumCrash, StrictViolation } from '../support/errors';

/** What went wrong while nobody who could be told waited for it, until a test looks at it. */
export class Failures {
  readonly #list: Error[] = [];
  #crash: MomentumCrash | undefined;

  constructor(
    diagnostics: Diagnostics,
    private readonly logs: Logs,
    private readonly onCrash: (crash: MomentumCrash) => void,
  ) {
    diagnostics.onAdd(({ severity, code, message, frames }) => {
      if (severity === 'violation') this.#list.push(new StrictViolation(code, message, frames));
    });
  }

  /** What took the server down. */
  get crash(): MomentumCrash | undefined {
    return this.#crash;
  }

  /** The error of a handler, command or hook: an entry in the paniclog. A crash takes the server down, and is thrown. */
  readonly handlerFailed = (error: unknown): void => {
    if (error instanceof MomentumCrash) {
      this.goDown(error);
      throw error;
    }
    const lua = error instanceof LuaError ? error : undefined;
    const text = lua?.traceback ?? (error instanceof Error ? error.message : String(error));
    this.logs.panic('scriptlet', toDisplay(text), lua?.frames);
    if (error instanceof Error && !(error instanceof StrictViolation)) this.#list.push(error);
  };

  /** The same for what nobody waits for. */
  readonly backgroundFailed = (error: unknown): void => {
    try {
      this.handlerFailed(error);
    } catch (crash) {
      this.note(crash);
    }
  };

  readonly note = (error: unknown): void => {
    if (error instanceof Error && !this.#list.includes(error)) this.#list.push(error);
  };

  goDown(crash: MomentumCrash): void {
    if (this.#crash) return;
    this.#crash = crash;
    this.onCrash(crash);
  }

  /** Runs work whose caller gets its error; a crash takes the server down on the way. */
  async survive<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof MomentumCrash) this.goDown(error);
      throw error;
    }
  }

  /** The test knows of them. */
  expected(): void {
    this.#list.length = 0;
  }

  /** Gives the errors and forgets them. */
  take(): Error[] {
    return this.#list.splice(0);
  }
}
