import type { Node, Position } from '../../../src/lua/syntax/tree';
import { bytesOf, errorOf, expressionOf, firstStatement, nodesUnder, parseText } from './helpers';
import { DIALECT_SAMPLES, STOCK_SAMPLES } from './samples';

function sliceOf(text: string, { start, end }: Node): string {
  const offset = ({ line, column }: Position): number => {
    const lines = text.split('\n');
    return lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
  };
  return text.slice(offset(start), offset(end));
}

const before = (a: Position, b: Position): boolean =>
  a.line < b.line || (a.line === b.line && a.column <= b.column);

const EXPRESSIONS = new Set(
  'Nil Boolean Number String Vararg FunctionExpression LocalName GlobalName Index Call MethodCall Binary Logical Unary Paren Table'.split(
    ' ',
  ),
);

/** A name that is local in its program is global by itself. */
const kindOf = ({ type }: { type: string }): string => type.replace(/^(?:Local|Global)Name$/, 'Name');

describe.each([...STOCK_SAMPLES, ...DIALECT_SAMPLES])('sample program %#', (sample) => {
  const nodes = [...nodesUnder(parseText(sample))];

  it('has every node within the one around it', () => {
    const outside = nodes.filter(
      ({ node, outer }) => !before(outer.start, node.start) || !before(node.end, outer.end),
    );
    expect(outside).toEqual([]);
    expect(nodes.length).toBeGreaterThan(20);
  });

  it('has expressions whose text is the same expression by itself', () => {
    for (const { node, outer } of nodes) {
      const text = sliceOf(sample, node);
      const isBareKey = node.type === 'String' && /^\w/.test(text);
      const isDefinition = 'func' in outer;
      if (!EXPRESSIONS.has(node.type) || isBareKey || isDefinition) continue;
      const alone = expressionOf(text);
      expect(kindOf(alone)).toBe(kindOf(node));
    }
  });
});

test('operators, keys, calls and their lines', () => {
  expect(expressionOf('a + b')).toMatchObject({
    start: { line: 1, column: 8 },
    at: { line: 1, column: 10 },
    end: { line: 1, column: 13 },
  });
  expect(expressionOf('t\n .x\n [1]')).toMatchObject({
    at: { line: 3, column: 2 },
    object: { at: { line: 2, column: 3 }, end: { line: 2, column: 4 } },
    end: { line: 3, column: 5 },
  });
  expect(expressionOf('a.b\n.c(1,\n2)')).toMatchObject({
    at: { line: 2, column: 2 },
    line: 2,
    end: { line: 3, column: 3 },
  });
  expect(expressionOf('f [[\n]]')).toMatchObject({
    line: 2,
    at: { line: 1, column: 8 },
    end: { line: 2, column: 3 },
  });
  expect(expressionOf('o:m\n{\n}')).toMatchObject({
    line: 2,
    at: { line: 1, column: 10 },
    end: { line: 3, column: 2 },
  });
});

test('a function begins at the line that 5.1 gives it and ends with its end', () => {
  expect(expressionOf('function\n(a)\nend')).toMatchObject({
    start: { line: 1, column: 8 },
    body: { start: { line: 2, column: 1 }, end: { line: 3, column: 4 } },
  });
  expect(firstStatement('function a\n()\nend')).toMatchObject({
    func: { body: { start: { line: 1, column: 1 } } },
  });
  expect(firstStatement('local function a\n() end')).toMatchObject({
    func: { body: { start: { line: 2, column: 1 } } },
  });
});

test('columns count bytes', () => {
  expect(expressionOf(bytesOf('"é" .. x'))).toMatchObject({ at: { column: 13 } });
});

test('tabs, \\r\\n and comments', () => {
  const text = 'a()\r\n--[[\r\n]]\tb()';
  expect(parseText(text).body.statements[1]).toMatchObject({ start: { line: 3, column: 4 } });
});

test.each([
  ['x = = 1', 1, 5],
  ['if x then\n  y = )\nend', 2, 7],
  ['x = "abc', 1, 9],
  ['x = "abc\ny = 1', 1, 5],
  ['x = "ab\\400"', 1, 8],
  ['x = 09', 1, 5],
  ['x = [[ [[ ]] ]]', 1, 8],
  ['f\n  (1)', 2, 3],
  ['x = [[\n\n', 3, 1],
  ['return [[\na]] [[\nb]]', 3, 3],
  ['function f()', 1, 13],
])('the error in %j is at line %d, column %d', (text, line, column) => {
  expect(errorOf(text)).toMatchObject({ line, column });
});

test('the caret is under the offending token', () => {
  const { excerpt, line, column } = errorOf(bytesOf('local s = "é" ?'));
  expect({ line, column }).toEqual({ line: 1, column: 15 });
  const [code, caret] = excerpt.split('\n') as [string, string];
  expect(code[caret.indexOf('^')]).toBe('?');
});
