#!/usr/bin/env node
import { MomentumSimError } from '../support/errors';
import { CommandLineError, type Command } from './command';
import { consoleCommand } from './console';
import { luaCommand } from './lua';
import { serveCommand } from './serve';
import { packageVersion } from './version';

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: serveCommand,
  console: consoleCommand,
  lua: luaCommand,
};

const USAGE = `Usage: momentum-sim COMMAND [ARGUMENTS]

A simulated Momentum mail server for testing its Lua modules.

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}\n`)
  .join('')}
Options:
  --help     shows this text; momentum-sim COMMAND --help shows that of a command
  --version  shows the version
`;

const HELP = ['--help', '-h'];

/** Runs a command line; resolves to the exit status: 0, 1 when the work failed, 2 when the command line is wrong. */
async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined) return misuse('a command is missing', USAGE);
  if (HELP.includes(name)) return print(USAGE);
  if (name === '--version') return print(`${packageVersion()}\n`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    return misuse(name.startsWith('-') ? `unknown option '${name}'` : `unknown command '${name}'`, USAGE);
  }
  if (HELP.includes(args[0] ?? '')) return print(command.usage);
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof CommandLineError) return misuse(error.message, command.usage);
    if (!(error instanceof MomentumSimError)) throw error;
    process.stderr.write(`momentum-sim: ${error.message}\n`);
    return 1;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function misuse(problem: string, usage: string): number {
  process.stderr.write(`momentum-sim: ${problem}\n\n${usage}`);
  return 2;
}

// A reader that has seen enough (`| head`) ends the program, as SIGPIPE ends others.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(1);
});

// Not process.exit: what has been written to a pipe would be lost.
void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
