import type { Source } from '../syntax/source';
import { compile } from './compile';
import type { Proto } from './proto';

/** Compiled chunks by name and content; a server that starts again with the same modules compiles nothing. */
const cache = new Map<string, Proto>();
const MAX_ENTRIES = 1000;

export function compileCached(source: Source): Proto {
  const key = `${source.chunkName}\0${source.path ?? ''}\0${source.text}`;
  let proto = cache.get(key);
  if (!proto) {
    proto = compile(source);
    if (cache.size >= MAX_ENTRIES) cache.delete(cache.keys().next().value!);
    cache.set(key, proto);
  }
  return proto;
}
