import { isNetwork } from './addresses';
import { patternOf } from './fallback';
import { isDocumentedScope, optionFacts, scopeTitle, type OptionFacts } from './options';
import { pathText, printOption } from './print';
import { parseBoolean, parseNumber, parseSeconds } from './reading';
import {
  isPattern,
  placeOf,
  stepOf,
  type ConfigOption,
  type ConfigPath,
  type ConfigPlace,
  type ConfigScope,
} from './scope';
import type { ConfigValue } from './value';

/** Something in a configuration that the documentation does not allow. */
export interface ConfigProblem {
  readonly message: string;
  readonly path: ConfigPath;
  /** The option, undefined when the scope itself is meant. */
  readonly option: string | undefined;
  /** Undefined for a live change. */
  readonly place: ConfigPlace | undefined;
  /** The page of the product's documentation. */
  readonly doc: string | undefined;
}

/** Checks what is documented. Stanzas of modules, and all within them, hold what they like. */
export function problemsOf(root: ConfigScope): ConfigProblem[] {
  return [...problemsIn(root, [])];
}

function* problemsIn(scope: ConfigScope, path: ConfigPath): Generator<ConfigProblem> {
  for (const option of scope.options) {
    const reason = reasonAgainst(option, scope);
    if (reason) yield problem(reason, path, option);
  }
  for (const child of scope.children) {
    if (!isDocumentedScope(child.type)) continue;
    const childPath = [...path, stepOf(child)];
    const reason = reasonAgainstInstance(child);
    const place = child.places[0];
    if (reason) {
      const message = `${reason}${whereText(place)}`;
      yield { message, path: childPath, option: undefined, place, doc: undefined };
    }
    yield* problemsIn(child, childPath);
  }
}

const whereText = (place: ConfigPlace | undefined) =>
  place ? ` (${place.file}:${place.line}:${place.column})` : '';

function problem(reason: string, path: ConfigPath, option: ConfigOption): ConfigProblem {
  const place = placeOf(option);
  const scope = path.length > 0 ? ` in scope '${pathText(path)}'` : '';
  return {
    message: `${printOption(option)}${scope}: ${reason}${whereText(place)}`,
    path,
    option: option.name,
    place,
    doc: optionFacts(option.name)?.doc,
  };
}

function reasonAgainst({ name, value }: ConfigOption, scope: ConfigScope): string | undefined {
  const facts = optionFacts(name);
  if (!facts) return 'Momentum documents no such option. A misspelt option has no effect in production.';
  const type = scope.type === '' ? 'global' : scope.type.toLowerCase();
  if (!facts.scopes.includes(type)) {
    const scopes = facts.scopes.map((valid) => (valid === 'global' ? valid : scopeTitle(valid))).join(', ');
    return `the option is not valid ${type === 'global' ? 'at global scope' : `in ${scopeTitle(type)}`}, only in: ${scopes}.`;
  }
  if (needsLocalChangesFile(name, value) && !scope.option('Local_Changes_File'))
    return 'Local_Changes_File has to be set as well. Without it, no live change can be saved.';
  return reasonAgainstValue(facts, value);
}

/** 4/config/ref-local-changes-only */
const needsLocalChangesFile = (name: string, value: ConfigValue) =>
  name.toLowerCase() === 'local_changes_only' && value.kind === 'text' && parseBoolean(value.text) === true;

/** Options whose documented default is a number take durations in words too. */
const EXPECTED: Readonly<
  Record<OptionFacts['type'], { readonly takes: (value: ConfigValue) => boolean; readonly expected: string }>
> = {
  boolean: {
    takes: (value) => value.kind === 'text' && parseBoolean(value.text) !== undefined,
    expected: 'on, off, true, false, enabled, disabled, 0 or 1',
  },
  number: {
    takes: (value) =>
      value.kind === 'text' && (parseNumber(value.text) ?? parseSeconds(value.text)) !== undefined,
    expected: 'a number',
  },
  text: { takes: () => true, expected: 'a text' },
  list: { takes: (value) => value.kind !== 'dictionary', expected: 'a list: ( a b )' },
  dictionary: { takes: (value) => value.kind === 'dictionary', expected: 'a dictionary: [ key = value ]' },
};

function reasonAgainstValue(facts: OptionFacts, value: ConfigValue): string | undefined {
  const { takes, expected } = EXPECTED[facts.type];
  const isKeyword = value.kind === 'text' && facts.keywords.includes(value.text.toLowerCase());
  if (isKeyword || takes(value)) return undefined;
  return `${[expected, ...facts.keywords].join(' or ')} expected.`;
}

function reasonAgainstInstance(scope: ConfigScope): string | undefined {
  const { instance } = scope;
  if (/^binding(?:_group)?$/i.test(scope.type) && /\s/.test(instance ?? ''))
    return `${scopeTitle(scope.type)} "${instance!}": names of bindings and of their groups cannot contain spaces.`;
  if (scope.type.toLowerCase() === 'peer' && (instance === undefined || !isNetwork(instance)))
    return `Peer "${instance ?? ''}" is neither an address nor a network: it matches no connection.`;
  if (isPattern(instance) && !patternOf(scope))
    return `${scopeTitle(scope.type)} "${instance ?? ''}" is no regular expression that can be used: it matches nothing.`;
  return undefined;
}
