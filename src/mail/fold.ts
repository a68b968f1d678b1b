/** Lines of a header are not longer than this where blanks allow (RFC 5322, 2.1.1). */
const LINE_LENGTH = 78;

/**
 * A header line with line breaks before single spaces, so that unfolding gives it back. Other blanks are no places to
 * break: a fold would not tell how many there were.
 */
export function foldLine(line: string): string {
  const lines: string[] = [];
  let current: string | undefined;
  for (const word of line.split(/(?<=[^ \t]) (?=[^ \t])/)) {
    if (current === undefined) current = word;
    else if (fits(current, word) || gainsNothing(current, word)) current += ` ${word}`;
    else {
      lines.push(current);
      current = ` ${word}`;
    }
  }
  return [...lines, current ?? ''].join('\r\n');
}

const fits = (line: string, word: string): boolean => line.length + 1 + word.length <= LINE_LENGTH;

/** A word that is too long for any line stays behind the header's name. */
const gainsNothing = (line: string, word: string): boolean =>
  /^[^ \t]+:$/.test(line) && word.length >= LINE_LENGTH;
