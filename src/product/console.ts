import { EcString } from '../api/ec-string';
import {
  Argv,
  argv as argvClass,
  bindObject,
  commandConstruct,
  ecString,
  type CommandConstruct,
} from '../api/objects';
import { LuaError, type LuaFunction, type LuaValue } from '../lua';
import type { Generation } from '../scriptlet/generation';
import { BUILTIN_COMMANDS } from '../server/console/builtin';
import type { BuiltinCommand } from '../server/console/builtin/command';
import { runBuiltin } from '../server/console/builtin/dispatch';
import type { ConsoleHost } from '../server/console/builtin/host';
import type { ConsoleSession } from '../server/console/builtin/session';
import type { CommandLine } from '../server/console/command-line';
import type { Command } from '../server/console/commands';
import { ConsoleResult } from '../server/console/result';
import { runCommandLine } from '../server/console/run';
import type { ServerState } from '../server/server';

/** Who asks, and of which generation. */
export interface ConsoleCaller {
  readonly generation: Generation;
  readonly session: ConsoleSession;
}

/** What a line turned out to be. */
type Found =
  | { readonly kind: 'script'; readonly command: Command<LuaFunction> }
  | { readonly kind: 'builtin'; readonly command: BuiltinCommand }
  | undefined;

/**
 * Runs console commands: those that scripts registered (4/lua/ref-msys-register-control), then the product's own
 * (4/4-console-commands), with the hooks around them.
 */
export class Console {
  constructor(
    private readonly server: ServerState,
    private readonly host: ConsoleHost,
    /** Writes an error of a command into the paniclog; throws it when it is a crash. */
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Names of the product's own commands. */
  get builtinNames(): string[] {
    return [...BUILTIN_COMMANDS].map(({ name }) => name);
  }

  run(caller: ConsoleCaller, line: string | Uint8Array): Promise<ConsoleResult> {
    return runCommandLine(line, async (commandLine) => {
      const replaced = await this.replaceByHook(caller, commandLine);
      const result = replaced ?? (await this.execute(caller, commandLine));
      return result && this.callPostHooks(caller, commandLine, result);
    });
  }

  private execute(caller: ConsoleCaller, line: CommandLine): Promise<ConsoleResult> | undefined {
    const found = find(caller.generation, line.words);
    if (found?.kind === 'script') return this.runScript(caller.generation, found.command, line);
    return found && this.runBuiltin(caller, found.command, line);
  }

  private runBuiltin(
    { session }: ConsoleCaller,
    command: BuiltinCommand,
    { words, xml, command: line }: CommandLine,
  ) {
    return runBuiltin(command, words, { line, xml, server: this.server, host: this.host, session });
  }

  /** `print` answers the console; an error is the answer's last line, and the paniclog has its traceback. */
  private async runScript(
    generation: Generation,
    command: Command<LuaFunction>,
    line: CommandLine,
  ): Promise<ConsoleResult> {
    const output: string[] = [];
    try {
      await generation.run(command.fn, [construct(generation, line)], { phase: 'console', output });
      return answer(output, 'COMPLETED');
    } catch (error) {
      this.failed(error);
      const message = error instanceof LuaError ? error.luaMessage : (error as Error).message;
      return answer([...output, message], 'FAILED');
    }
  }

  /** `core_control_pre_command`: a provider that answers 1 has dealt with the command itself. */
  private async replaceByHook({ generation }: ConsoleCaller, line: CommandLine) {
    const { hooks, runtime } = generation;
    if (!hooks.has('core_control_pre_command')) return undefined;
    const response = new EcString('');
    const args = [construct(generation, line), bindObject(runtime, ecString, response)];
    const replacing = await hooks.run('core_control_pre_command', { args });
    return replacing && answer([response.text], 'COMPLETED');
  }

  /** `core_control_post_control` after the command, `core_control_post_command` after the line; both are told. */
  private async callPostHooks({ generation }: ConsoleCaller, line: CommandLine, result: ConsoleResult) {
    const { hooks, runtime } = generation;
    const output = (): LuaValue =>
      bindObject(runtime, ecString, new EcString(result.outputBytes.toString('latin1')));
    if (hooks.has('core_control_post_control')) {
      const cc = construct(generation, line);
      const argv = bindObject(runtime, argvClass, cc.argv);
      const args = [cc, line.words.length, argv, line.command, output()];
      await hooks.run('core_control_post_control', { args });
    }
    if (hooks.has('core_control_post_command'))
      await hooks.run('core_control_post_command', { args: [construct(generation, line), output()] });
    return result;
  }
}

/** The command with the most words; of two with as many the script's. */
function find({ commands }: Generation, words: readonly string[]): Found {
  const script = commands.find(words);
  const builtin = BUILTIN_COMMANDS.find(words);
  if (script && (!builtin || wordCount(script.prefix) >= wordCount(builtin.name)))
    return { kind: 'script', command: script };
  return builtin && { kind: 'builtin', command: builtin };
}

const wordCount = (text: string) => text.split(' ').length;

function construct({ runtime }: Generation, { command, words, xml }: CommandLine): CommandConstruct {
  const cc: CommandConstruct = { command, argv: new Argv(words), xml };
  return bindObject(runtime, commandConstruct, cc);
}

function answer(output: readonly string[], status: 'COMPLETED' | 'FAILED'): ConsoleResult {
  return new ConsoleResult(Buffer.from(output.join(''), 'latin1'), status);
}
