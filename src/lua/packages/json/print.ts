import { formatFloat, parseSpecification } from '../../stdlib/printf';
import { JsonArray, JsonObject, JsonScalar, type JsonValue } from './value';

const SPECIFICATION = parseSpecification('');
const MAX_LEVELS = 500;
const ESCAPES: Readonly<Record<string, string>> = { '\b': '\\b', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** C's recursion has no end: the value contains itself, or might as well. */
export class TooDeep extends Error {
  constructor() {
    super('a json object that contains itself has no text: production exhausts its stack and ends');
  }
}

/** json-c's spaced text, `{ "a": 1, "b": [ 1, 2 ] }`: doubles as `%f`, `/` escaped, bytes from 0x80 on as they are. */
export function printJson(value: JsonValue | null, level = 0): string {
  if (level > MAX_LEVELS) throw new TooDeep();
  const print = (child: JsonValue | null) => printJson(child, level + 1);
  if (value instanceof JsonArray) return `[${value.items.map((item) => ` ${print(item)}`).join(',')} ]`;
  if (value instanceof JsonObject)
    return `{${[...value.members].map(([key, member]) => ` ${quote(key)}: ${print(member)}`).join(',')} }`;
  return value instanceof JsonScalar ? printScalar(value) : 'null';
}

function printScalar({ value }: JsonScalar): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' ? formatFloat(SPECIFICATION, 'f', value) : String(value);
}

function quote(bytes: string): string {
  return `"${bytes.replace(/[\0-\x1f"\\/]/g, escape)}"`;
}

function escape(byte: string): string {
  if (byte >= ' ') return `\\${byte}`;
  return ESCAPES[byte] ?? `\\u00${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
