/** The modules that a configuration loads, as `module list` shows them (4/modules/summary-all-modules). */
import data from './module-pages.json';
import type { Configuration } from '../server/config/configuration';
import { parseBoolean } from '../server/config/reading';
import type { ConfigScope } from '../server/config/scope';
import type { ModuleFacts } from '../server/console/builtin/host';

interface Row {
  readonly doc: string;
  readonly singleton?: boolean;
}

const MODULES: Readonly<Record<string, Row | undefined>> = data;

/** Documented modules among the stanzas, in the order of the configuration. */
export function modulesOf(configuration: Configuration): ModuleFacts[] {
  return configuration.root.children.flatMap((scope) => {
    const name = scope.type.toLowerCase();
    const row = Object.hasOwn(MODULES, name) ? MODULES[name] : undefined;
    return row ? [factsOf(name, row, scope)] : [];
  });
}

const loaded = new WeakMap<Configuration, ReadonlySet<string>>();

/** Whether a configuration loads a module, and it is not disabled. */
export function isLoaded(configuration: Configuration, name: string): boolean {
  let names = loaded.get(configuration);
  if (!names) {
    const enabled = modulesOf(configuration).filter((module) => module.enabled);
    loaded.set(configuration, (names = new Set(enabled.map(({ scope }) => scope))));
  }
  return names.has(name);
}

/** What the product says of itself in Name and Description is documented for few: here the file and the page. */
function factsOf(name: string, { doc, singleton }: Row, scope: ConfigScope): ModuleFacts {
  return {
    scope: name,
    instance: singleton ? undefined : (scope.instance ?? name),
    enabled: parseBoolean(textOf(scope, 'enabled') ?? 'true') ?? true,
    api: singleton ? 'Singleton' : name.endsWith('_logger') ? 'Logger' : 'Module',
    name: `${name}.c`,
    description: `see ${doc}`,
  };
}

/** An option of a stanza itself, when it is a word or text. */
export function textOf(scope: ConfigScope, option: string): string | undefined {
  const value = scope.option(option)?.value;
  return value?.kind === 'text' ? value.text : undefined;
}
