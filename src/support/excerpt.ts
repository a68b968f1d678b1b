/** Places in a text and what a reader needs to see of them. */
export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** The lines around a position with a caret under it, or '' when the position is outside the text. */
export function excerptOf(text: string, at: TextPosition, context = 2): string {
  const lines = text.split('\n');
  if (at.line < 1 || at.line > lines.length) return '';
  const first = Math.max(1, at.line - context);
  const last = Math.min(at.line + context, text.endsWith('\n') ? lines.length - 1 : lines.length);
  const width = String(at.line + context).length;
  const rows: string[] = [];
  for (let number = first; number <= Math.max(last, at.line); number++) {
    const line = lines[number - 1]!.replace(/\r$/, '');
    rows.push(`${number === at.line ? '>' : ' '} ${String(number).padStart(width)} | ${line}`.trimEnd());
    if (number !== at.line) continue;
    const before = line.slice(0, at.column - 1).replace(/[^\t]/g, ' ');
    rows.push(`  ${' '.repeat(width)} | ${before}^`);
  }
  return rows.join('\n');
}
