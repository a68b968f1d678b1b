import { ConfigManager } from '../../../src/server/config/manager';
import { BUILTIN_COMMANDS } from '../../../src/server/console/builtin';
import { runBuiltin } from '../../../src/server/console/builtin/dispatch';
import type { ConsoleHost, ModuleFacts } from '../../../src/server/console/builtin/host';
import { inProcessSession, type ConsoleSession } from '../../../src/server/console/builtin/session';
import type { ConsoleResult } from '../../../src/server/console/result';
import { VirtualFiles } from '../../../src/server/files/virtual-files';
import { runCommandLine } from '../../../src/server/console/run';
import { ServerState, type ServerOptions } from '../../../src/server/server';
import { memoryFiles } from '../config/support';

export const START = new Date('2026-01-01T00:00:00Z');

export interface TestConsole {
  readonly server: ServerState;
  readonly host: ConsoleHost;
  /** Runs a line as the console does. */
  run(line: string | Uint8Array, session?: ConsoleSession): Promise<ConsoleResult>;
}

export interface TestConsoleOptions extends Partial<ServerOptions> {
  readonly config?: string;
  readonly modules?: readonly ModuleFacts[];
  readonly host?: Partial<ConsoleHost>;
}

/** The product's own commands over a server without scripts. */
export function builtinConsole({
  config = '',
  modules = [],
  ...options
}: TestConsoleOptions = {}): TestConsole {
  const server = new ServerState({ now: START, seed: 1, ...options });
  const manager = new ConfigManager({
    files: memoryFiles({}),
    apply: (next) => {
      server.caches.configure(next);
      return Promise.resolve({ ok: true });
    },
  });
  server.caches.configure(manager.load({ text: config }));
  const host: ConsoleHost = {
    version: '5.3',
    buildDate: 'today',
    platform: 'Test',
    processId: 1,
    builtins: BUILTIN_COMMANDS,
    config: manager,
    files: new VirtualFiles([], [], server.clock),
    connections: [],
    modules,
    hooks: [],
    scriptCommands: [],
    shutdown: () => Promise.resolve(),
    reopenLogs: () => Promise.resolve(),
    ...options.host,
  };
  const own = inProcessSession();
  return {
    server,
    host,
    run: (line, session = own) =>
      runCommandLine(line, async ({ words, command: text, xml }) => {
        const command = BUILTIN_COMMANDS.find(words);
        return command && runBuiltin(command, words, { line: text, xml, server, host, session });
      }),
  };
}

export const disabled = (scope: string): ModuleFacts => ({
  scope,
  instance: undefined,
  enabled: false,
  api: 'Singleton',
  name: scope,
  description: scope,
});
