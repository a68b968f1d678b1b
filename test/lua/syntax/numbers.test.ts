import { formatNumber, parseNumeral, stringToNumber } from '../../../src/lua/syntax/numbers';
import type { Expression } from '../../../src/lua/syntax/tree';
import { firstStatement, GOLDEN } from './helpers';

type Arithmetic = (left: number, right: number) => number;

const ARITHMETIC: Record<string, Arithmetic> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
};

const UNKNOWN = Symbol('not arithmetic');
type Value = number | string | undefined | symbol;

function toNumber(value: Value): number | undefined | symbol {
  return typeof value === 'string' ? stringToNumber(value) : value;
}

function evaluateCall(callee: Expression, args: readonly Expression[]): Value {
  const name = callee.type === 'GlobalName' ? callee.name : undefined;
  if (args.length !== 1 || (name !== 'tonumber' && name !== 'tostring')) return UNKNOWN;
  const value = evaluate(args[0]!);
  if (name === 'tonumber') return toNumber(value);
  return typeof value === 'number' ? formatNumber(value) : UNKNOWN;
}

function evaluate(node: Expression): Value {
  if (node.type === 'Number' || node.type === 'String') return node.value;
  if (node.type === 'Paren') return evaluate(node.expression);
  if (node.type === 'Call') return evaluateCall(node.callee, node.args);
  if (node.type === 'Unary' && node.operator === '-') {
    const operand = toNumber(evaluate(node.operand));
    return typeof operand === 'number' ? -operand : UNKNOWN;
  }
  if (node.type !== 'Binary') return UNKNOWN;
  const [left, right] = [toNumber(evaluate(node.left)), toNumber(evaluate(node.right))];
  const operation = ARITHMETIC[node.operator];
  return operation && typeof left === 'number' && typeof right === 'number'
    ? operation(left, right)
    : UNKNOWN;
}

const show = (value: Value): string =>
  typeof value === 'number' ? formatNumber(value) : typeof value === 'string' ? value : 'nil';

/** Rows of the golden set whose result follows from literals, conversions and basic arithmetic alone. */
const ROWS = GOLDEN.filter((row) => row.category === 'numbers' && row.result.startsWith('true')).flatMap(
  (row) => {
    const statement = firstStatement(`return ${row.expression}`);
    const values = statement.type === 'Return' ? statement.values.map(evaluate) : [UNKNOWN as Value];
    return values.includes(UNKNOWN) ? [] : [{ ...row, ours: ['true', ...values.map(show)].join(' | ') }];
  },
);

describe('the golden set', () => {
  it('has many rows that can be computed', () => {
    expect(ROWS.length).toBeGreaterThan(120);
  });

  test.each(ROWS)('$expression', ({ ours, result }) => {
    expect(ours).toBe(result);
  });
});

test.each<[string, number | undefined]>([
  ['0', 0],
  ['0777777777777777777777777', 2 ** 63],
  ['0x7fffffffffffffff', 2 ** 63],
  ['0x1fffffffffffff', 2 ** 53 - 1],
  ['0.', 0],
  ['.5', 0.5],
  ['5.', 5],
  ['1e400', Infinity],
  ['1e', undefined],
  ['1.2.3', undefined],
  ['.', undefined],
  ['inf', undefined],
  ['0x', undefined],
  ['0x1p4', undefined],
  ['00.5', undefined],
  [' 1', undefined],
])('the literal %j is %p', (text, value) => {
  expect(parseNumeral(text)).toBe(value);
});

test.each<[string, number | undefined]>([
  ['-0x8000000000000000', -(2 ** 63)],
  ['-0', 0],
  [' -0', -0],
  ['-0.0', -0],
  ['0 ', 0],
  ['0 x', undefined],
  ['\0', undefined],
  ['7\0junk', 7],
  ['+ 1', undefined],
  ['-+1', undefined],
  ['+inf', Infinity],
  [' -INFINITY\n', -Infinity],
  ['infinit', undefined],
  ['nan(tag)', NaN],
  ['-nan', NaN],
  [' 0x.8', 0.5],
  [' 0xA.8p1', 21],
  [' 0x1p-1074', 5e-324],
  [' 0x1000000p-1090', 2 ** -1066],
  [' 0x1p99999999', Infinity],
  [' 0x0p99999999', 0],
  [' 0x', undefined],
  [' 0x1p', undefined],
  [' 0xffffffffffffffff', 2 ** 64],
  ['1_000', undefined],
  ['\u00a01', undefined],
])('the string %j converts to %p', (text, value) => {
  expect(stringToNumber(text)).toBe(value);
});

test.each<[number, string]>([
  [0, '0'],
  [-0, '-0'],
  [99999999999999, '99999999999999'],
  [-99999999999999, '-99999999999999'],
  [1e14, '1e+14'],
  [-123456789012345, '-1.2345678901234e+14'],
  [123456789012355, '1.2345678901236e+14'],
  [1234567890123.5, '1234567890123.5'],
  [12345678901234.5, '12345678901234'],
  [12345678901235.5, '12345678901236'],
  [0.0001, '0.0001'],
  [0.00012345678901234567, '0.00012345678901235'],
  [0.00001, '1e-05'],
  [1e-100, '1e-100'],
  [1e100, '1e+100'],
  [-1.5, '-1.5'],
  [99999999999999.9, '1e+14'],
  [1 - 2 ** -53, '1'],
  [5e-324, '4.9406564584125e-324'],
  [1.7976931348623157e308, '1.7976931348623e+308'],
  [Infinity, 'inf'],
  [-Infinity, 'inf'],
  [NaN, 'nan'],
])('%p is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it('writes whole numbers of up to 14 digits as JavaScript does', () => {
  for (let n = 1; n < 1e14; n = n * 7 + 3) expect(formatNumber(-n)).toBe(String(-n));
});
