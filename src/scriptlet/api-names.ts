/** Finds the names of the product's API that a chunk writes out (`msys.core.x`), so that a misspelt one fails at load. */
import { catalogue } from '../catalogue';
import { unknownApi } from '../api/namespaces';
import type { FunctionBody, Position } from '../lua';

export interface UnknownName {
  readonly name: string;
  readonly at: Position;
  readonly text: string;
  readonly nearest: string | undefined;
}

type Tree = Readonly<Record<string, unknown>>;

/** Names below `msys` that neither the product nor the chunk itself defines. A guarded use (`if msys.x then`) counts. */
export function unknownApiNames(body: FunctionBody): UnknownName[] {
  let found = cache.get(body);
  if (!found) cache.set(body, (found = search(body)));
  return found;
}
const cache = new WeakMap<FunctionBody, UnknownName[]>();

function search(body: FunctionBody): UnknownName[] {
  const used: { name: string; at: Position }[] = [];
  const defined = new Set<string>();
  walk(body, used, defined);
  const isKnown = (name: string) =>
    catalogue.isNamespace(name) || defined.has(name) || catalogue.find(name) !== undefined;
  return used
    .filter(
      ({ name }) =>
        !isKnown(name) && isKnown(name.slice(0, name.lastIndexOf('.'))) && !isBelow(name, defined),
    )
    .map(({ name, at }) => ({ name, at, ...unknownApi(name) }));
}

function isBelow(name: string, defined: ReadonlySet<string>): boolean {
  return [...defined].some((prefix) => name.startsWith(`${prefix}.`));
}

function walk(node: unknown, used: { name: string; at: Position }[], defined: Set<string>): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, used, defined);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const tree = node as Tree;
  if (tree.type === 'Assign' || tree.type === 'Function') {
    for (const target of (tree.targets ?? [tree.target]) as Tree[]) {
      const name = dottedName(target);
      if (name) defined.add(name);
    }
  }
  if (tree.type === 'Index') {
    if (dottedName(tree) !== undefined) {
      // `msys.coer.x` is a use of `msys.coer`, too.
      for (let part = tree; part.type === 'Index'; part = part.object as Tree)
        used.push({ name: dottedName(part)!, at: part.at as Position });
      return;
    }
  }
  for (const [key, child] of Object.entries(tree)) {
    // Variables lead back to the functions that own them.
    if (
      key !== 'variable' &&
      key !== 'variables' &&
      key !== 'parameters' &&
      key !== 'parent' &&
      key !== 'argTable'
    )
      walk(child, used, defined);
  }
}

/** `msys.a.b` for an index expression that starts at the global `msys`. */
function dottedName(tree: Tree): string | undefined {
  if (tree.type === 'GlobalName') return tree.name === 'msys' ? 'msys' : undefined;
  if (tree.type !== 'Index' || tree.style !== 'dot') return undefined;
  const object = dottedName(tree.object as Tree);
  return object && `${object}.${(tree.key as { value: string }).value}`;
}
