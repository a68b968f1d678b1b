import { UsageError } from '../../support/errors';
import { deliveryChain, pathwayChain, type DeliveryTarget, type Located } from './fallback';
import { DEFAULT_CONFIG } from './default-config';
import type { ConfigFiles } from './files';
import { firstReading, listenersOf, listenerScopes, readingOf, type ConfigListener } from './listeners';
import {
  loadConfig,
  localChangesPath,
  type ConfigSource,
  type LoadedConfig,
  type LoadedFile,
  type LoadOptions,
} from './load';
import { hostFallback, optionFacts, stanzaDefault } from './options';
import { Reading } from './reading';
import { instanceOf, optionKey, scopeKey, typeOf, type ConfigPath, type ConfigScope } from './scope';
import { problemsOf, type ConfigProblem } from './validate';
import { textValue, type ConfigValue } from './value';

const NO_FILES: ConfigFiles = {
  readFile: () => undefined,
  listDirectory: () => undefined,
  writeFile: () => undefined,
};

/**
 * A configuration (4/conf-overview) as it was read, or with changes. It never changes; `set` and `unset` give
 * another one that shares all scopes that are the same.
 */
export class Configuration {
  static #default: Configuration | undefined;
  readonly #loaded: LoadedConfig;
  readonly #listeners = new Map<string, readonly ConfigListener[]>();
  #problems: readonly ConfigProblem[] | undefined;

  private constructor(loaded: LoadedConfig) {
    this.#loaded = loaded;
  }

  /** Throws ConfigSyntaxError for a text that cannot be read, ConfigError for a file that is missing. */
  static load(source: ConfigSource, files: ConfigFiles = NO_FILES, options: LoadOptions = {}): Configuration {
    // It never changes, and most servers have it.
    if ('text' in source && source.text === DEFAULT_CONFIG && source.file === undefined)
      return (Configuration.#default ??= new Configuration(loadConfig(source, files, options)));
    return new Configuration(loadConfig(source, files, options));
  }

  /** The global scope. */
  get root(): ConfigScope {
    return this.#loaded.root;
  }

  /** Everything that was read, in order. */
  get files(): readonly LoadedFile[] {
    return this.#loaded.files;
  }

  /** The master file; undefined when the configuration was given as a text. */
  get mainFile(): string | undefined {
    return this.#loaded.main;
  }

  /** Where live changes go, when the configuration says so (4/config/ref-local-changes-file). */
  get localChangesFile(): string | undefined {
    const option = this.root.option('Local_Changes_File');
    return option && localChangesPath(option, this.mainFile);
  }

  /** What is doubtful in it: unknown options, options in the wrong scope, values of the wrong type. */
  get problems(): readonly ConfigProblem[] {
    return (this.#problems ??= problemsOf(this.root));
  }

  find(path: ConfigPath): ConfigScope | undefined {
    return this.root.find(path);
  }

  /** The value that is set in this very scope. */
  get(path: ConfigPath, option: string): Reading | undefined {
    const found = this.find(path)?.option(option);
    return found && readingOf(found, path);
  }

  /**
   * The value that counts in a scope, which need not be configured: the most specific one that is set
   * (4/4-ecelerity-conf-fallback), finally the documented default; undefined when there is none.
   */
  evaluate(path: ConfigPath, option: string): Reading | undefined {
    const type = path.length > 0 ? typeOf(path.at(-1)!).toLowerCase() : '';
    const special = type === 'host' ? hostFallback(option)?.defaultText : undefined;
    return (
      firstReading(this.#chain(path, option), option) ??
      stanzaReading(type, option) ??
      defaultReading(option, special)
    );
  }

  /** The value for delivery to a domain, over a binding, to a host: 4/4-ecelerity-conf-fallback. */
  delivery(option: string, target: DeliveryTarget = {}): Reading | undefined {
    const special = target.host === undefined ? undefined : hostFallback(option)?.defaultText;
    return (
      firstReading(deliveryChain(this.#global, option, target), option) ?? defaultReading(option, special)
    );
  }

  /** The value for a pathway, in a group or alone (4/config/ref-pathway). */
  pathway(option: string, pathway: string): Reading | undefined {
    return this.evaluate([['pathway', pathway]], option);
  }

  /** Each `Listen` of the listeners of a kind, such as `ESMTP_Listener`, in the order of the configuration. */
  listeners(kind: string): readonly ConfigListener[] {
    let listeners = this.#listeners.get(kind);
    if (!listeners)
      this.#listeners.set(
        kind,
        (listeners = listenersOf(this.#global, kind, (option) => defaultReading(option))),
      );
    return listeners;
  }

  /** A configuration in which an option is set; a missing scope is made. */
  set(path: ConfigPath, option: string, value: ConfigValue | string): Configuration {
    if (option === '') throw new UsageError('a configuration option has a name');
    const given = typeof value === 'string' ? textValue(value) : value;
    return this.#with(
      this.root.change(path, (scope) => {
        const before = scope.option(option);
        const name = before?.name ?? option;
        return scope.with(optionKey(option), {
          name,
          value: given,
          places: before?.places ?? [],
          isLive: true,
        });
      }),
    );
  }

  /** A configuration without an option, or without a whole scope; the same one when there is nothing to unset. */
  unset(path: ConfigPath, option?: string): Configuration {
    if (option !== undefined) {
      if (!this.find(path)?.option(option)) return this;
      return this.#with(this.root.change(path, (scope) => scope.with(optionKey(option), undefined)));
    }
    const step = path.at(-1);
    if (step === undefined) throw new UsageError('the global scope cannot be unset');
    if (!this.find(path)) return this;
    const key = scopeKey(typeOf(step), instanceOf(step));
    return this.#with(this.root.change(path.slice(0, -1), (scope) => scope.with(key, undefined)));
  }

  get #global(): Located {
    return { scope: this.root, path: [] };
  }

  #with(root: ConfigScope): Configuration {
    return new Configuration({ ...this.#loaded, root });
  }

  #chain(path: ConfigPath, option: string): Iterable<Located> {
    const types = path.map((step) => typeOf(step).toLowerCase());
    const chain = CHAINS.find(({ matches }) => matches(types));
    return (chain?.walk ?? ancestors)(this.#global, path, option);
  }
}

type Walk = (root: Located, path: ConfigPath, option: string) => Iterable<Located>;

const DELIVERY = ['binding_group', 'binding', 'domain', 'host'];
const PATHWAY = ['pathway_group', 'pathway'];

/** How scopes fall back, by the types of the scopes on the path. */
const CHAINS: readonly { readonly matches: (types: readonly string[]) => boolean; readonly walk: Walk }[] = [
  { matches: (types) => types.length > 0 && types.every((type) => DELIVERY.includes(type)), walk: delivery },
  {
    matches: (types) => types.length > 0 && types.every((type) => PATHWAY.includes(type)),
    walk: (root, path) => [...pathwayScopes(root, path), root],
  },
  { matches: ([first]) => first?.endsWith('_listener') ?? false, walk: listenerScopes },
];

function delivery(root: Located, path: ConfigPath, option: string): Iterable<Located> {
  return deliveryChain(root, option, {
    bindingGroup: instanceIn(path, 'binding_group'),
    binding: instanceIn(path, 'binding'),
    domain: instanceIn(path, 'domain'),
    host: instanceIn(path, 'host'),
  });
}

function pathwayScopes(root: Located, path: ConfigPath): Located[] {
  const group = instanceIn(path, 'pathway_group');
  const pathway = instanceIn(path, 'pathway');
  if (pathway !== undefined) return [...pathwayChain(root, pathway, group)];
  const scope = root.scope.find(path);
  return scope ? [{ scope, path }] : [];
}

function instanceIn(path: ConfigPath, type: string): string | undefined {
  const step = path.find((candidate) => typeOf(candidate).toLowerCase() === type);
  return step && instanceOf(step);
}

/** Other stanzas fall back to those around them, and to the global scope for options that belong there too. */
function* ancestors(root: Located, path: ConfigPath, option: string): Generator<Located> {
  for (let length = path.length; length > 0; length--) {
    const scope = root.scope.find(path.slice(0, length));
    if (scope) yield { scope, path: path.slice(0, length) };
  }
  if (path.length === 0 || optionFacts(option)?.scopes.includes('global')) yield root;
}

/** The console shows defaults of truth values as numbers (4/console-commands/config). */
function defaultReading(option: string, special?: string): Reading | undefined {
  const facts = optionFacts(option);
  const text = special ?? facts?.defaultText;
  if (!facts || text === undefined) return undefined;
  return new Reading(facts.title, defaultValue(facts.type, text), { kind: 'default' });
}

function stanzaReading(type: string, option: string): Reading | undefined {
  const text = stanzaDefault(type, option);
  return text === undefined ? undefined : new Reading(option, textValue(text), { kind: 'default' });
}

function defaultValue(type: string, text: string): ConfigValue {
  if (type === 'boolean') return textValue(text === 'true' || text === 'yes' ? '1' : '0');
  if (type !== 'list') return textValue(text);
  const items = text.match(/[^\s,"]+(?:\s[^\s,"]+)*(?=")|[^\s,"]+/g) ?? [];
  return { kind: 'list', items: items.map(textValue) };
}
