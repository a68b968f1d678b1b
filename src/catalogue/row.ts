import { classInfo, luaUnion } from './classes';
import type { ApiEntry, ApiKind, ApiParam, ApiReturn, ApiSource } from './types';

/** An entry as the data files hold it; types name classes without their namespace. */
export interface ApiRow {
  readonly kind?: ApiKind;
  /** `name: type`, `name?: type = default`, `...: type`. */
  readonly params?: readonly string[];
  /** Type, meaning, position. */
  readonly returns?: readonly (readonly [string, string, number])[];
  readonly phases?: readonly string[];
  readonly since?: string;
  readonly requires?: readonly string[];
  readonly writable?: boolean;
  readonly values?: Readonly<Record<string, readonly string[]>>;
  readonly summary?: string;
  readonly hazard?: string;
  readonly doc?: string;
  readonly forms?: readonly (readonly [string, string])[];
  /** Only where the layer that the row comes from does not tell. */
  readonly source?: ApiSource;
}

/** What a key of the data files stands for. */
export interface Identity {
  readonly name: string;
  readonly member: string;
  readonly namespace: string;
  readonly receiver?: string;
}

/** `ec_message:header` and `ec_message.id` are members of a class, everything else is a dotted path. */
export function identify(key: string, isProperty: boolean): Identity {
  const separator = key.includes(':') ? ':' : '.';
  const cut = key.lastIndexOf(separator);
  const head = key.slice(0, Math.max(cut, 0));
  const member = key.slice(cut + 1);
  if (head !== '' && (separator === ':' || isProperty)) {
    const { lua, variable } = classInfo(head);
    const namespace = lua.slice(0, lua.indexOf(':'));
    return { name: variable + separator + member, member, namespace, receiver: head };
  }
  return { name: key, member, namespace: head };
}

export function parseParam(text: string, values: ApiRow['values'] = {}): ApiParam {
  const match = /^(\w+|\.\.\.)(\?)?: (\S+)(?: = (.*))?$/.exec(text);
  if (!match) throw new TypeError(`malformed parameter in the catalogue: ${text}`);
  const [, name = '', optional, type = 'any', fallback] = match;
  const variadic = name === '...';
  return {
    name,
    type: luaUnion(type),
    optional: variadic || optional !== undefined,
    ...(variadic && { variadic }),
    ...(fallback !== undefined && { default: fallback }),
    ...(values[name] && { values: values[name] }),
  };
}

export function signatureOf(name: string, params: readonly ApiParam[]): string {
  const words = params.map((param) => (param.optional && !param.variadic ? `[${param.name}]` : param.name));
  return `${name}(${words.join(', ')})`;
}

const parseReturn = ([type, meaning, position]: readonly [string, string, number]): ApiReturn => ({
  type: luaUnion(type),
  meaning,
  position,
});

/** Builds the entry of a row; `derived` are params and returns from C for rows that do not state their own. */
export function buildEntry(
  key: string,
  row: ApiRow,
  source: ApiSource,
  derived: Partial<
    Pick<ApiEntry, 'kind' | 'params' | 'returns' | 'prototype' | 'thread' | 'doc' | 'requires'>
  > = {},
): ApiEntry {
  const kind = row.kind ?? (key.includes(':') ? 'method' : (derived.kind ?? 'function'));
  const identity = identify(key, kind === 'property');
  const params = row.params?.map((text) => parseParam(text, row.values)) ?? derived.params ?? [];
  const callable = kind !== 'property';
  return {
    ...derived,
    ...identity,
    kind,
    params,
    returns: row.returns?.map(parseReturn) ?? derived.returns ?? [],
    phases: row.phases,
    requires: row.requires ?? derived.requires ?? [],
    signature: callable ? signatureOf(identity.name, params) : identity.name,
    source: row.source ?? source,
    doc: row.doc ?? derived.doc,
    ...(row.since !== undefined && { since: row.since }),
    ...(row.hazard !== undefined && { hazard: row.hazard }),
    ...(row.summary !== undefined && { summary: row.summary }),
    ...(row.writable !== undefined && { writable: row.writable }),
    ...(row.forms && { forms: row.forms.map(([signature, doc]) => ({ signature, doc })) }),
  };
}
