import path from 'node:path';
import { runConfigWords, type ConfigAnswer } from '../../../src/server/config/commands';
import { Configuration } from '../../../src/server/config/configuration';
import type { ConfigFiles } from '../../../src/server/config/files';
import { ConfigManager, type ConfigEnvironment } from '../../../src/server/config/manager';
import { configCommands } from '../../../src/server/console/builtin/config';
import { BuiltinCommands, runBuiltin } from '../../../src/server/console/builtin/dispatch';
import type { ConsoleHost } from '../../../src/server/console/builtin/host';
import { inProcessSession, type ConsoleSession } from '../../../src/server/console/builtin/session';
import { parseCommandLine } from '../../../src/server/console/command-line';
import type { ConsoleResult } from '../../../src/server/console/result';
import { ServerState } from '../../../src/server/server';

/** Files in memory, by their paths. */
export function memoryFiles(
  files: Record<string, string>,
): ConfigFiles & { readonly all: Map<string, string> } {
  const all = new Map(Object.entries(files));
  return {
    all,
    readFile: (file) => all.get(file),
    listDirectory(directory) {
      const below = [...all.keys()].filter((file) => file.startsWith(`${directory}/`));
      return below.length === 0
        ? undefined
        : below.map((file) => path.relative(directory, file).split('/')[0]!);
    },
    writeFile: (file, text) => void all.set(file, text),
  };
}

export const configuration = (text: string) => Configuration.load({ text });

export interface TestConsole {
  readonly manager: ConfigManager;
  readonly session: () => ConsoleSession;
  readonly run: (line: string, session?: ConsoleSession) => Promise<ConsoleResult>;
  readonly words: (...words: string[]) => ConfigAnswer | Promise<ConfigAnswer>;
}

/** A manager behind the console's commands. */
export function testConsole(
  source: string | { readonly files: ConfigFiles; readonly file: string },
  environment: Partial<ConfigEnvironment> = {},
): TestConsole {
  const files = typeof source === 'string' ? memoryFiles({}) : source.files;
  const manager = new ConfigManager({
    files,
    apply: () => Promise.resolve({ ok: true }),
    ...environment,
  });
  manager.load(typeof source === 'string' ? { text: source } : { file: source.file });
  const server = new ServerState({ now: new Date(0), seed: 1 });
  const host = { config: manager } as ConsoleHost;
  const commands = new BuiltinCommands(configCommands);
  const own = inProcessSession();
  return {
    manager,
    session: inProcessSession,
    run(line, session = own) {
      const { words, command, xml } = parseCommandLine(Buffer.from(line, 'utf8').toString('latin1'));
      return runBuiltin(commands.find(words)!, words, { line: command, xml, server, host, session });
    },
    words: (...words) => runConfigWords(manager, own, words),
  };
}
