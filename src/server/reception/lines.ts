/** Lines of a message's bytes. */

const LF = 0x0a;
const CR = 0x0d;
const CRLF = Buffer.from('\r\n');

/** Whether there is a CR without LF, or a LF without CR. */
export function hasLoneLineEnds(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1))
    if (bytes[at - 1] !== CR) return true;
  for (let at = bytes.indexOf(CR); at !== -1; at = bytes.indexOf(CR, at + 1))
    if (bytes[at + 1] !== LF) return true;
  return false;
}

/** The same lines, all with CRLF. */
export function mendLineEnds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n'), 'latin1');
}

/** Where lines begin, where their ends (CRLF or LF) do, and where the next one does. */
function* linesOf(bytes: Buffer): Generator<{ start: number; end: number; next: number }> {
  for (let start = 0, next: number; start < bytes.length; start = next) {
    const lf = bytes.indexOf(LF, start);
    next = lf === -1 ? bytes.length : lf + 1;
    const last = lf === -1 ? next : lf;
    yield { start, end: last > start && bytes[last - 1] === CR ? last - 1 : last, next };
  }
}

/** Octets of the longest line, without its end. */
export function longestLine(bytes: Buffer): number {
  let longest = 0;
  for (const { start, end } of linesOf(bytes)) longest = Math.max(longest, end - start);
  return longest;
}

/** Cuts lines that are longer than `limit` octets. */
export function breakLines(bytes: Buffer, limit: number): Buffer {
  const pieces: Buffer[] = [];
  for (const { start, end, next } of linesOf(bytes)) {
    let at = start;
    for (; end - at > limit; at += limit) pieces.push(bytes.subarray(at, at + limit), CRLF);
    pieces.push(bytes.subarray(at, next));
  }
  return Buffer.concat(pieces);
}
