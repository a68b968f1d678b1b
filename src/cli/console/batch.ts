import type { Readable, Writable } from 'node:stream';
import type { ControlConnection } from '../../listeners/control/client';
import { readLines } from '../../listeners/control/lines';
import { UsageError } from '../../support/errors';
import { writeOutput } from './output';

/**
 * Runs commands until `quit` or their end, and writes the answers. Resolves to the exit status: 0 when every command
 * was completed, otherwise 1; one that fails does not keep the next from running. Rejects with UsageError when the
 * connection ends.
 */
export async function runBatch(
  connection: ControlConnection,
  commands: AsyncIterable<string | Buffer> | Iterable<string | Buffer>,
  output: Writable,
): Promise<number> {
  let status = 0;
  for await (const command of commands) {
    const text = command.toString().trim();
    if (text === 'quit') break;
    if (text === '') continue;
    const answer = await connection.request(command);
    writeOutput(output, answer.outputBytes);
    if (answer.status !== 'COMPLETED') status = 1;
  }
  return status;
}

/** The lines of an input. They end with an error as soon as the connection has ended, also while none comes. */
export function linesUntilClosed(input: Readable, connection: ControlConnection): AsyncIterable<Buffer> {
  void connection.closed.then(() =>
    input.destroy(new UsageError('the control channel closed the connection')),
  );
  return readLines(input as AsyncIterable<Buffer>, Number.POSITIVE_INFINITY);
}
