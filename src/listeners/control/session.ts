import type { Socket } from 'node:net';
import { MomentumCrash } from '../../support/errors';
import type { ConsoleResult } from '../../server/console/result';
import { frameAnswer } from './framing';
import { LineTooLongError, readLines } from './lines';

/** Runs one command line, given as the bytes that came. */
export type RunCommand = (line: Buffer) => Promise<ConsoleResult>;

export interface SessionLimits {
  /** Bytes in one command line. */
  readonly maxLineLength: number;
  /** Milliseconds of real time without a command after which the connection is closed; 0: never. */
  readonly idleTimeout: number;
}

/**
 * Serves one connection until `quit`, the client's end, or an error of the connection. Commands run one after the
 * other, each answered before the next is read. A command's own error becomes its answer; if it is the crash of the
 * simulated server, the connection is reset instead. Never rejects.
 */
export async function serveSession(socket: Socket, run: RunCommand, limits: SessionLimits): Promise<void> {
  // Without a listener an error of the connection would end the process; reading reports it below.
  socket.on('error', () => undefined);
  socket.on('timeout', () => socket.destroy());
  socket.setTimeout(limits.idleTimeout);
  try {
    for await (const line of readLines(chunksOf(socket), limits.maxLineLength)) {
      if (line.toString('latin1').trim() === 'quit') break;
      socket.setTimeout(0);
      const output = await answer(line, run);
      socket.setTimeout(limits.idleTimeout);
      socket.write(frameAnswer(output));
    }
    finish(socket);
  } catch (error) {
    endAfter(error, socket);
  }
}

async function answer(line: Buffer, run: RunCommand): Promise<Uint8Array> {
  try {
    return (await run(line)).outputBytes;
  } catch (error) {
    if (error instanceof MomentumCrash) throw error;
    return Buffer.from(error instanceof Error ? error.message : String(error));
  }
}

function endAfter(error: unknown, socket: Socket): void {
  if (error instanceof MomentumCrash) resetConnection(socket);
  else if (error instanceof LineTooLongError) finish(socket, frameAnswer(Buffer.from(error.message)));
  else socket.destroy();
}

/** Left to itself, the iterator destroys the socket when its reader stops, and with it answers not yet sent. */
function chunksOf(socket: Socket): AsyncIterable<Uint8Array> {
  return socket.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>;
}

/** Ends our half; what still comes is discarded, so that the client's end is seen and the connection closes. */
function finish(socket: Socket, last: Uint8Array = Buffer.alloc(0)): void {
  socket.end(last);
  socket.resume();
}

/** Closes a connection as the death of the process would: on TCP the client sees it reset. */
export function resetConnection(socket: Socket): void {
  const isUnixSocket = socket.remoteFamily === undefined;
  if (isUnixSocket) socket.destroy();
  else socket.resetAndDestroy();
}
