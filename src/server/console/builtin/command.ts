/** What a built-in console command is made of; 4/4-console-commands has a page for each. */
import type { ServerState } from '../../server';
import type { ConsoleStatus } from '../result';
import type { ConsoleHost } from './host';
import type { ConsoleSession } from './session';

export interface BuiltinCommand {
  /** Its words, as typed: `fail domain`. */
  readonly name: string;
  /** Typed with the name of a module's instance after the first word: `ec_logger:main reopen logs`. */
  readonly hasInstance?: boolean;
  /** What follows them, as the documentation writes it: `[quiet] domain`. */
  readonly usage?: string;
  /** One line for `help`. */
  readonly summary: string;
  /** The page of the product's documentation. */
  readonly doc: string;
  run(call: CommandCall): CommandAnswer | Promise<CommandAnswer>;
}

/** One command line that is being answered. */
export interface CommandCall {
  /** The words after the name. */
  readonly args: readonly string[];
  /** The instance, of a command that has one and was typed with it. */
  readonly instance: string | undefined;
  /** The command as typed, without the word `xml` before it. */
  readonly line: string;
  /** XML output is wanted. */
  readonly xml: boolean;
  readonly server: ServerState;
  readonly host: ConsoleHost;
  readonly session: ConsoleSession;
}

export interface CommandAnswer {
  /** The documented layout; bytes where it holds those of a message. */
  readonly text: string | Uint8Array;
  /** The same facts as plain data, for assertions and for XML output. */
  readonly data?: unknown;
  /** The XML form where it is documented; otherwise it is made of `data`. */
  readonly xml?: string;
  /** COMPLETED when left out. */
  readonly status?: ConsoleStatus;
}
