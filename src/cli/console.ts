import { homedir } from 'node:os';
import path from 'node:path';
import type { ControlConnection } from '../listeners/control/client';
import { CommandLineError, type Command } from './command';
import { linesUntilClosed, runBatch } from './console/batch';
import { historyInFile } from './console/history';
import { runInteractive } from './console/interactive';
import { connectTo } from './console/login';
import { pagerOf } from './console/pager';
import { askOnTerminal } from './console/password';
import { DEFAULT_ADDRESS, parseTarget, type Target } from './console/target';

const USAGE = `Usage: momentum-sim console [[USER[:PASSWORD]@]ADDR [COMMAND...]]

The console of a served simulator. On a terminal it is interactive: with line editing, history and completion; quit or
Ctrl-D leaves it, and \\pager turns paging of long output through $PAGER on and off. With a command, and when standard
input is no terminal, it only runs commands, those of standard input one per line.

  USER     who to log in as where the server wants a login; the name on this system by default
  ADDR     a port on loopback, host:port, [v6]:port, or the path of a Unix socket; ${DEFAULT_ADDRESS} by default
  COMMAND  the command's words, sent as one line; the console's own quotes need quoting for the shell:
           momentum-sim console 2025 'say "two words"'

The exit status is 0, or 1 when a command failed or was not allowed, and when the connection ended.
`;

/** `momentum-sim console`: what the product's console does (4/executable/ec-console). */
export const consoleCommand: Command = {
  summary: 'the console of a served simulator: interactive, or one command',
  usage: USAGE,
  async run([address = DEFAULT_ADDRESS, ...words]) {
    if (address === '--man') {
      process.stdout.write(USAGE);
      return 0;
    }
    if (address.startsWith('-')) throw new CommandLineError(`unknown option '${address}'`);
    const target = parseTarget(address);
    const connection = await connectTo(target, askOnTerminal);
    try {
      return await converse(connection, target, words);
    } finally {
      connection.close();
    }
  },
};

function converse(connection: ControlConnection, { shown }: Target, words: string[]): Promise<number> {
  const { stdin, stdout, env } = process;
  if (words.length > 0) return runBatch(connection, [words.join(' ')], stdout);
  if (!stdin.isTTY) return runBatch(connection, linesUntilClosed(stdin, connection), stdout);
  return runInteractive(connection, {
    input: stdin,
    output: stdout,
    history: historyInFile(path.join(homedir(), '.momentum-sim_history')),
    endpoint: shown,
    pager: env.PAGER ? pagerOf(env.PAGER) : undefined,
    now: () => new Date(),
  });
}
