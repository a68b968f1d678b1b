/** The headers of a message in bytes, with the line end of the last one; empty when there are none. */
export function headerBlock(raw: Buffer | undefined): Buffer {
  if (!raw) return Buffer.alloc(0);
  if (/^\r?\n/.test(raw.toString('latin1', 0, 2))) return Buffer.alloc(0);
  const end = /\r?\n\r?\n/.exec(raw.toString('latin1'));
  if (!end) return raw;
  return raw.subarray(0, end.index + end[0].indexOf('\n') + 1);
}

/**
 * The physical lines of all headers of a name, in whatever case: of the first line what follows the colon and blanks, of
 * a folded one everything (4/console-commands/fail-domain-quiet).
 */
export function physicalHeaderLines(raw: Buffer | undefined, name: string): string[] {
  const wanted = name.toLowerCase();
  const found: string[] = [];
  let isWanted = false;
  for (const line of headerBlock(raw).toString('utf8').split(/\r?\n/)) {
    const isFolded = /^[ \t]/.test(line);
    const colon = line.indexOf(':');
    if (!isFolded) isWanted = colon > 0 && line.slice(0, colon).trimEnd().toLowerCase() === wanted;
    if (isWanted) found.push(isFolded ? line : line.slice(colon + 1).trimStart());
  }
  return found;
}
