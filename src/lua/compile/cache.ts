import type { Source } from '../syntax/source';
import { compile, type Compiled } from './compile';

/** Compiled chunks by content and name; a server that starts again with the same modules compiles nothing. */
const byContent = new Map<string, Map<string, Compiled>>();
const bySource = new WeakMap<Source, Compiled>();
/** Characters of source whose chunks are kept, each chunk counting as at least `SMALLEST`. */
const MAX_KEPT = 2 ** 20;
const SMALLEST = 4096;
let kept = 0;

/** The compiled chunk and its syntax tree. Throws LuaSyntaxError. */
export function compileCached(source: Source): Compiled {
  const known = bySource.get(source);
  if (known) return known;
  const name = `${source.chunkName}\0${source.path ?? ''}`;
  let compiled = byContent.get(source.text)?.get(name);
  if (!compiled) {
    compiled = compile(source);
    store(source.text, name, compiled);
  }
  bySource.set(source, compiled);
  return compiled;
}

const sizeOf = (text: string) => Math.max(text.length, SMALLEST);

/** Keeps a chunk, and forgets the oldest contents when that is too much. */
function store(text: string, name: string, compiled: Compiled): void {
  let names = byContent.get(text);
  if (!names) byContent.set(text, (names = new Map()));
  names.set(name, compiled);
  kept += sizeOf(text);
  for (const [oldest, { size }] of byContent) {
    if (kept <= MAX_KEPT) return;
    byContent.delete(oldest);
    kept -= sizeOf(oldest) * size;
  }
}
