import { formatNumber, LuaTable, type LuaValue, type LuaVM } from '../lua';
import type { ApiTable } from './runtime';
import { typeOf } from './types';

/** A table that does not fit on a line of this length has a line for each of its values. */
const WIDTH = 80;
const INDENT = 2;
/** Deeper ones are left out. */
const MAX_DEPTH = 200;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '"': '\\"', '\\': '\\\\' };
const KEYWORDS = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

function quote(text: string): string {
  const escaped = text.replace(/[\n\r"\\]/g, (character) => ESCAPES[character]!);
  return `"${escaped.replaceAll('\0', '\\000')}"`;
}

/** A value as an expression of Lua; what has none is nil, with a comment that names it. */
class Dump {
  readonly #parents: object[] = [];

  constructor(private readonly vm: LuaVM) {}

  value(value: LuaValue, indent: number): string {
    if (typeof value === 'string') return quote(value);
    if (typeof value === 'number') return formatNumber(value);
    if (value === undefined || typeof value === 'boolean') return String(value ?? 'nil');
    if (!(value instanceof LuaTable)) return `nil --[[${typeOf(this.vm, value)}]]`;
    if (this.#parents.includes(value.table)) return 'nil --[[the table that it is in]]';
    if (this.#parents.length >= MAX_DEPTH) return 'nil --[[table]]';
    this.#parents.push(value.table);
    const dumped = this.#table(value, indent);
    this.#parents.pop();
    return dumped;
  }

  #table(table: LuaTable, indent: number): string {
    const inner = indent + INDENT;
    const length = listLength(table);
    const parts: string[] = [];
    for (let i = 1; i <= length; i++) parts.push(this.value(table.get(i), inner));
    for (const [key, value] of sortedEntries(table, length))
      parts.push(`${this.#key(key, inner)}=${this.value(value, inner)}`);
    if (parts.length === 0) return '{}';
    const line = `{ ${parts.join(', ')} }`;
    if (indent + line.length <= WIDTH && !line.includes('\n')) return line;
    const margin = ' '.repeat(inner);
    return `{\n${parts.map((part) => margin + part).join(',\n')}\n${' '.repeat(indent)}}`;
  }

  #key(key: LuaValue, indent: number): string {
    const isName = typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key) && !KEYWORDS.has(key);
    return isName ? key : `[${this.value(key, indent)}]`;
  }
}

/** How many values of a table stand under 1, 2, 3 …. */
function listLength(table: LuaTable): number {
  let length = 0;
  while (table.get(length + 1) !== undefined) length++;
  return length;
}

/** The entries beside the list: numbers first, then the others by their names. */
function sortedEntries(table: LuaTable, listed: number): [LuaValue, LuaValue][] {
  const isListed = (key: LuaValue) =>
    typeof key === 'number' && Number.isInteger(key) && key >= 1 && key <= listed;
  return [...table.entries()]
    .filter(([key, value]) => value !== undefined && !isListed(key))
    .sort(([a], [b]) => compareKeys(a, b));
}

function compareKeys(a: LuaValue, b: LuaValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : Number(left > right);
}

/** `msys.dumper.Dumper` (4/lua/ref-msys-dumper-dumper, 4/4-implementing-policy-scriptlets). */
export const dumper: ApiTable = {
  'msys.dumper.Dumper': ({ vm }, [value]) => `return ${new Dump(vm).value(value, 0)}`,
};
