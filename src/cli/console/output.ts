import type { Writable } from 'node:stream';

const LINE_FEED = 0x0a;

/** Output with its last line ended; nothing stays nothing. */
export function withLineEnd(output: Buffer): Buffer {
  const isLineOpen = output.length > 0 && output.at(-1) !== LINE_FEED;
  return isLineOpen ? Buffer.concat([output, Buffer.of(LINE_FEED)]) : output;
}

export function writeOutput(stream: Writable, output: Buffer): void {
  if (output.length > 0) stream.write(withLineEnd(output));
}
