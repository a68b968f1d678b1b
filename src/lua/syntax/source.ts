import type { Position } from './tree';

/**
 * One piece of Lua source: its bytes, the name Lua knows it by, and the path people know it by.
 *
 * `text` holds one character per byte (latin1), so that positions count bytes and nothing is lost
 * in a file that is not UTF-8.
 */
export class Source {
  private lineStarts: number[] | undefined;

  constructor(
    /** Lua's chunk name: `@path` for a file, `=name` for a literal name, otherwise the text itself. */
    readonly chunkName: string,
    readonly text: string,
    /** Absolute path of the real file, when there is one. */
    readonly path?: string,
  ) {}

  static fromBytes(chunkName: string, bytes: Uint8Array, path?: string): Source {
    return new Source(chunkName, Buffer.from(bytes).toString('latin1'), path);
  }

  /** The bytes of a line (from 1) without its end, or undefined when there is no such line. */
  lineBytes(line: number): string | undefined {
    const starts = (this.lineStarts ??= findLineStarts(this.text));
    const from = starts[line - 1];
    if (from === undefined) return undefined;
    return this.text.slice(from, starts[line] ?? this.text.length).replace(/[\r\n]+$/, '');
  }

  /** A line as people read it. */
  line(line: number): string | undefined {
    const bytes = this.lineBytes(line);
    return bytes === undefined ? undefined : toDisplay(bytes);
  }

  /** Turns a column in bytes into a column in characters. */
  displayColumn({ line, column }: Position): number {
    const bytes = this.lineBytes(line) ?? '';
    return toDisplay(bytes.slice(0, column - 1)).length + 1;
  }

  /** The lines around a position with a caret under it, or '' when the position is outside the text. */
  excerpt(at: Position, context = 2): string {
    if (this.lineBytes(at.line) === undefined) return '';
    const first = Math.max(1, at.line - context);
    const rows: string[] = [];
    const width = String(at.line + context).length;
    for (let number = first; number <= at.line + context; number++) {
      const text = this.line(number);
      if (text === undefined || (number > at.line && text === '' && this.line(number + 1) === undefined))
        break;
      const gutter = String(number).padStart(width);
      rows.push(`${number === at.line ? '>' : ' '} ${gutter} | ${text}`.trimEnd());
      if (number === at.line && at.column > 0) {
        const before = text.slice(0, this.displayColumn(at) - 1).replace(/[^\t]/g, ' ');
        rows.push(`  ${' '.repeat(width)} | ${before}^`);
      }
    }
    return rows.join('\n');
  }
}

/** Bytes (latin1) as text: UTF-8 where they are valid UTF-8, otherwise the bytes as they are. */
export function toDisplay(bytes: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? bytes : decoded;
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c !== '\n' && c !== '\r') continue;
    const next = text[i + 1];
    if ((next === '\n' || next === '\r') && next !== c) i++;
    starts.push(i + 1);
  }
  return starts;
}

const ID_SIZE = 60;

/** How Lua prints a chunk name in a message (luaO_chunkid, LUA_IDSIZE 60). */
export function chunkId(chunkName: string): string {
  if (chunkName.startsWith('=')) return chunkName.slice(1, ID_SIZE);
  if (chunkName.startsWith('@')) {
    const name = chunkName.slice(1);
    const room = ID_SIZE - ' ... '.length - 1 - 2;
    return name.length > room ? `...${name.slice(name.length - room)}` : name;
  }
  const line = chunkName.search(/[\r\n]/);
  const first = line < 0 ? chunkName : chunkName.slice(0, line);
  const room = ID_SIZE - ' [string "..."] '.length - 1;
  return first.length < chunkName.length || first.length > room
    ? `[string "${first.slice(0, room)}..."]`
    : `[string "${first}"]`;
}
