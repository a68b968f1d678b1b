import { classKey, isClass } from './classes';
import type { ApiEntry, ApiParam } from './types';

/** What a script passes in one position. `none` is an argument that is not there, unlike an explicit nil. */
export interface ArgumentKind {
  readonly kind:
    'nil' | 'none' | 'boolean' | 'number' | 'string' | 'table' | 'function' | 'thread' | 'userdata';
  /** Of userdata, in any spelling; without it every class is accepted. */
  readonly className?: string;
  /** Of a string: whether Lua would convert it to a number. */
  readonly numeric?: boolean;
}

export interface ArgumentProblem {
  /** From 1, not counting the receiver of a method. */
  readonly index: number;
  /** Undefined for an argument beyond the last parameter. */
  readonly parameter: string | undefined;
  /** The union that the parameter accepts, or `no value`. */
  readonly expected: string;
  readonly actual: string;
  /** More arguments than parameters: the product ignores them. */
  readonly extra?: true;
}

const NONE: ArgumentKind = { kind: 'none' };

function describe(argument: ArgumentKind): string {
  if (argument.kind === 'none') return 'no value';
  return argument.className ?? argument.kind;
}

/** Whether one part of a union takes the argument; strings and numbers convert into each other as in Lua. */
function takes(part: string, argument: ArgumentKind): boolean {
  if (part === 'any' || part === argument.kind) return true;
  if (part === 'string') return argument.kind === 'number';
  if (part === 'number') return argument.kind === 'string' && argument.numeric === true;
  if (!isClass(part) || argument.kind !== 'userdata') return false;
  return argument.className === undefined || classKey(argument.className) === classKey(part);
}

function accepts(param: ApiParam, argument: ArgumentKind): boolean {
  const absent = argument.kind === 'nil' || argument.kind === 'none';
  const parts = param.type.split('|');
  if (absent)
    return param.optional && !param.variadic ? true : parts.includes('any') || parts.includes('nil');
  return parts.some((part) => takes(part, argument));
}

/**
 * The first argument that does not fit the entry's parameters, or undefined. Parameters of type `any`, which include
 * those that the documentation does not type, accept everything. When all parameters fit, surplus arguments are
 * reported as `extra`.
 */
export function checkArguments(entry: ApiEntry, args: readonly ArgumentKind[]): ArgumentProblem | undefined {
  const last = entry.params.at(-1);
  const rest = last?.variadic ? last : undefined;
  const fixed = rest ? entry.params.slice(0, -1) : entry.params;
  for (let i = 0; i < Math.max(fixed.length, args.length); i++) {
    const argument = args[i] ?? NONE;
    const param = fixed[i] ?? rest;
    const actual = describe(argument);
    if (!param) return { index: i + 1, parameter: undefined, expected: 'no value', actual, extra: true };
    if (!accepts(param, argument)) {
      return { index: i + 1, parameter: param.name, expected: param.type, actual };
    }
  }
  return undefined;
}
