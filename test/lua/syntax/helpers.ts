import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LuaSyntaxError } from '../../../src/lua/errors';
import { parse, type ParseOptions } from '../../../src/lua/syntax/parser';
import { Source } from '../../../src/lua/syntax/source';
import type { Expression, FunctionBody, Node, Statement } from '../../../src/lua/syntax/tree';

/** Lua text as written in a test: its UTF-8 bytes, one per character. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export function parseText(text: string, options?: ParseOptions): FunctionBody {
  return parse(new Source('=s', text), options);
}

/** The syntax error of a text that must have one. Anything else that is thrown fails the test. */
export function errorOf(text: string, options?: ParseOptions): LuaSyntaxError {
  const error = syntaxErrorOf(text, options);
  if (!error) throw new Error(`no syntax error in ${JSON.stringify(text.slice(0, 100))}`);
  return error;
}

export function syntaxErrorOf(text: string, options?: ParseOptions): LuaSyntaxError | undefined {
  try {
    parseText(text, options);
    return undefined;
  } catch (error) {
    if (error instanceof LuaSyntaxError) return error;
    throw error;
  }
}

export const firstStatement = (text: string): Statement => parseText(text).body.statements[0]!;

/** The expression that a text denotes. */
export function expressionOf(text: string): Expression {
  const statement = firstStatement(`return ${text}`);
  if (statement.type !== 'Return') throw new Error(`no expression: ${text}`);
  return statement.values[0]!;
}

/** An expression with every operator in parentheses. */
export function outline(node: Expression): string {
  switch (node.type) {
    case 'Binary':
    case 'Logical':
      return `(${outline(node.left)} ${node.operator} ${outline(node.right)})`;
    case 'Unary':
      return `(${node.operator} ${outline(node.operand)})`;
    case 'Paren':
      return `[${outline(node.expression)}]`;
    case 'LocalName':
      return node.variable.name;
    case 'GlobalName':
      return node.name;
    case 'Number':
      return String(node.value);
    case 'String':
      return `'${node.value}'`;
    case 'Call':
      return `${outline(node.callee)}(${node.args.map(outline).join(', ')})`;
    case 'MethodCall':
      return `${outline(node.object)}:${node.name}(${node.args.map(outline).join(', ')})`;
    case 'Index':
      return `${outline(node.object)}{${outline(node.key)}}`;
    default:
      return node.type;
  }
}

const isNode = (value: unknown): value is Node & { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** All nodes under one, each with the node that contains it. Variables and `parent` are references, not children. */
export function* nodesUnder(node: Node): Generator<{ node: Node & { readonly type: string }; outer: Node }> {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent') continue;
    for (const item of flatten(value)) {
      yield { node: item, outer: node };
      yield* nodesUnder(item);
    }
  }
}

function flatten(value: unknown): (Node & { readonly type: string })[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (isNode(value)) return [value];
  const isPlain = typeof value === 'object' && value !== null && !('owner' in value) && !('line' in value);
  return isPlain ? Object.values(value).flatMap(flatten) : [];
}

export interface GoldenRow {
  readonly category: string;
  readonly expression: string;
  readonly result: string;
}

/** What the real runtime answers: one expression a line, with its category and its result. */
export const GOLDEN: readonly GoldenRow[] = readFileSync(
  join(__dirname, '..', 'golden', 'expressions.tsv'),
  'latin1',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [category, expression, result] = line.split('\t') as [string, string, string];
    return { category, expression, result };
  });

/** A small generator of pseudo-random numbers (mulberry32): whole numbers from 0 up to below a limit. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}
