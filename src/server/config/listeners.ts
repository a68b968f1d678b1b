import { prefixLength } from './addresses';
import { listenerChain, pathwayChain, type Located, type PeerQuery } from './fallback';
import { parseBoolean, Reading } from './reading';
import { optionTitle } from './options';
import { instanceOf, placeOf, stepOf, typeOf, type ConfigOption, type ConfigPath } from './scope';

/** One address that a listener listens on (4/listeners). */
export interface ConfigListener {
  /** `ESMTP_Listener` as it was typed. */
  readonly kind: string;
  /** `:25`, `*:25`, `[::1]:25`, or the path of a Unix socket, as configured. */
  readonly address: string;
  /** False when `Enable` says so, here or for the whole listener. */
  readonly enabled: boolean;
  /**
   * The value that counts for a connection: of the smallest network of a Peer that `peer` is in, here and then in the
   * listener, of the pathway that is chosen there, and of the global scope; then the default.
   */
  option(name: string, peer?: string): Reading | undefined;
}

type Defaults = (option: string) => Reading | undefined;

export function listenersOf(root: Located, kind: string, defaults: Defaults): ConfigListener[] {
  return root.scope.childrenOf(kind).flatMap((scope) => {
    const listener = { scope, path: [stepOf(scope)] };
    return scope.childrenOf('listen').map((listen) => {
      const path = [...listener.path, stepOf(listen)];
      return configListener(root, listener, { scope: listen, path }, defaults);
    });
  });
}

function configListener(
  root: Located,
  listener: Located,
  listen: Located,
  defaults: Defaults,
): ConfigListener {
  const option = (name: string, peer?: string) => {
    const query = peer === undefined ? undefined : { address: peer, prefix: 128 };
    return firstReading(inbound(root, listener, listen, query, name), name) ?? defaults(name);
  };
  return {
    kind: listener.scope.type,
    address: listen.scope.instance ?? '',
    // A value that is no truth value has been reported; the listener is not switched off by it.
    get enabled() {
      return parseBoolean(option('Enable')?.text ?? 'true') ?? true;
    },
    option,
  };
}

/** The scopes of a path below a listener, most specific first: what `config eval` looks at. */
export function listenerScopes(root: Located, path: ConfigPath, option: string): Iterable<Located> {
  const scope = root.scope.find(path.slice(0, 1));
  if (!scope) return [root];
  const listener = { scope, path: path.slice(0, 1) };
  const listenPath = path.slice(0, 2);
  const isListen = path.length > 1 && typeOf(path[1]!).toLowerCase() === 'listen';
  const listen = isListen ? root.scope.find(listenPath) : undefined;
  const peer = path.find((step) => typeOf(step).toLowerCase() === 'peer');
  return inbound(
    root,
    listener,
    listen && { scope: listen, path: listenPath },
    peer === undefined ? undefined : peerQuery(instanceOf(peer) ?? ''),
    option,
  );
}

function peerQuery(cidr: string): PeerQuery {
  return { address: cidr.replace(/\/\d+$/, ''), prefix: prefixLength(cidr) ?? 128 };
}

function* inbound(
  root: Located,
  listener: Located,
  listen: Located | undefined,
  peer: PeerQuery | undefined,
  option: string,
): Generator<Located> {
  yield* listenerChain(listener, listen, peer);
  if (option.toLowerCase() !== 'pathway') {
    const pathway = firstReading(listenerChain(listener, listen, peer), 'pathway');
    if (pathway) yield* pathwayChain(root, pathway.text);
  }
  yield root;
}

/** The value of the first scope that has it. */
export function firstReading(chain: Iterable<Located>, name: string): Reading | undefined {
  for (const { scope, path } of chain) {
    const option = scope.option(name);
    if (option) return readingOf(option, path);
  }
  return undefined;
}

export function readingOf(option: ConfigOption, path: ConfigPath): Reading {
  return new Reading(optionTitle(option.name), option.value, {
    kind: 'option',
    path,
    place: placeOf(option),
  });
}
