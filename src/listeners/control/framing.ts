/**
 * The protocol of the control channel. The product's own is documented nowhere; its client interface tells only that
 * the length of an answer comes before its bytes (3/3-api/apis-ec-control-send-command). This one can be typed by hand.
 *
 * The client sends lines (LF or CRLF), each a console command, which are answered in order. An answer is plain: the
 * output and a NUL byte (a NUL within the output is sent as `\0`), without a status. `quit` ends the connection.
 *
 * A line that begins with the byte 0x01 is no command but a request that concerns the connection:
 *
 *     0x01 framed               answers are framed, from the one to this line on. It is NOT_AUTHN, with the text to
 *                               show, where a login is needed.
 *     0x01 login USER PASSWORD  logs in; both percent-encoded
 *     0x01 commands             the names of the commands, one per line, for completion
 *
 * A framed answer is the line `STATUS LENGTH` (a name of CONSOLE_STATUS; bytes, decimal), ended by LF, and then exactly
 * LENGTH bytes of output as they are.
 */
import { CONSOLE_STATUS, type ConsoleResult, type ConsoleStatus } from '../../server/console/result';

/** Ends a plain answer: output is of any length, and clients read until here. */
export const END_OF_ANSWER = 0;
/** Begins a line that is a request about the connection. No command's prefix may have it. */
export const REQUEST_MARK = 0x01;

const ESCAPED_NUL = Buffer.from('\\0');
const LINE_FEED = 0x0a;

/** An answer for clients that read until NUL. */
export function plainAnswer({ outputBytes: output }: ConsoleResult): Buffer {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let nul = output.indexOf(0); nul !== -1; nul = output.indexOf(0, start)) {
    parts.push(output.subarray(start, nul), ESCAPED_NUL);
    start = nul + 1;
  }
  return Buffer.concat([...parts, output.subarray(start), Buffer.of(END_OF_ANSWER)]);
}

export function framedAnswer({ status, outputBytes }: ConsoleResult): Buffer {
  return Buffer.concat([Buffer.from(`${status} ${outputBytes.length}\n`), outputBytes]);
}

export interface Frame {
  readonly status: ConsoleStatus;
  readonly output: Buffer;
}

/** What came is no framed answer: somebody else listens there. */
export class FramingError extends Error {}

const HEADER = /^([A-Z_]+) (\d{1,10})$/;
const MAX_HEADER = 32;

/** Takes a stream apart into framed answers. */
export class FrameReader {
  #parts: Buffer[] = [];
  #length = 0;
  #header: { status: ConsoleStatus; length: number } | undefined;

  /** The answers that became complete with these bytes. Throws FramingError. */
  *push(bytes: Buffer): Generator<Frame, void> {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    for (;;) {
      this.#header ??= this.#takeHeader();
      if (!this.#header || this.#length < this.#header.length) return;
      const { status, length } = this.#header;
      this.#header = undefined;
      yield { status, output: this.#take(length) };
    }
  }

  #takeHeader(): { status: ConsoleStatus; length: number } | undefined {
    const bytes = this.#joined();
    const end = bytes.subarray(0, MAX_HEADER).indexOf(LINE_FEED);
    if (end === -1) {
      if (bytes.length >= MAX_HEADER || bytes.includes(END_OF_ANSWER)) throw new FramingError();
      return undefined;
    }
    const [, status = '', length = ''] = HEADER.exec(this.#take(end + 1).toString('latin1', 0, end)) ?? [];
    if (!isStatus(status)) throw new FramingError();
    return { status, length: Number(length) };
  }

  #take(count: number): Buffer {
    const bytes = this.#joined();
    this.#parts = [bytes.subarray(count)];
    this.#length -= count;
    return bytes.subarray(0, count);
  }

  #joined(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts, this.#length)];
    return this.#parts[0] ?? Buffer.alloc(0);
  }
}

const isStatus = (name: string): name is ConsoleStatus => Object.hasOwn(CONSOLE_STATUS, name);
