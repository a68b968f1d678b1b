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
/** Syntax errors leave more room for the name of the chunk than run-time errors and tracebacks do. */
export const SYNTAX_ID_SIZE = 80;

/**
 * How Lua prints a chunk name in a message (`luaO_chunkid`).
 * @param size bytes that the name may take, with C's terminating zero
 */
export function chunkId(chunkName: string, size = ID_SIZE): string {
  const name = cString(chunkName);
  if (name.startsWith('=')) return name.slice(1, size);
  if (name.startsWith('@')) {
    const file = name.slice(1);
    const room = size - " '...' ".length - 1;
    return file.length > room ? `...${file.slice(file.length - room)}` : file;
  }
  const line = name.search(/[\r\n]/);
  const first = line < 0 ? name : name.slice(0, line);
  const room = size - ' [string "..."] '.length - 1;
  const isWhole = line < 0 && first.length <= room;
  return isWhole ? `[string "${first}"]` : `[string "${first.slice(0, room)}..."]`;
}

/** What C sees of a text: all before the first zero byte. */
export function cString(bytes: string): string {
  const zero = bytes.indexOf('\0');
  return zero < 0 ? bytes : bytes.slice(0, zero);
}
