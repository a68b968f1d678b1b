import { textOfBytes } from '../bytes';
import { toPlain, type Plain } from '../plain';

/** The result codes of the product's command executor (3/3-api/apis-run-command-2). */
export const CONSOLE_STATUS = {
  COMPLETED: 0,
  AGAIN: 1,
  FAILED: 2,
  NOT_AUTHZ: 3,
  NOT_AUTHN: 4,
  CONTINUE: 5,
  ASYNC: 6,
} as const;

export type ConsoleStatus = keyof typeof CONSOLE_STATUS;

/** The answer to one console command. */
export class ConsoleResult {
  /** The output as text: UTF-8 if it is that, otherwise one character per byte. */
  readonly output: string;
  readonly status: ConsoleStatus;
  /** The output's lines without their ends; none when there is no output. */
  readonly lines: readonly string[];
  /** The facts behind the output of a built-in command, as plain data; undefined for commands of scripts. */
  readonly data: Plain | undefined;
  readonly #bytes: Buffer;

  constructor(output: string | Uint8Array, status: ConsoleStatus = 'COMPLETED', data?: unknown) {
    this.#bytes = Buffer.from(output);
    this.output = textOfBytes(this.#bytes);
    this.status = status;
    this.data = data === undefined ? undefined : toPlain(data);
    this.lines = this.output === '' ? [] : this.output.replace(/\r?\n$/, '').split(/\r?\n/);
  }

  /** Exactly what was written. */
  get outputBytes(): Buffer {
    return this.#bytes;
  }

  /** The number of the status. */
  get code(): number {
    return CONSOLE_STATUS[this.status];
  }

  toString(): string {
    return this.output;
  }
}
