/** Words of a console command as a path into a configuration (4/console-commands/config). */
import { isAnonymousType } from './options';
import type { ConfigPath, ConfigScope, ConfigStep } from './scope';
import { isBareWord, quote } from './value';

/**
 * The scopes that words lead to. A word is followed by the name of its instance, unless its scope is anonymous: so it
 * stands in the configuration, or its type never has instances, or nothing follows.
 */
export function pathOf(root: ConfigScope, words: readonly string[]): ConfigPath {
  const path: ConfigStep[] = [];
  let scope: ConfigScope | undefined = root;
  for (let i = 0; i < words.length;) {
    const type = words[i]!;
    const instance = words[i + 1];
    const named: ConfigScope | undefined = instance === undefined ? undefined : scope?.child(type, instance);
    const isAnonymous = !named && (instance === undefined || scope?.child(type) || isAnonymousType(type));
    if (isAnonymous) {
      path.push(type);
      scope = scope?.child(type);
      i++;
    } else {
      path.push([type, instance!]);
      scope = named;
      i += 2;
    }
  }
  return path;
}

/** The words of a script's call as the text of a command: quoted where needed, lists and dictionaries as they are. */
export function commandText(words: readonly string[]): string {
  const open = words.findIndex((word, i) => i > 0 && /^[([]/.test(word));
  const isValue = open > 0 && words.at(-1)!.endsWith(words[open]!.startsWith('(') ? ')' : ']');
  return words
    .map((word, i) => (word === '=' || isBareWord(word) || (isValue && i >= open) ? word : quote(word)))
    .join(' ');
}
