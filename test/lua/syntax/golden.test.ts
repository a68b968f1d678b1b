import { LuaSyntaxError } from '../../../src/lua/errors';
import { parse } from '../../../src/lua/syntax/parser';
import { Source } from '../../../src/lua/syntax/source';
import type { Expression } from '../../../src/lua/syntax/tree';
import { expressionOf, GOLDEN } from './helpers';

const MARK = 'SYNTAX ';

/** What `loadstring` makes of a text: its message, or undefined when it compiles. */
function messageOf(chunkName: string, text: string): string | undefined {
  try {
    parse(new Source(chunkName, text));
    return undefined;
  } catch (error) {
    if (error instanceof LuaSyntaxError) return error.luaMessage;
    throw error;
  }
}

const expectedMessage = (result: string): string | undefined =>
  result.startsWith(MARK) ? result.slice(MARK.length) : undefined;

describe('every expression of the golden set compiles, or fails with the same message', () => {
  test.each([...new Set(GOLDEN.map((row) => row.category))])('%s', (category) => {
    const rows = GOLDEN.filter((row) => row.category === category);
    const ours = rows.map((row) => [row.expression, messageOf('=(case)', `return ${row.expression}`)]);
    expect(ours).toEqual(rows.map((row) => [row.expression, expectedMessage(row.result)]));
  });

  it('holds all of its rows', () => {
    expect(GOLDEN.length).toBe(1904);
    expect(GOLDEN.filter((row) => row.result.startsWith(MARK)).length).toBeGreaterThan(70);
  });
});

/** Bytes of an expression made of string literals, `..` and `string.rep` of them. */
function textOf(node: Expression): string | undefined {
  if (node.type === 'String') return node.value;
  if (node.type === 'Binary' && node.operator === '..') {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  if (node.type !== 'Call' || node.callee.type !== 'Index' || node.args.length !== 2) return undefined;
  const [text, count] = node.args as [Expression, Expression];
  if (text.type !== 'String' || count.type !== 'Number') return undefined;
  return text.value.repeat(count.value);
}

/** Rows such as `loadstring("x = }", "=s")` with the text, the chunk name and the message. */
const NESTED = GOLDEN.flatMap(({ expression, result }) => {
  const message = /^true \| nil \| (.*)$/.exec(result)?.[1];
  if (message === undefined) return [];
  const call = expressionOf(expression);
  if (call.type !== 'Call' || call.callee.type !== 'GlobalName' || call.callee.name !== 'loadstring')
    return [];
  const text = call.args[0] && textOf(call.args[0]);
  const name = call.args[1] ? textOf(call.args[1]) : text;
  return text === undefined || name === undefined ? [] : [{ text, name, message }];
});

describe('sources that the golden set loads from strings', () => {
  it('are many', () => {
    expect(NESTED.length).toBeGreaterThan(100);
  });

  test.each(NESTED)('$text', ({ text, name, message }) => {
    expect(messageOf(name, text)).toBe(message);
  });
});
