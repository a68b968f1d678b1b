import { spawn } from 'node:child_process';

/** Shows output page by page; resolves to whether it could. */
export type Pager = (output: Buffer) => Promise<boolean>;

/** The shell's answers for a program that is not there, or is none. */
const NOT_RUN = [126, 127];

/** The pager of a command line as $PAGER holds it (4/console-commands/pager). */
export function pagerOf(command: string): Pager {
  return (output) =>
    new Promise((resolve) => {
      const pager = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] });
      pager.once('error', () => resolve(false));
      pager.once('close', (status) => resolve(!NOT_RUN.includes(status ?? 0)));
      // Whoever leaves the pager early breaks the pipe.
      pager.stdin.on('error', () => undefined);
      pager.stdin.end(output);
    });
}

/** Lines in an output. */
export function lineCount(output: Buffer): number {
  let count = 0;
  for (let at = output.indexOf('\n'); at !== -1; at = output.indexOf('\n', at + 1)) count++;
  return count;
}
