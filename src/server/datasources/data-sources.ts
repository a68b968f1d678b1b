/** The data sources of a server: stanzas `Datasource`, and what the test put in their place (4/modules/ds-core). */
import { UsageError } from '../../support/errors';
import type { Caches } from '../caches';
import type { VirtualClock } from '../clock';
import type { Configuration } from '../config/configuration';
import { parseBoolean, parseNumber } from '../config/reading';
import type { ConfigScope } from '../config/scope';
import type { Logs } from '../logs';
import { isSqlite, sourceOfConfiguration, type DriverServices } from './drivers';
import { ASSUMED_CHARSET, type SourceFiles } from './file-sources';
import { needsSqlite, openFixture, type DataSourceFixture } from './fixtures';
import { NamedSource, type SourceSettings } from './named-source';
import { loadSqlite } from './sqlite-library';

const DEFAULTS: SourceSettings = { maxRows: 100, noCache: false, pool: 'IO', charset: ASSUMED_CHARSET };

interface Entry {
  readonly source: NamedSource;
  /** Undefined for a test's. */
  readonly uris: readonly string[] | undefined;
}

export interface DataSourceServices {
  readonly clock: VirtualClock;
  readonly logs: Logs;
  readonly caches: Caches;
}

export class DataSources implements Iterable<NamedSource> {
  readonly #entries = new Map<string, Entry>();
  readonly #settings = new Map<string, SourceSettings>();
  #files: SourceFiles = { get: () => undefined };
  #isClosed = false;

  constructor(private readonly services: DataSourceServices) {}

  /** Opens what a test put in the place of data sources. Rejects with UsageError for what cannot be opened. */
  async open(fixtures: ReadonlyMap<string, DataSourceFixture>, files: SourceFiles): Promise<void> {
    this.#files = files;
    if ([...fixtures.values()].some(needsSqlite)) await loadSqlite();
    for (const [name, fixture] of fixtures) {
      const source = openFixture(name, fixture, this.#driverServices(name));
      this.#entries.set(name, { source: this.#named(name, [source]), uris: undefined });
      this.services.caches.addDataSource(name);
    }
  }

  /** Adds the data sources of a configuration that are new; scripts may ask them while they are loaded. */
  async prepare({ root }: Configuration): Promise<void> {
    const stanzas = namedStanzas(root);
    if (stanzas.some(([, scope]) => urisOf(scope).some(isSqlite))) await loadSqlite();
    for (const [name, scope] of stanzas) {
      if (this.#entries.has(name) && this.#settings.has(name)) continue;
      this.#settings.set(name, settingsOf(scope));
      this.services.caches.addDataSource(name, scope);
      if (!this.#entries.has(name)) this.#define(name, urisOf(scope));
    }
  }

  /** Takes over the data sources and the options of a configuration. */
  async configure(configuration: Configuration): Promise<void> {
    await this.prepare(configuration);
    const stanzas = new Map(namedStanzas(configuration.root));
    this.#settings.clear();
    for (const [name, scope] of stanzas) this.#settings.set(name, settingsOf(scope));
    for (const [name, { source, uris }] of this.#entries) {
      if (uris === undefined) continue;
      const scope = stanzas.get(name);
      if (scope && sameList(uris, urisOf(scope))) continue;
      this.#entries.delete(name);
      if (scope) this.#define(name, urisOf(scope));
      await source.close();
    }
  }

  find(name: string): NamedSource | undefined {
    return this.#entries.get(name)?.source;
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  settings(name: string): SourceSettings {
    return this.#settings.get(name) ?? DEFAULTS;
  }

  *[Symbol.iterator](): Generator<NamedSource> {
    for (const { source } of this.#entries.values()) yield source;
  }

  /** Throws UsageError when they have been closed. */
  ensureOpen(): void {
    if (this.#isClosed) throw new UsageError('this server has been stopped');
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const source of this) await source.close();
  }

  #define(name: string, uris: readonly string[]): void {
    const list = uris.length > 0 ? uris : [''];
    const services = this.#driverServices(name);
    const sources = list.map((uri) => sourceOfConfiguration(name, uri, services));
    this.#entries.set(name, { source: this.#named(name, sources), uris });
  }

  #named(name: string, sources: ConstructorParameters<typeof NamedSource>[1]): NamedSource {
    const { clock, logs, caches } = this.services;
    const cache = () => caches.dataSource(name);
    return new NamedSource(name, sources, { clock, logs, cache, settings: () => this.settings(name) });
  }

  #driverServices(name: string): DriverServices {
    return { files: this.#files, charset: () => this.settings(name).charset, types: 'native' };
  }
}

const namedStanzas = (root: ConfigScope) =>
  root
    .childrenOf('datasource')
    .flatMap((scope): [string, ConfigScope][] =>
      scope.instance === undefined ? [] : [[scope.instance, scope]],
    );

function urisOf(scope: ConfigScope): string[] {
  const value = scope.option('uri')?.value;
  if (value?.kind === 'text') return [value.text];
  if (value?.kind !== 'list') return [];
  return value.items.flatMap((item) => (item.kind === 'text' ? [item.text] : []));
}

/** What is of the wrong form counts as not set. */
function settingsOf(scope: ConfigScope): SourceSettings {
  const text = (option: string) => {
    const value = scope.option(option)?.value;
    return value?.kind === 'text' ? value.text : undefined;
  };
  const rows = parseNumber(text('max_rows') ?? '') ?? DEFAULTS.maxRows;
  return {
    maxRows: rows < 0 ? Infinity : Math.trunc(rows),
    noCache: parseBoolean(text('no_cache') ?? '') ?? DEFAULTS.noCache,
    pool: text('pool') ?? DEFAULTS.pool,
    charset: text('assume_charset') ?? DEFAULTS.charset,
  };
}

const sameList = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((item, i) => item === other[i]);
