import { marshalHook } from './ctypes';
import { keysOf, layers, lazy } from './data';
import { parseParam } from './row';
import type { Callout } from './types';

interface CalloutRow {
  readonly kind?: Callout['kind'];
  readonly params?: readonly string[];
  /** The C parameters without the closure, separated by `; `. */
  readonly c?: string;
  readonly returns: string;
  readonly thread?: 'any' | 'scheduler';
  readonly doc: string;
}

const tables = layers<CalloutRow>('callouts');
const cache = new Map<string, Callout>();

function build(key: string): Callout {
  const { base, overlay } = tables();
  const row = { ...base.get(key), ...overlay.get(key) };
  return {
    key,
    kind: row.kind ?? 'hook',
    params: row.params?.map((text) => parseParam(text)) ?? marshalHook(row.c ?? ''),
    returns: row.returns ?? 'not documented',
    doc: row.doc ?? '',
    ...(row.thread && { thread: row.thread }),
  };
}

/** The callout of a key of a module table, or undefined for a helper function. */
export function callout(key: string): Callout | undefined {
  const { base, overlay } = tables();
  if (!base.has(key) && !overlay.has(key)) return undefined;
  const known = cache.get(key) ?? build(key);
  cache.set(key, known);
  return known;
}

/** Every documented key; the product knows more hooks, all named `<scope>_<hook>`. */
export const calloutKeys = lazy((): readonly string[] => keysOf(tables()));

export const callouts = lazy(
  (): ReadonlyMap<string, Callout> => new Map(calloutKeys().map((key) => [key, callout(key)!])),
);
