import { byteString } from '../bytes';
import { ConsoleSyntaxError, parseCommandLine, type CommandLine } from './command-line';
import { ConsoleResult } from './result';

/**
 * Runs one command line: `execute` answers it, or nothing when nobody handles its words. An empty line is COMPLETED
 * without output; a line with an unclosed quote, and one that nobody handles, is FAILED with a text that says so.
 *
 * `line` is text, or the bytes that came over a socket. Rejects with what `execute` rejects with.
 */
export async function runCommandLine(
  line: string | Uint8Array,
  execute: (commandLine: CommandLine) => Promise<ConsoleResult | undefined>,
): Promise<ConsoleResult> {
  const commandLine = parsed(byteString(line));
  if (commandLine instanceof ConsoleResult) return commandLine;
  if (commandLine.words.length === 0) return new ConsoleResult('');
  return (await execute(commandLine)) ?? unknownCommand(commandLine.command);
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
