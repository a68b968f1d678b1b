/** Configurations as text, in the console's layout (4/console-commands/config), and as plain data. */
import { optionTitle, scopeTitle } from './options';
import { ConfigScope, instanceOf, typeOf, type ConfigOption, type ConfigPath } from './scope';
import { plainValue, printValue, quote, type PlainValue } from './value';

export function printOption({ name, value }: ConfigOption, indent = ''): string {
  return `${indent}${optionTitle(name)} = ${printValue(value, indent)}`;
}

/** `Listen ":25"` */
export function scopeHeading({ type, instance }: Pick<ConfigScope, 'type' | 'instance'>): string {
  return instance === undefined ? scopeTitle(type) : `${scopeTitle(type)} ${quote(instance)}`;
}

/** What a scope contains, with the scopes within it: can be read again. */
export function printRecursively(scope: ConfigScope, indent = ''): string[] {
  return [...scope.members.values()].flatMap((member) => {
    if (!(member instanceof ConfigScope)) return [printOption(member, indent)];
    return [`${indent}${scopeHeading(member)} {`, ...printRecursively(member, `${indent}  `), `${indent}}`];
  });
}

/** What a scope contains; the scopes within it are only named. */
export function printScope(scope: ConfigScope): string[] {
  return [...scope.members.values()].map((member) =>
    member instanceof ConfigScope ? `${scopeHeading(member)} { ... }` : printOption(member),
  );
}

/** How `config locate` writes a path: `Esmtp_Listener::Listen:\:25:`. The global scope is ''. */
export function pathText(path: ConfigPath): string {
  return path
    .map((step) => `${scopeTitle(typeOf(step))}:${(instanceOf(step) ?? '').replace(/[:\\]/g, '\\$&')}:`)
    .join('');
}

export interface PlainScope {
  readonly type: string;
  readonly instance: string | undefined;
  readonly options: Readonly<Record<string, PlainValue>>;
  readonly scopes: readonly PlainScope[];
}

export function plainScope(scope: ConfigScope): PlainScope {
  return {
    type: scopeTitle(scope.type),
    instance: scope.instance,
    options: Object.fromEntries(
      scope.options.map(({ name, value }) => [optionTitle(name), plainValue(value)]),
    ),
    scopes: scope.children.map(plainScope),
  };
}
