/** The caches of a server that `cache list` shows. */
import { Cache, type CacheLimits } from './cache';
import type { VirtualClock } from './clock';
import type { Configuration } from './config/configuration';
import { parseNumber, parseSeconds } from './config/reading';
import type { ConfigScope } from './config/scope';

/** The defaults of `cache_size` and `cache_life` (4/modules/ds-core). */
const DATA_SOURCE: CacheLimits = { capacity: 1000, life: 3600 };
/** The cache of scripts has no limit (4/console-commands/cache-list); the default of `script_ttl` (4/modules/scriptlet). */
const SCRIPTS: CacheLimits = { capacity: 2 ** 32 - 1, life: 300 };

export class Caches implements Iterable<Cache> {
  readonly #scripts: Cache;
  readonly #dataSources = new Map<string, Cache>();
  /** Data sources that need no stanza. */
  readonly #withoutStanza = new Set<string>();

  constructor(private readonly clock: VirtualClock) {
    this.#scripts = new Cache('scpt_root', SCRIPTS, clock);
  }

  /**
   * Takes over the data sources and the limits of a configuration. The caches of data sources that go on keep what
   * they hold.
   */
  configure({ root }: Configuration): void {
    const life = secondsOf(root.childrenOf('scriptlet')[0], 'script_ttl') ?? SCRIPTS.life;
    this.#scripts.limits = { ...SCRIPTS, life };
    const sources = new Map(root.childrenOf('datasource').map((scope) => [scope.instance, limitsOf(scope)]));
    for (const name of this.#withoutStanza) if (!sources.has(name)) sources.set(name, DATA_SOURCE);
    for (const name of this.#dataSources.keys()) if (!sources.has(name)) this.#dataSources.delete(name);
    for (const [name, limits] of sources) if (name !== undefined) this.#define(name, limits);
  }

  /** Makes the cache of a data source ahead of the commit of its stanza; without one, it stays for good. */
  addDataSource(name: string, stanza?: ConfigScope): void {
    if (!stanza) this.#withoutStanza.add(name);
    this.#define(name, stanza ? limitsOf(stanza) : DATA_SOURCE);
  }

  /** Notes that a script is loaded: it is in the cache, or is compiled and goes there. */
  loadScript(name: string, text: string): void {
    const key = `${name}\0${text}`;
    if (this.#scripts.find(key) === undefined) this.#scripts.store(key, true);
  }

  /** Where the results of a data source's queries are kept; undefined when the configuration has no such source. */
  dataSource(name: string): Cache | undefined {
    return this.#dataSources.get(name);
  }

  /** By the name of each, in the order of the configuration. */
  get dataSources(): ReadonlyMap<string, Cache> {
    return this.#dataSources;
  }

  find(name: string): Cache | undefined {
    for (const cache of this) if (cache.name === name) return cache;
    return undefined;
  }

  *[Symbol.iterator](): Generator<Cache> {
    yield this.#scripts;
    yield* this.#dataSources.values();
  }

  #define(name: string, limits: CacheLimits): void {
    const known = this.#dataSources.get(name);
    if (known) known.limits = limits;
    else this.#dataSources.set(name, new Cache(`ds_core:${name}`, limits, this.clock));
  }
}

/** What is no number counts as not set. */
function limitsOf(scope: ConfigScope): CacheLimits {
  const size = parseNumber(textOf(scope, 'cache_size'));
  return {
    capacity: size === undefined ? DATA_SOURCE.capacity : Math.max(0, Math.trunc(size)),
    life: secondsOf(scope, 'cache_life') ?? DATA_SOURCE.life,
  };
}

const secondsOf = (scope: ConfigScope | undefined, option: string) => parseSeconds(textOf(scope, option));

function textOf(scope: ConfigScope | undefined, option: string): string {
  const value = scope?.option(option)?.value;
  return value?.kind === 'text' ? value.text : '';
}
