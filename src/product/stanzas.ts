/** The scripts that a configuration names (4/modules/scriptlet). */
import path from 'node:path';
import type { Script } from '../scriptlet/scripts';
import { DEFAULT_SEARCH_PATH } from '../server/config/load';
import type { Configuration } from '../server/config/configuration';
import type { ConfigScope } from '../server/config/scope';
import { ConfigError } from '../support/errors';

/** Throws ConfigError for stanzas that the product refuses: other names beside the first, scripts without source. */
export function scriptsOf(configuration: Configuration): Script[] {
  const stanzas = configuration.root.childrenOf('scriptlet');
  const [first, other] = stanzas;
  if (first && other)
    throw refuse(
      other,
      `two instances of scriptlet, "${nameOf(first)}" and "${nameOf(other)}": only one is allowed`,
    );
  return stanzas.flatMap((stanza) => stanza.childrenOf('script').map(scriptOf));
}

function scriptOf(stanza: ConfigScope): Script {
  const value = stanza.option('source')?.value;
  if (stanza.instance === undefined) throw refuse(stanza, 'a script stanza needs a name');
  if (value?.kind !== 'text' || value.text === '')
    throw refuse(
      stanza,
      `script "${stanza.instance}" has no source: name its file, source = "directory.file"`,
    );
  return { name: stanza.instance, path: undefined, text: undefined, source: value.text, isNamed: true };
}

const nameOf = (scope: ConfigScope) => scope.instance ?? scope.type;

function refuse(scope: ConfigScope, problem: string): ConfigError {
  const place = scope.places[0];
  const where = place ? `${place.file}:${place.line}:${place.column}: ` : '';
  return new ConfigError(
    `${where}${problem}. See 4/modules/scriptlet in the product's documentation.`,
    place,
  );
}

/** Where sources are looked for: beside the configuration, where the test says, in the product's directories. */
export function rootsOf({ mainFile }: Configuration, own: readonly string[]): string[] {
  const beside = mainFile === undefined ? [] : [path.dirname(mainFile)];
  return [...new Set([...beside, ...own, ...DEFAULT_SEARCH_PATH])];
}
