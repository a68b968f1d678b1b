import { Argv, bindObject, commandConstruct, type CommandConstruct } from './api/objects';
import { LuaError, type LuaFunction } from './lua';
import type { Generation } from './scriptlet/generation';
import type { CommandLine } from './server/console/command-line';
import type { Command } from './server/console/commands';
import { ConsoleResult } from './server/console/result';
import { runCommandLine } from './server/console/run';
import type { ServerState } from './server/server';

/** Runs console commands that scripts registered (4/lua/ref-msys-register-control). */
export class ConsoleRunner {
  constructor(
    readonly server: ServerState,
    /** Writes an error of a command into the paniclog; throws it when it is a crash. */
    private readonly failed: (error: unknown) => void,
  ) {}

  run(generation: Generation, line: string | Uint8Array): Promise<ConsoleResult> {
    return runCommandLine(
      line,
      (words) => generation.commands.find(words),
      (command, commandLine) => this.execute(generation, command, commandLine),
    );
  }

  /** `print` answers the console; an error is the answer's last line, and the paniclog has its traceback. */
  private async execute(
    generation: Generation,
    command: Command<LuaFunction>,
    { command: line, words, xml }: CommandLine,
  ): Promise<ConsoleResult> {
    const output: string[] = [];
    const cc: CommandConstruct = { command: line, argv: new Argv(words), xml };
    const argument = bindObject(generation.runtime, commandConstruct, cc);
    try {
      await generation.run(command.fn, [argument], { phase: 'console', output });
      return answer(output, 'COMPLETED');
    } catch (error) {
      this.failed(error);
      const message = error instanceof LuaError ? error.luaMessage : (error as Error).message;
      return answer([...output, message], 'FAILED');
    }
  }
}

function answer(output: readonly string[], status: 'COMPLETED' | 'FAILED'): ConsoleResult {
  return new ConsoleResult(Buffer.from(output.join(''), 'latin1'), status);
}
