/** Replacement texts of `pcre.replace` (4/lua/ref-msys-pcre-replace). */
import type { Match } from './operations';

/** A reference: a group's number or name; or text. */
type Part = string | { readonly group: number } | { readonly name: string };

/**
 * `$1`, `\1`, `${1}` and `${name}` stand for groups, `$0` for the match. A backslash in front of `$` or `\` makes it
 * text; any other `$` or `\` that begins no reference is dropped, as the product drops it.
 */
export function parseTemplate(template: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < template.length;) {
    const [part, length] = partAt(template, at);
    parts.push(part);
    at += length;
  }
  return parts;
}

function partAt(template: string, at: number): [part: Part, length: number] {
  const byte = template[at]!;
  const isReference = (byte === '$' || byte === '\\') && template[at - 1] !== '\\';
  if (!isReference) return [byte, 1];
  const tail = template.slice(at);
  const numbered = /^(?:\\(\d+)|\$(\d+)|\$\{(\d+)\}?)/.exec(tail);
  if (numbered) return [{ group: Number(numbered[1] ?? numbered[2] ?? numbered[3]) }, numbered[0].length];
  const named = /^\$\{([^}]*)\}?/.exec(tail);
  if (named) return [named[1] === '' ? { group: 0 } : { name: named[1]! }, named[0].length];
  return ['', 1];
}

/** The text for one match; groups that are not set, or that the pattern does not have, are empty. */
export function expandTemplate(parts: readonly Part[], { groups, names }: Match): string {
  const named = (wanted: string) => names.find(([name]) => name === wanted)?.[1];
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return ('group' in part ? groups[part.group] : named(part.name)) ?? '';
    })
    .join('');
}
