import { cFunction, cFunctionNames, cMethod, cMethodKeys } from './c-functions';
import { classKey, classOfVariable } from './classes';
import { constant, constantNames } from './constants';
import { keysOf, layers, lazy } from './data';
import { type ApiRow, buildEntry, type Identity, identify } from './row';
import type { ApiEntry } from './types';

const tables = layers<ApiRow>('api');
const cache = new Map<string, ApiEntry>();

/** The row of a key with its corrections, and whether a page documents it. */
function rowOf(key: string): { readonly row: ApiRow; readonly documented: boolean } | undefined {
  const { base, overlay } = tables();
  const documented = base.has(key);
  if (!documented && !overlay.has(key)) return undefined;
  return { row: { ...base.get(key), ...overlay.get(key) }, documented };
}

function build(key: string): ApiEntry | undefined {
  const known = rowOf(key);
  if (known?.documented) return buildEntry(key, known.row, 'documented');
  const value = known ? undefined : constant(key);
  if (value) return value;
  const derived = fromC(key, known?.row);
  return known ? (derived ?? buildEntry(key, known.row, 'inferred')) : derived;
}

function fromC(key: string, row: ApiRow | undefined): ApiEntry | undefined {
  const [head = '', member] = key.split(':');
  return member === undefined ? cFunction(key, row) : cMethod(head, member, row);
}

function entry(key: string): ApiEntry | undefined {
  const known = cache.get(key) ?? build(key);
  if (known) cache.set(key, known);
  return known;
}

/** A method by class and name; the class in any spelling (`ec_message`, `msys.core:_ec_message`). */
export function method(className: string, member: string): ApiEntry | undefined {
  return entry(`${classKey(className)}:${member}`);
}

/** A documented or attested property by class and name; `fieldsOf` knows the other fields of the C struct. */
export function property(className: string, member: string): ApiEntry | undefined {
  const known = entry(`${classKey(className)}.${member}`);
  return known?.kind === 'property' ? known : undefined;
}

/** A global name, or a member by the documentation's variable: `msys.type`, `msg:header`, `cc.argc`. */
export function find(name: string): ApiEntry | undefined {
  const [, head = '', separator, member = ''] = /^(\w+)([.:])(\w+)$/.exec(name) ?? [];
  const className = classOfVariable(head);
  const known = separator === ':' ? undefined : entry(name);
  if (known || className === undefined) return known;
  return separator === ':' ? method(className, member) : property(className, member);
}

/** Keys of everything that has an entry, each once. */
const keys = lazy(() => [
  ...new Set([...keysOf(tables()), ...cMethodKeys(), ...cFunctionNames(), ...constantNames()]),
]);

export function entries(): readonly ApiEntry[] {
  return keys().flatMap((key) => entry(key) ?? []);
}

export function membersOf(className: string, separator: ':' | '.'): readonly ApiEntry[] {
  const prefix = classKey(className) + separator;
  const own = keys().filter((key) => key.startsWith(prefix));
  const kind = separator === ':' ? 'method' : 'property';
  return own.flatMap((key) => entry(key) ?? []).filter((known) => known.kind === kind);
}

/** The names of `entries()` without building them: what error messages search for the nearest. */
export const identities = lazy((): readonly Identity[] =>
  keys().map((key) => identify(key, rowOf(key)?.row.kind === 'property')),
);
