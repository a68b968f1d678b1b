import type { Source } from '../syntax/source';
import { compile, type Compiled } from './compile';

/** Compiled chunks by name and content; a server that starts again with the same modules compiles nothing. */
const byContent = new Map<string, Map<string, Compiled>>();
const bySource = new WeakMap<Source, Compiled>();
const MAX_ENTRIES = 1000;

/** The compiled chunk and its syntax tree. Throws LuaSyntaxError. */
export function compileCached(source: Source): Compiled {
  const known = bySource.get(source);
  if (known) return known;
  const name = `${source.chunkName}\0${source.path ?? ''}`;
  let names = byContent.get(source.text);
  let compiled = names?.get(name);
  if (!compiled) {
    compiled = compile(source);
    if (!names) {
      if (byContent.size >= MAX_ENTRIES) byContent.delete(byContent.keys().next().value!);
      byContent.set(source.text, (names = new Map()));
    }
    names.set(name, compiled);
  }
  bySource.set(source, compiled);
  return compiled;
}
