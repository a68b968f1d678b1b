import { code } from './characters';
import { T } from './tokens';
import type { BinaryOperator, LogicalExpression, UnaryExpression } from './tree';

type Operator = BinaryOperator | LogicalExpression['operator'];

interface Priority {
  /** Binds the operand on its left when the operator before it has a lower right priority. */
  readonly left: number;
  /** Lower than `left` for an operator that associates to the right. */
  readonly right: number;
}

const OR: Priority = { left: 1, right: 1 };
const AND: Priority = { left: 2, right: 2 };
const COMPARISON: Priority = { left: 3, right: 3 };
const CONCATENATION: Priority = { left: 5, right: 4 };
const ADDITION: Priority = { left: 6, right: 6 };
const MULTIPLICATION: Priority = { left: 7, right: 7 };
const POWER: Priority = { left: 10, right: 9 };
export const UNARY_PRIORITY = 8;

export const BINARY_OPERATORS: ReadonlyMap<number, Priority & { readonly operator: Operator }> = new Map([
  [T.Or, { operator: 'or', ...OR }],
  [T.And, { operator: 'and', ...AND }],
  [code('<'), { operator: '<', ...COMPARISON }],
  [code('>'), { operator: '>', ...COMPARISON }],
  [T.LessEqual, { operator: '<=', ...COMPARISON }],
  [T.GreaterEqual, { operator: '>=', ...COMPARISON }],
  [T.Equal, { operator: '==', ...COMPARISON }],
  [T.NotEqual, { operator: '~=', ...COMPARISON }],
  [T.Concat, { operator: '..', ...CONCATENATION }],
  [code('+'), { operator: '+', ...ADDITION }],
  [code('-'), { operator: '-', ...ADDITION }],
  [code('|'), { operator: '|', ...ADDITION }],
  [code('&'), { operator: '&', ...ADDITION }],
  [T.Xor, { operator: '^^', ...ADDITION }],
  [code('*'), { operator: '*', ...MULTIPLICATION }],
  [code('/'), { operator: '/', ...MULTIPLICATION }],
  [code('%'), { operator: '%', ...MULTIPLICATION }],
  [code('\\'), { operator: '\\', ...MULTIPLICATION }],
  [T.ShiftLeft, { operator: '<<', ...MULTIPLICATION }],
  [T.ShiftRight, { operator: '>>', ...MULTIPLICATION }],
  [code('^'), { operator: '^', ...POWER }],
] satisfies [number, Priority & { operator: Operator }][]);

export const UNARY_OPERATORS: ReadonlyMap<number, UnaryExpression['operator']> = new Map([
  [T.Not, 'not'],
  [code('!'), 'not'],
  [code('-'), '-'],
  [code('#'), '#'],
  [code('~'), '~'],
] satisfies [number, UnaryExpression['operator']][]);
