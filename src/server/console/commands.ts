import { MomentumSimError } from '../../support/errors';

/** A prefix that no command line could ever begin with. */
export class CommandPrefixError extends MomentumSimError {
  readonly code = 'CONSOLE_PREFIX';
  readonly prefix: unknown;

  constructor(prefix: unknown, reason: string) {
    super(`${JSON.stringify(prefix)} cannot be registered as a console command: ${reason}`);
    this.prefix = prefix;
  }
}

/** One registered command; `F` is whatever runs it. */
export interface Command<F> {
  readonly prefix: string;
  readonly fn: F;
  /** The line that registered it. */
  readonly where: { readonly file: string; readonly line: number } | undefined;
}

/**
 * The console commands of one configuration generation. A line is handled by the command whose prefix is its longest
 * beginning, word by word (4/lua/ref-msys-register-control); a later registration of a prefix replaces the earlier
 * one (3/3-api/apis-ec-control-register-command-2).
 */
export class CommandRegistry<F> implements Iterable<Command<F>> {
  readonly #commands = new Map<string, Command<F>>();
  #longest = 0;

  /** The prefixes in the order of their first registration. */
  get prefixes(): string[] {
    return [...this.#commands.keys()];
  }

  /** A registry of its own with the same commands. */
  copy(): CommandRegistry<F> {
    const copy = new CommandRegistry<F>();
    for (const [prefix, command] of this.#commands) copy.#commands.set(prefix, command);
    copy.#longest = this.#longest;
    return copy;
  }

  /** Returns the command that was replaced. Throws CommandPrefixError for an impossible prefix. */
  register(prefix: string, fn: F, where?: Command<F>['where']): Command<F> | undefined {
    const reason = reasonAgainst(prefix);
    if (reason) throw new CommandPrefixError(prefix, reason);
    const replaced = this.#commands.get(prefix);
    this.#commands.set(prefix, { prefix, fn, where });
    this.#longest = Math.max(this.#longest, prefix.split(' ').length);
    return replaced;
  }

  /** The command for the words of a line. Letters count as they are: prefixes are case-sensitive. */
  find(words: readonly string[]): Command<F> | undefined {
    for (let count = Math.min(words.length, this.#longest); count > 0; count--) {
      const beginning = words.slice(0, count);
      if (beginning.some((word) => word.includes(' '))) continue;
      const command = this.#commands.get(beginning.join(' '));
      if (command) return command;
    }
    return undefined;
  }

  [Symbol.iterator](): IterableIterator<Command<F>> {
    return this.#commands.values();
  }
}

const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^$/, 'it is empty'],
  [/^[ \t\n]|[ \t\n]$/, 'it begins or ends with white space'],
  [/[\x00-\x1f\x7f]/, 'it contains a control character'],
  [/ {2}/, 'its words are separated by more than one blank'],
  [/["'\\]/, 'it contains a quote or a backslash, which the console takes for quoting'],
  [/^xml(?: |$)/, 'the console takes the word xml for the request of XML output'],
];

function reasonAgainst(prefix: unknown): string | undefined {
  if (typeof prefix !== 'string') return 'it is not a string';
  return REASONS.find(([pattern]) => pattern.test(prefix))?.[1];
}
