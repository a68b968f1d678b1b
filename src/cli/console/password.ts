import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import { ReadStream } from 'node:tty';
import { UsageError } from '../../support/errors';

const NO_TERMINAL =
  'a password is needed, and there is no terminal to ask for it: give user:password@ADDR, or use a terminal';

/**
 * Shows a text and `Password:` (4/control-authz) and reads a line that is not shown. Rejects with UsageError when the
 * input ends, and on Ctrl-C and Ctrl-D.
 */
export async function readPassword(input: Readable, output: Writable, text: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  // Not before: what is typed is shown until readline has the terminal.
  output.write(`${text}\nPassword:`);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => reject(new UsageError('no password was given')));
    });
  } finally {
    lines.close();
    output.write('\n');
  }
}

/** Asks on the terminal of the process, also while its standard input is something else. */
export async function askOnTerminal(text: string): Promise<string> {
  if (process.stdin.isTTY) return readPassword(process.stdin, process.stderr, text);
  const terminal = openTerminal();
  try {
    return await readPassword(terminal, process.stderr, text);
  } finally {
    terminal.destroy();
  }
}

function openTerminal(): ReadStream {
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch (cause) {
    throw new UsageError(NO_TERMINAL, { cause });
  }
}
