import { textOfBytes } from './bytes';

export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/**
 * A copy that JSON and snapshots show in full: dates become ISO 8601, bytes text, errors name and message, numbers
 * that JSON lacks, functions and symbols their names, a reference back up the tree `[Circular]`. Members that are
 * undefined are left out.
 */
export function toPlain(value: unknown): Plain {
  return plain(value, []);
}

function plain(value: unknown, parents: readonly object[]): Plain {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function') return `[Function: ${value.name || 'anonymous'}]`;
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  return plainObject(value, parents);
}

function plainObject(value: object, parents: readonly object[]): Plain {
  if (parents.includes(value)) return '[Circular]';
  if (value instanceof Uint8Array) return textOfBytes(value);
  if (value instanceof Error) return { name: value.name, message: value.message };
  const within = [...parents, value];
  if (hasToJson(value)) return plain(value.toJSON(), within);
  if (Array.isArray(value)) return value.map((item) => plain(item, within));
  const members = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    members
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [String(key), plain(member, within)]),
  );
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
