import { callout, calloutKeys, callouts } from './callouts';
import { constantsOf } from './constants';
import { entries, find, identities, membersOf, method, property } from './entries';
import { isNamespace, isPackage, namespaces, packages } from './namespaces';
import { nearestOf } from './nearest';
import { fieldsOf, structNames } from './structs';
import type { ApiEntry, StructField } from './types';

export { checkArguments, type ArgumentKind, type ArgumentProblem } from './check-arguments';
export { classKey } from './classes';
export { nearestOf } from './nearest';
export type * from './types';

/**
 * Facts about the product's API. Nothing is read until the first question; a name costs its own line of the data
 * files, the lists (`entries`, `nearest`, `namespaces`) cost all of them, once.
 */
export const catalogue = {
  /**
   * The entry of a qualified name: a function or constant (`msys.core.dns_get_domain`, `msys.core.VALIDATE_CONT`), or
   * a member by the documentation's variable (`msg:header`, `session:request_url_get`, `cc.argc`).
   */
  find,

  /** A method by class and name; the class as `ec_message`, `_ec_message` or `msys.core:_ec_message`. */
  method,

  /** All methods of a class: documented, attested, and derived from C. */
  methods: (className: string): readonly ApiEntry[] => membersOf(className, ':'),

  /** A documented or attested property. Other fields of the C struct: `field`. */
  property,

  properties: (className: string): readonly ApiEntry[] => membersOf(className, '.'),

  /** A field of the class's C struct, which userdata shows as a property. */
  field: (className: string, name: string): StructField | undefined =>
    fieldsOf(className).find((field) => field.name === name),

  fields: fieldsOf,

  /** Classes whose C struct is documented, without namespace. */
  structs: structNames,

  /** Every entry: functions, methods, properties, constants, C functions. */
  entries,

  /** Dotted paths under which functions or constants live, with their parents. */
  namespaces,
  isNamespace,

  /** What `require` accepts. */
  packages,

  isPackage,

  /** Name → documented number, or undefined when only the name is documented. */
  constants: constantsOf,

  /** What a key of a module table is to `msys.registerModule`; undefined for a helper function. */
  callout,

  /** All keys of a module table that `msys.registerModule` knows, with their arguments. */
  callouts,

  /**
   * The known name that a misspelt one most likely means, or undefined.
   * @param within the start of the names to consider, or the list of them; every name and namespace by default
   */
  nearest(name: string, within: string | readonly string[] = ''): string | undefined {
    if (typeof within !== 'string') return nearestOf(name, within);
    const known = [...identities().map((identity) => identity.name), ...namespaces()];
    return nearestOf(
      name,
      known.filter((candidate) => candidate.startsWith(within)),
    );
  },

  /** The callout that a misspelt key of a module table most likely means, or undefined. */
  nearestCallout: (key: string): string | undefined => nearestOf(key, calloutKeys()),
} as const;
