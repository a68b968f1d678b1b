import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A JSON object in a file with one entry per line. Reading it costs one pass over the lines; only the entries that
 * someone asks for are parsed, since most servers touch a few dozen of two thousand names.
 */
export class LineTable<Row> {
  private readonly lines = new Map<string, string>();

  constructor(file: string) {
    for (const line of readFileSync(path.join(__dirname, 'data', file), 'utf8').split('\n')) {
      if (line.startsWith('"')) this.lines.set(line.slice(1, line.indexOf('"', 1)), line);
    }
  }

  keys(): IterableIterator<string> {
    return this.lines.keys();
  }

  has(key: string): boolean {
    return this.lines.has(key);
  }

  get(key: string): Row | undefined {
    const line = this.lines.get(key);
    if (line === undefined) return undefined;
    return JSON.parse(line.slice(key.length + 3).replace(/,$/, '')) as Row;
  }
}

/** Computes on first use and keeps the result. */
export function lazy<T>(compute: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => (kept ??= { value: compute() }).value;
}

/** What scripts/catalogue.mjs derived from the reference, and the corrections made by hand. */
export interface Layers<Row> {
  readonly base: LineTable<Row>;
  readonly overlay: LineTable<Partial<Row>>;
}

export function layers<Row>(name: string): () => Layers<Row> {
  return lazy(() => ({
    base: new LineTable<Row>(`${name}.json`),
    overlay: new LineTable<Partial<Row>>(`overlay/${name}.json`),
  }));
}

/** The names of both layers, each once. */
export function keysOf<Row>({ base, overlay }: Layers<Row>): string[] {
  return [...new Set([...base.keys(), ...overlay.keys()])];
}
