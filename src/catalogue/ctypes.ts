import { luaUnion } from './classes';
import type { ApiParam, ApiReturn, LuaType } from './types';

/** A C parameter or field: `const char ** value` is base `char`, pointers 2. */
interface Declaration {
  readonly name: string;
  readonly base: string;
  readonly pointers: number;
  readonly text: string;
}

const NUMERIC =
  /^(unsigned|signed|short|long|int|float|double|bool|u_?int\d*(_t)?|int\d+_t|s?size_t|off_t|time_t|pid_t)$/;
const NUMERIC_NAMES = new Set(['ec_atomic_t', 'ec_binding_slot', 'dsn_actype', 'mxtype', 'INLINE']);
const FUNCTION = /\(\*|func(tion)?(_?\d)?$|callback$|dtor$|Comparator$|dumper$|Setup$/i;
/** Typedefs that hide the pointer: one more level of `*` makes an output parameter. */
const HIDDEN_POINTER = new Set(['ECDict', 'xmlDocPtr', 'xmlNodePtr']);
/** `char **` that is a list to read, and numbers by pointer that are input. */
const INPUT_NAMES = new Set(['argv', 'spaths', 'unpriv_commands', 'now', 'prefd']);
/** A nil caller scope means "the global configuration" and is how scripts call the config getters. */
const NULLABLE = new Set(['generic_module_infrastructure', 'va_list']);

/** Splits `const char * argv[]` into its parts; the name may be missing, as in a return type. */
export function parseDeclaration(text: string, named = true): Declaration {
  const match = named ? /^(.*?)\s*(\.\.\.|[A-Za-z_]\w*)((?:\[\w*\])*)$/.exec(text.trim()) : undefined;
  const type = match ? (match[1] ?? '') : text.trim();
  const arrays = match ? ((match[3] ?? '').match(/\[/g) ?? []).length : 0;
  const pointers = (type.match(/\*/g) ?? []).length + arrays;
  const base = type
    .replace(/\b(const|struct|volatile)\b|\*/g, ' ')
    .trim()
    .replace(/\s+/g, ' ');
  return { name: match?.[2] ?? '', base, pointers, text: type };
}

function isNumeric(declaration: Declaration): boolean {
  if (/\benum\b/.test(declaration.text)) return true;
  const words = declaration.base.replace(/:\d+$/, '').split(' ');
  return words.every(
    (word) => NUMERIC.test(word) || NUMERIC_NAMES.has(word) || /^ec_mime_.*_type$/.test(word),
  );
}

const characters = (pointers: number): LuaType => ['number', 'string'][pointers] ?? 'userdata';

/** How Lua sees a C value, ignoring whether it may be NULL. */
export function luaTypeOf(declaration: Declaration): LuaType {
  const { base, pointers, text } = declaration;
  if (FUNCTION.test(text)) return 'function';
  if (NULLABLE.has(base) || base === 'void' || declaration.name === '...') return 'any';
  if (base === 'string') return luaUnion('ec_string');
  if (base === 'char' || base === 'unsigned char' || base === '') return characters(pointers);
  if (isNumeric(declaration)) return 'number';
  return luaUnion(base.replace(/^.*\s/, ''));
}

/** Whether the callee writes through the pointer, so that Lua gets a result instead of passing an argument. */
function isOutput(declaration: Declaration): boolean {
  const { name, base, pointers, text } = declaration;
  if (FUNCTION.test(text) || INPUT_NAMES.has(name)) return false;
  if (pointers >= 2) return true;
  return pointers === 1 && (HIDDEN_POINTER.has(base) || isNumeric(declaration));
}

const isPointer = (d: Declaration): boolean => d.pointers > 0 || HIDDEN_POINTER.has(d.base);

function result(declaration: Declaration, meaning: string, position: number): ApiReturn {
  const type = luaTypeOf(declaration);
  const nullable = isPointer(declaration) && type !== 'any' && type !== 'number';
  return { type: nullable ? `${type}|nil` : type, meaning, position };
}

function resultOf(returns: string): ApiReturn[] {
  if (returns === '') return [{ type: 'any', meaning: 'not documented', position: 1 }];
  const own = parseDeclaration(returns, false);
  return own.base === 'void' && own.pointers === 0 ? [] : [result(own, 'result of the C function', 1)];
}

/** A C function as Lua calls it. */
export interface Marshalled {
  readonly params: readonly ApiParam[];
  readonly returns: readonly ApiReturn[];
}

/** Some synopses leave the ellipsis out: a format that comes last has values, unless a va_list follows it. */
function isVariadic(name: string, declarations: readonly Declaration[]): boolean {
  const last = declarations.at(-1)?.name ?? '';
  return last === '...' || /^(msg)?(fmt|format)$/.test(last) || name === 'stringwrite_strings';
}

const VARIADIC: ApiParam = { name: '...', type: 'any', optional: true, variadic: true };

/**
 * The rule that documented functions follow (`4/lua/ref-msg-context-exists-and-get`, `4/lua/ref-session-request-url-get`):
 * the C result comes first, nothing for void; then every output pointer in order, which is not passed as an argument;
 * a buffer and its length are two arguments; NULL is nil.
 *
 * @param params the declarations, separated by `; `
 */
export function marshal(name: string, returns: string, params: string): Marshalled {
  const declarations = params === '' ? [] : params.split('; ').map((text) => parseDeclaration(text));
  const outputs = declarations.filter(isOutput);
  const inputs = declarations.filter((d) => !isOutput(d) && d.name !== '...');
  const first = resultOf(returns);
  const variadic = isVariadic(name, declarations);
  const fixed = inputs.map((d) => ({ name: d.name, type: luaTypeOf(d), optional: false }));
  return {
    params: variadic ? [...fixed, VARIADIC] : fixed,
    returns: [
      ...first,
      ...outputs.map((d, i) => result({ ...d, pointers: 1 }, d.name, first.length + i + 1)),
    ],
  };
}

/**
 * The arguments of a hook. A writable `char *` followed by its length is one ec_string
 * (`4/lua/ref-msys-register-module`); what the hook may write through a pointer stays an argument.
 */
export function marshalHook(params: string): ApiParam[] {
  const declarations = params === '' ? [] : params.split('; ').map((text) => parseDeclaration(text));
  const arguments_: ApiParam[] = [];
  let fused = false;
  declarations.forEach((declaration, i) => {
    if (fused) {
      fused = false;
      return;
    }
    const next = declarations[i + 1];
    fused = declaration.text === 'char *' && next?.base === 'int' && next.pointers === 0;
    const type = fused ? luaUnion('ec_string') : isOutput(declaration) ? 'userdata' : luaTypeOf(declaration);
    arguments_.push({ name: declaration.name, type, optional: false });
  });
  return arguments_;
}

/** The Lua type of a struct's field; nested structs and arrays, which only C can bound, are plain userdata. */
export function fieldType(ctype: string): LuaType {
  if (ctype === 'struct') return 'userdata';
  const declaration = parseDeclaration(ctype.replace(/\[.*\]$/, '*'), false);
  return declaration.pointers >= 2 ? 'userdata' : luaTypeOf(declaration);
}
