import { byteString } from '../bytes';
import { ConsoleSyntaxError, parseCommandLine, type CommandLine } from './command-line';
import type { Command } from './commands';
import { ConsoleResult } from './result';

/**
 * Runs one command line: `find` says who handles its words, `execute` runs that. An empty line is COMPLETED without
 * output; a line with an unclosed quote, and one that nobody handles, is FAILED with a text that says so.
 *
 * `line` is text, or the bytes that came over a socket. Rejects with what `execute` rejects with.
 */
export async function runCommandLine<F>(
  line: string | Uint8Array,
  find: (words: readonly string[]) => Command<F> | undefined,
  execute: (command: Command<F>, commandLine: CommandLine) => ConsoleResult | Promise<ConsoleResult>,
): Promise<ConsoleResult> {
  const commandLine = parsed(byteString(line));
  if (commandLine instanceof ConsoleResult) return commandLine;
  if (commandLine.words.length === 0) return new ConsoleResult('');
  const command = find(commandLine.words);
  return command ? execute(command, commandLine) : unknownCommand(commandLine.command);
}

function parsed(line: string): CommandLine | ConsoleResult {
  try {
    return parseCommandLine(line);
  } catch (error) {
    if (error instanceof ConsoleSyntaxError) return new ConsoleResult(error.message, 'FAILED');
    throw error;
  }
}

function unknownCommand(command: string): ConsoleResult {
  return new ConsoleResult(Buffer.from(`Unknown command: ${command}`, 'latin1'), 'FAILED');
}
