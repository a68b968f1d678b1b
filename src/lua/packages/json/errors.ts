/** json-c's `json_tokener_error` codes: each is its index here. */
const ERRORS = [
  ['SUCCESS', 'success'],
  ['CONTINUE', 'continue'],
  ['DEPTH', 'nesting too deep'],
  ['PARSE_EOF', 'unexpected end of data'],
  ['PARSE_UNEXPECTED', 'unexpected character'],
  ['PARSE_NULL', 'null expected'],
  ['PARSE_BOOLEAN', 'boolean expected'],
  ['PARSE_NUMBER', 'number expected'],
  ['PARSE_ARRAY', "array value separator ',' expected"],
  ['PARSE_OBJECT_KEY_NAME', 'quoted object property name expected'],
  ['PARSE_OBJECT_KEY_SEP', "object property name separator ':' expected"],
  ['PARSE_OBJECT_VALUE_SEP', "object value separator ',' expected"],
  ['PARSE_STRING', 'invalid string sequence'],
  ['PARSE_COMMENT', 'expected comment'],
] as const;

export type JsonErrorName = (typeof ERRORS)[number][0];

const NOT_EXPORTED: readonly JsonErrorName[] = ['SUCCESS', 'CONTINUE'];

export const codeOf = (name: JsonErrorName): number => ERRORS.findIndex(([known]) => known === name);

export const describeCode = (code: number): string => ERRORS[code]?.[1] ?? 'unknown error';

/** The constants `json.ERROR_*` (4/lua/ref-json-strerror). */
export const ERROR_CONSTANTS: Readonly<Record<string, number>> = Object.fromEntries(
  ERRORS.flatMap(([name], code) => (NOT_EXPORTED.includes(name) ? [] : [[`ERROR_${name}`, code]])),
);
