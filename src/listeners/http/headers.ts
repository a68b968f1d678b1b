import type { HeaderList } from '../../server/http/messages';

/**
 * Headers as tests read them: lower-case names, repeated ones joined with a comma, `set-cookie` always a list.
 */
export function toHeaderObject(headers: HeaderList): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return Object.fromEntries(
    [...values].map(([key, list]) => [key, key === 'set-cookie' ? list : list.join(', ')]),
  );
}

/** Node's flat list of alternating names and values, as pairs. */
export function toHeaderList(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!, raw[i + 1]!]);
  return pairs;
}

export function hasHeader(headers: HeaderList, name: string): boolean {
  return headers.some(([key]) => key.toLowerCase() === name);
}
