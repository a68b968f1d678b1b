const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A line that has grown beyond the limit before its end was seen. */
export class LineTooLongError extends Error {
  readonly maxLength: number;

  constructor(maxLength: number) {
    super(`Line longer than ${maxLength} bytes`);
    this.name = 'LineTooLongError';
    this.maxLength = maxLength;
  }
}

/**
 * Cuts a stream of bytes into lines, each without its LF or CRLF, as they become complete; bytes after the last line
 * end are a line too. Throws LineTooLongError once a line has more than `maxLength` bytes.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<Buffer, void> {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > maxLength) throw new LineTooLongError(maxLength);
  };
  const take = (): Buffer => {
    const line = Buffer.concat(parts, length);
    parts = [];
    length = 0;
    return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  };

  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      add(bytes.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(bytes.subarray(start));
  }
  if (length > 0) yield take();
}
