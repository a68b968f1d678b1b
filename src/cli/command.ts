/** What a subcommand of `momentum-sim` is. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `momentum-sim NAME --help` prints. */
  readonly usage: string;
  /** Takes the arguments after the command's name; resolves to the exit status. */
  run(args: string[]): Promise<number>;
}

/** The command line is wrong: the usage goes to stderr and the exit status is 2. */
export class CommandLineError extends Error {}

const PARSE_ERROR = 'ERR_PARSE_ARGS_';

/** Runs `parse` (of node:util's parseArgs); its complaints about the arguments become CommandLineError. */
export function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith(PARSE_ERROR)) throw new CommandLineError(message, { cause: error });
    throw error;
  }
}
