import { controlRequest } from '../listeners/control/client';
import { CommandLineError, type Command } from './command';

const USAGE = `Usage: momentum-sim console ADDR COMMAND...

Sends a console command to a simulated server and prints its answer.

  ADDR     a port on loopback, host:port, or the path of a Unix socket
  COMMAND  the command's words, sent as one line; the console's own quotes need quoting for the shell:
           momentum-sim console 2025 'say "two words"'
`;

/** `momentum-sim console`: what the product's console does in batch mode (4/executable/ec-console). */
export const consoleCommand: Command = {
  summary: 'sends a console command to a served simulator',
  usage: USAGE,
  async run([address, ...words]) {
    if (address === undefined) throw new CommandLineError('an address is missing');
    if (address.startsWith('-')) throw new CommandLineError(`unknown option '${address}'`);
    if (words.length === 0) throw new CommandLineError('a console command is missing');
    const { outputBytes } = await controlRequest({ address }, words.join(' '));
    process.stdout.write(outputBytes);
    const isLineOpen = outputBytes.length > 0 && outputBytes.at(-1) !== 0x0a;
    if (isLineOpen) process.stdout.write('\n');
    return 0;
  },
};
