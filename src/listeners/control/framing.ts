/** Ends each answer: output is of any length, and clients read until here. */
export const END_OF_ANSWER = 0;

const ESCAPED_NUL = Buffer.from('\\0');

/** An answer as it goes over the wire. A NUL byte inside the output would end it too early: it becomes `\0`. */
export function frameAnswer(output: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let nul = output.indexOf(0); nul !== -1; nul = output.indexOf(0, start)) {
    parts.push(output.subarray(start, nul), ESCAPED_NUL);
    start = nul + 1;
  }
  return Buffer.concat([...parts, output.subarray(start), Buffer.of(END_OF_ANSWER)]);
}
