/**
 * The scopes that an option is looked for in, most specific first (4/4-ecelerity-conf-fallback, 4/listeners,
 * 4/config/ref-pathway).
 */
import { isInNetwork, prefixLength } from './addresses';
import { hostFallback } from './options';
import { isPattern, stepOf, type ConfigPath, type ConfigScope } from './scope';

/** A scope and the way to it. */
export interface Located {
  readonly scope: ConfigScope;
  readonly path: ConfigPath;
}

export interface DeliveryTarget {
  readonly domain?: string;
  readonly binding?: string;
  /** Found by itself when the binding stands in one group. */
  readonly bindingGroup?: string;
  /** Of the mail exchanger, not of the domain. */
  readonly host?: string;
}

function within({ path }: Located, child: ConfigScope | undefined): Located | undefined {
  return child && { scope: child, path: [...path, stepOf(child)] };
}

function child(parent: Located | undefined, type: string, instance: string | undefined): Located | undefined {
  return parent && instance !== undefined ? within(parent, parent.scope.child(type, instance)) : undefined;
}

/** For delivery to a domain over a binding; with a host, for one of the domain's mail exchangers. */
export function* deliveryChain(root: Located, option: string, target: DeliveryTarget): Generator<Located> {
  const { domain, host } = target;
  const { group, inGroup, alone } = bindingScopes(root, target);
  if (host !== undefined) {
    const special = hostFallback(option);
    const hosts = [inGroup, group, alone, root];
    yield* named(
      special?.chain === 'none' ? [mostSpecific(target, inGroup, group, alone, root)] : hosts,
      'host',
      host,
    );
    if (special) return;
  }
  yield* named([inGroup, alone, group], 'domain', domain);
  for (const scope of [inGroup, alone, group]) if (scope) yield scope;
  yield* named([root], 'domain', domain);
  yield root;
}

/** The container that a host stanza without fallback has to stand in. */
function mostSpecific(
  { binding, bindingGroup }: DeliveryTarget,
  inGroup: Located | undefined,
  group: Located | undefined,
  alone: Located | undefined,
  root: Located,
): Located | undefined {
  if (binding !== undefined) return inGroup ?? alone;
  return bindingGroup !== undefined ? group : root;
}

function bindingScopes(root: Located, { binding, bindingGroup }: DeliveryTarget) {
  const group =
    bindingGroup === undefined ? groupOf(root, binding) : child(root, 'binding_group', bindingGroup);
  return { group, inGroup: child(group, 'binding', binding), alone: child(root, 'binding', binding) };
}

function groupOf(root: Located, binding: string | undefined): Located | undefined {
  if (binding === undefined) return undefined;
  const groups = root.scope.childrenOf('binding_group');
  return within(
    root,
    groups.find((group) => group.child('binding', binding)),
  );
}

/** Domains or hosts in some containers: by name, then by the regular expressions that match. */
function* named(
  containers: readonly (Located | undefined)[],
  type: string,
  name: string | undefined,
): Generator<Located> {
  if (name === undefined) return;
  for (const container of containers) {
    if (!container) continue;
    const literal = child(container, type, name);
    if (literal) yield literal;
    if (isPattern(name)) continue;
    for (const candidate of patternsAmong(container.scope.childrenOf(type)))
      if (patternOf(candidate)?.test(name)) yield within(container, candidate)!;
  }
}

const patternLists = new WeakMap<readonly ConfigScope[], readonly ConfigScope[]>();

/** Few of many domains are regular expressions. */
function patternsAmong(scopes: readonly ConfigScope[]): readonly ConfigScope[] {
  let found = patternLists.get(scopes);
  if (!found) patternLists.set(scopes, (found = scopes.filter(({ instance }) => isPattern(instance))));
  return found;
}

const patterns = new WeakMap<ConfigScope, { readonly pattern: RegExp | undefined }>();

/** The regular expression of a domain or host; undefined for a name, and for one that cannot be read. */
export function patternOf(scope: ConfigScope): RegExp | undefined {
  let known = patterns.get(scope);
  if (!known) patterns.set(scope, (known = { pattern: readPattern(scope.instance) }));
  return known.pattern;
}

function readPattern(instance: string | undefined): RegExp | undefined {
  if (!isPattern(instance)) return undefined;
  try {
    return new RegExp(instance!.slice(1, -1).replace(/^\(\?i\)/, ''), 'i');
  } catch {
    return undefined;
  }
}

/** For the option of a pathway. */
export function* pathwayChain(root: Located, pathway: string, pathwayGroup?: string): Generator<Located> {
  const groups = root.scope.childrenOf('pathway_group');
  const holder =
    pathwayGroup === undefined
      ? groups.find((group) => group.child('pathway', pathway))
      : root.scope.child('pathway_group', pathwayGroup);
  const group = within(root, holder);
  for (const scope of [child(group, 'pathway', pathway), child(root, 'pathway', pathway), group])
    if (scope) yield scope;
}

/** Who is asked for: a peer's address, or all peers of a network. */
export interface PeerQuery {
  readonly address: string;
  /** Only peers that are at least as large as this. */
  readonly prefix: number;
}

/** From the peers of a Listen over itself and those of its listener to the listener, without the pathway. */
export function* listenerChain(
  listener: Located,
  listen: Located | undefined,
  peer: PeerQuery | undefined,
): Generator<Located> {
  for (const scope of [listen, listener]) {
    if (!scope) continue;
    if (peer) yield* peersIn(scope, peer);
    if (scope !== listener) yield scope;
  }
  yield listener;
}

/** The Peer scopes that an address is in, the smallest network first. */
function peersIn(container: Located, { address, prefix }: PeerQuery): Located[] {
  return container.scope
    .childrenOf('peer')
    .map((scope) => ({ scope, length: prefixLength(scope.instance ?? '') ?? -1 }))
    .filter(({ scope, length }) => length >= 0 && length <= prefix && isInNetwork(address, scope.instance!))
    .sort((a, b) => b.length - a.length)
    .map(({ scope }) => within(container, scope)!);
}
