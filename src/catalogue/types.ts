/** Where an entry comes from: a page of its own, the use that documented examples make of it, or a C prototype. */
export type ApiSource = 'documented' | 'inferred' | 'c-api';

export type ApiKind = 'function' | 'method' | 'property' | 'constant' | 'c-function';

/**
 * A union in normal form, its parts joined by `|` without spaces: `string`, `number`, `boolean`, `table`, `function`,
 * `userdata`, `any`, `nil`, or the class of a userdata as `msys.type` names it (`msys.core:_ec_message`).
 */
export type LuaType = string;

export interface ApiParam {
  readonly name: string;
  readonly type: LuaType;
  /** May be left out, or be nil. */
  readonly optional: boolean;
  /** Stands for any number of further arguments; always the last one. */
  readonly variadic?: boolean;
  /** The default as the documentation writes it. */
  readonly default?: string;
  /** The only values that the documentation allows: words, numbers, or names of constants. */
  readonly values?: readonly string[];
}

export interface ApiReturn {
  readonly type: LuaType;
  readonly meaning: string;
  /** From 1. Several returns with the same position are alternatives. */
  readonly position: number;
}

export interface ApiEntry {
  /** As scripts write it: `msys.core.dns_get_domain`, `msg:header`, `cc.argc`, `msys.core.VALIDATE_CONT`, `print`. */
  readonly name: string;
  /** The last segment of `name`. */
  readonly member: string;
  readonly kind: ApiKind;
  /** `msys.core`, `curl`, ...; for members of a class the namespace of the class; empty for globals. */
  readonly namespace: string;
  /** The class of a method or property without its namespace: `ec_message`. */
  readonly receiver?: string;
  readonly params: readonly ApiParam[];
  readonly returns: readonly ApiReturn[];
  /** Policy phases and callouts in which the call is valid, `any` for all; undefined when not documented. */
  readonly phases: readonly string[] | undefined;
  /** First product version, as in `4.0`. */
  readonly since?: string;
  /** Packages to `require`. */
  readonly requires: readonly string[];
  /** What goes wrong in production. */
  readonly hazard?: string;
  readonly summary?: string;
  /** Page of the product's documentation, without extension. */
  readonly doc?: string;
  /** Readable: `msg:header(hdr, [value], [mode])`; a name for properties and constants. */
  readonly signature: string;
  /** When several pages describe a form each (get, set, unset): the signature of every form, and its page. */
  readonly forms?: readonly { readonly signature: string; readonly doc: string }[];
  readonly source: ApiSource;
  /** Of a property: whether scripts may assign it; undefined when not documented. */
  readonly writable?: boolean;
  /** Of a constant: the number, when documented. */
  readonly value?: number;
  /** Of what is derived from C: the declaration. */
  readonly prototype?: string;
  /** Of what is derived from C: the thread on which the call is legal. */
  readonly thread?: 'any' | 'scheduler';
}

/** A field of a C struct that userdata shows as a property. */
export interface StructField {
  /** Class without its namespace: `domain_record`. */
  readonly class: string;
  readonly name: string;
  /** The declaration's type: `u_int32_t`, `char*`, `unsigned:1` for a bit field. */
  readonly ctype: string;
  readonly type: LuaType;
  readonly doc: string;
}

/** A key of the table given to `msys.registerModule` that the product calls. */
export interface Callout {
  readonly key: string;
  readonly kind: 'lifecycle' | 'validation' | 'hook';
  /** What follows `self`. */
  readonly params: readonly ApiParam[];
  /** The legal return values in words, or the C type of the hook. */
  readonly returns: string;
  readonly thread?: 'any' | 'scheduler';
  readonly doc: string;
}
