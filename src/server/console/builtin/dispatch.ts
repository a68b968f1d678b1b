/** Finds the built-in command of a line and runs it. */
import { ConsoleResult } from '../result';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { xmlOf } from './xml';

/** The product's own commands, by their words. */
export class BuiltinCommands implements Iterable<BuiltinCommand> {
  readonly #commands = new Map<string, BuiltinCommand>();
  readonly #longest: number;

  constructor(commands: readonly BuiltinCommand[]) {
    for (const command of commands) {
      if (this.#commands.has(command.name)) throw new Error(`two built-in commands are '${command.name}'`);
      this.#commands.set(command.name, command);
    }
    this.#longest = Math.max(0, ...commands.map(({ name }) => name.split(' ').length));
  }

  /** The command with the most words that the line begins with. */
  find(words: readonly string[]): BuiltinCommand | undefined {
    const [scope, instance] = scopeAndInstance(words);
    if (instance === undefined) return this.#longestOf(words, false);
    return this.#longestOf([scope, ...words.slice(1)], true);
  }

  #longestOf(words: readonly string[], hasInstance: boolean): BuiltinCommand | undefined {
    for (let count = Math.min(words.length, this.#longest); count > 0; count--) {
      const beginning = words.slice(0, count);
      // A quoted word with a blank in it is not two words.
      if (beginning.some((word) => word.includes(' '))) continue;
      const command = this.#commands.get(beginning.join(' '));
      if (command && (command.hasInstance ?? false) === hasInstance) return command;
    }
    return undefined;
  }

  /** The commands that begin with the words: what a line that is none of them could go on to be. */
  beginningWith(words: readonly string[]): BuiltinCommand[] {
    const beginning = words.map((word) => `${word} `).join('');
    return [...this].filter(({ name }) => `${name} `.startsWith(beginning));
  }

  [Symbol.iterator](): IterableIterator<BuiltinCommand> {
    return this.#commands.values();
  }
}

/** `ec_logger:main` → `['ec_logger', 'main']` */
function scopeAndInstance([first = '']: readonly string[]): [scope: string, instance: string | undefined] {
  const colon = first.indexOf(':');
  return colon === -1 ? [first, undefined] : [first.slice(0, colon), first.slice(colon + 1)];
}

/** A command that was typed wrongly; its message is the answer. */
export class CommandUsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandUsageError';
  }
}

/** Runs a built-in command. An answer that is a CommandUsageError is FAILED and followed by the usage. */
export async function runBuiltin(
  command: BuiltinCommand,
  words: readonly string[],
  call: Omit<CommandCall, 'args' | 'instance'>,
): Promise<ConsoleResult> {
  const [, instance] = command.hasInstance ? scopeAndInstance(words) : [];
  const args = words.slice(command.name.split(' ').length);
  try {
    return resultOf(command, await command.run({ ...call, args, instance }), call.xml);
  } catch (error) {
    if (!(error instanceof CommandUsageError)) throw error;
    return new ConsoleResult(`${error.message}\nUsage: ${usageOf(command)}\n`, 'FAILED');
  }
}

export function usageOf({ name, usage }: BuiltinCommand): string {
  return usage ? `${name} ${usage}` : name;
}

function resultOf(command: BuiltinCommand, answer: CommandAnswer, xml: boolean): ConsoleResult {
  const { text, data, status = 'COMPLETED' } = answer;
  const output = xml ? (answer.xml ?? xmlOf(command.name, data ?? { text })) : text;
  return new ConsoleResult(output, status, data);
}
