import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { UsageError } from '../../support/errors';
import { textOfBytes } from '../../server/bytes';
import { socketOptions, type BoundControlAddress, type ControlAddress } from './address';
import { END_OF_ANSWER } from './framing';

/** The answer to one command. The wire carries no status. */
export interface ControlAnswer {
  /** Output as text: UTF-8 if it is that, otherwise one character per byte. */
  readonly output: string;
  readonly outputBytes: Buffer;
}

/**
 * Sends one command to a served control channel over a connection of its own and resolves to the answer (of `quit`:
 * nothing). Rejects with UsageError when the line is no single line, when nobody answers at the address (`cause` is
 * the system's error), and when the connection ends before the answer does.
 */
export async function controlRequest(
  target: { readonly address: ControlAddress | BoundControlAddress },
  line: string,
): Promise<ControlAnswer> {
  if (/[\r\n]/.test(line)) throw new UsageError('a console command is one line');
  const socket = connect(socketOptions(target.address));
  try {
    await once(socket, 'connect');
    socket.end(`${line}\n`);
    const outputBytes = await readAnswer(socket, line);
    return { output: textOfBytes(outputBytes), outputBytes };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`the control channel at ${shown(target.address)} does not answer: ${reason}`, {
      cause,
    });
  } finally {
    socket.destroy();
  }
}

async function readAnswer(socket: Socket, line: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    const end = chunk.indexOf(END_OF_ANSWER);
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    if (end !== -1) return Buffer.concat(chunks);
  }
  if (line.trim() === 'quit') return Buffer.alloc(0);
  throw new UsageError('the control channel closed the connection before the end of its answer');
}

function shown(address: ControlAddress | BoundControlAddress): string {
  if (typeof address !== 'object') return String(address);
  return 'path' in address ? address.path : `${address.address}:${address.port}`;
}
