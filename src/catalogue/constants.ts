import { keysOf, layers, lazy } from './data';
import type { ApiEntry } from './types';

/** Value, group, meaning, page; trailing unknowns are left out. */
type ConstantRow = readonly [(number | null)?, string?, string?, string?];

const tables = layers<ConstantRow>('constants');

const namespaceOf = (name: string): string => name.slice(0, Math.max(name.lastIndexOf('.'), 0));

export const constantNames = lazy(() => keysOf(tables()));

function rowOf(name: string): ConstantRow | undefined {
  const { base, overlay } = tables();
  return overlay.get(name) ?? base.get(name);
}

/** The entry of a constant by its qualified name; a few are documented without a namespace (`BC_UNDETERMINED`). */
export function constant(name: string): ApiEntry | undefined {
  const row = rowOf(name);
  if (!row) return undefined;
  const [value, group, meaning, doc] = row;
  const namespace = namespaceOf(name);
  return {
    name,
    member: name.slice(name.lastIndexOf('.') + 1),
    kind: 'constant',
    namespace,
    params: [],
    returns: [{ type: 'any', meaning: group ?? 'constant', position: 1 }],
    phases: ['any'],
    requires: namespace === '' ? [] : [namespace],
    signature: typeof value === 'number' ? `${name} = ${value}` : name,
    source: tables().base.has(name) ? 'documented' : 'inferred',
    ...(meaning !== undefined && { summary: meaning }),
    ...(doc !== undefined && { doc }),
    ...(typeof value === 'number' && { value }),
  };
}

/** Name without namespace → documented number, or undefined when only the name is documented. */
export function constantsOf(namespace: string): ReadonlyMap<string, number | undefined> {
  const names = constantNames().filter((name) => namespaceOf(name) === namespace);
  return new Map(names.map((name) => [name.slice(name.lastIndexOf('.') + 1), rowOf(name)?.[0] ?? undefined]));
}
