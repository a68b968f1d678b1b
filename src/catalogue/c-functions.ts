import { classInfo, classKey, classKeys, luaUnion } from './classes';
import { marshal, parseDeclaration } from './ctypes';
import { lazy, LineTable } from './data';
import { type ApiRow, buildEntry } from './row';
import type { ApiEntry } from './types';

/** Result type, parameters separated by `; `, page, thread. */
type CRow = readonly [string, string, string, ('any' | 'scheduler')?];

const table = lazy(() => new LineTable<CRow>('c-functions.json'));

/** Modules that export their own C functions next to `msys.core`, by prefix of the function. */
const MODULE_PREFIXES: Readonly<Record<string, string>> = { 'msys.smpp': 'smpp_' };

/** The C function behind a qualified name, or undefined: `msys.core.dict_next` is `dict_next`. */
function functionOf(qualified: string): string | undefined {
  const cut = qualified.lastIndexOf('.');
  const [namespace, name] = [qualified.slice(0, cut), qualified.slice(cut + 1)];
  const prefix = MODULE_PREFIXES[namespace];
  const exported = namespace === 'msys.core' || (prefix !== undefined && name.startsWith(prefix));
  return exported && table().has(name) ? name : undefined;
}

function prototypeOf(name: string, [returns, params]: CRow): string {
  return `${returns} ${name}(${params.replaceAll('; ', ', ')})`.trim();
}

/**
 * The entry of `<namespace>.<function>`, corrected by `row`.
 * @returns undefined when no C function of that name is exported there
 */
export function cFunction(qualified: string, row: ApiRow = {}): ApiEntry | undefined {
  const name = functionOf(qualified);
  const c = name === undefined ? undefined : table().get(name);
  if (name === undefined || c === undefined) return undefined;
  const source = Object.keys(row).length > 0 ? 'inferred' : 'c-api';
  const derived = { ...marshal(name, c[0], c[1]), prototype: prototypeOf(name, c), doc: c[2], thread: c[3] };
  const requires = [qualified.slice(0, qualified.lastIndexOf('.'))];
  return buildEntry(qualified, row, source, { kind: 'c-function', ...derived, requires });
}

/**
 * The entry of a method that is a C function with the class as its first parameter, corrected by `row`:
 * `ec_message_x(msg, ...)` is `msg:x(...)`, `ec_httpsrv_x(session, ...)` is `session:x(...)`.
 */
export function cMethod(className: string, member: string, row: ApiRow = {}): ApiEntry | undefined {
  const { prefix, requires } = classInfo(className);
  const name = prefix === undefined ? undefined : prefix + member;
  const c = name === undefined ? undefined : table().get(name);
  if (name === undefined || c === undefined || !takesFirst(className, c)) return undefined;
  const { params, returns } = marshal(name, c[0], c[1]);
  const source = Object.keys(row).length > 0 ? 'inferred' : 'c-api';
  return buildEntry(`${className}:${member}`, row, source, {
    params: params.slice(1),
    returns,
    prototype: prototypeOf(name, c),
    doc: c[2],
    thread: c[3],
    requires: requires ?? [],
  });
}

/** Whether the function works on an object of the class: `ec_message_part_unlink` is no method of ec_message. */
function takesFirst(className: string, [, params]: CRow): boolean {
  const { base, pointers } = parseDeclaration(params.split('; ', 1)[0] ?? '');
  return pointers === 1 && classKey(base) === className && luaUnion(base) === classInfo(className).lua;
}

/** Qualified names of all C functions, in every namespace that exports them. */
export function cFunctionNames(): string[] {
  const names = [...table().keys()];
  const modules = Object.entries(MODULE_PREFIXES).flatMap(([namespace, prefix]) =>
    names.filter((name) => name.startsWith(prefix)).map((name) => `${namespace}.${name}`),
  );
  return [...names.map((name) => `msys.core.${name}`), ...modules];
}

/** Keys (`ec_message:context_get`) of all methods derived from C. */
export function cMethodKeys(): string[] {
  return classKeys().flatMap((className) => {
    const { prefix } = classInfo(className);
    if (prefix === undefined) return [];
    const functions = [...table().keys()].filter((name) => name.startsWith(prefix));
    const methods = functions.filter((name) => takesFirst(className, table().get(name)!));
    return methods.map((name) => `${className}:${name.slice(prefix.length)}`);
  });
}
